import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addUserCreateCommand } from './user-create.ts';
import { addUserDeleteCommand } from './user-delete.ts';
import { addUserListCommand } from './user-list.ts';
import { addUserUpdateCommand } from './user-update.ts';

export function addUserCommands(program: Command, run: RunSession): void {
  const user = program.command('user').description('who may use this daemon, and how they are known');
  addUserCreateCommand(user, run);
  addUserListCommand(user, run);
  addUserUpdateCommand(user, run);
  addUserDeleteCommand(user, run);
}
