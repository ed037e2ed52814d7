import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addTokenCreateCommand } from './token-create.ts';
import { addTokenListCommand } from './token-list.ts';
import { addTokenRevokeCommand } from './token-revoke.ts';
import { addTokenRotateCommand } from './token-rotate.ts';

export function addTokenCommands(program: Command, run: RunSession): void {
  const token = program.command('token').description('API tokens, by which programs are let in as a user');
  addTokenCreateCommand(token, run);
  addTokenListCommand(token, run);
  addTokenRotateCommand(token, run);
  addTokenRevokeCommand(token, run);
}
