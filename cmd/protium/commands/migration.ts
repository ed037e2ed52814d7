import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addMigrationForgetCommand } from './migration-forget.ts';
import { addMigrationGetCommand } from './migration-get.ts';
import { addMigrationListCommand } from './migration-list.ts';
import { addMigrationTargetsCommand } from './migration-targets.ts';

export function addMigrationCommands(program: Command, run: RunSession): void {
  const migration = program
    .command('migration')
    .description('other hosts, and the instances that went there');
  addMigrationTargetsCommand(migration, run);
  addMigrationListCommand(migration, run);
  addMigrationGetCommand(migration, run);
  addMigrationForgetCommand(migration, run);
}
