import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addKeyCreateCommand } from './key-create.ts';
import { addKeyDeleteCommand } from './key-delete.ts';
import { addKeyGetCommand } from './key-get.ts';
import { addKeyImportCommand } from './key-import.ts';
import { addKeyListCommand } from './key-list.ts';

export function addKeyCommands(program: Command, run: RunSession): void {
  const key = program.command('key').description('key pairs, which let into instances by ssh');
  addKeyCreateCommand(key, run);
  addKeyImportCommand(key, run);
  addKeyListCommand(key, run);
  addKeyGetCommand(key, run);
  addKeyDeleteCommand(key, run);
}
