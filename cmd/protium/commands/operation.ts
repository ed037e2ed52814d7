import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addOperationCancelCommand } from './operation-cancel.ts';
import { addOperationGetCommand } from './operation-get.ts';
import { addOperationListCommand } from './operation-list.ts';
import { addOperationWaitCommand } from './operation-wait.ts';
import { addOperationWatchCommand } from './operation-watch.ts';

export function addOperationCommands(program: Command, run: RunSession): void {
  const operation = program
    .command('operation')
    .description('changes in progress, and those that have ended');
  addOperationListCommand(operation, run);
  addOperationGetCommand(operation, run);
  addOperationWaitCommand(operation, run);
  addOperationWatchCommand(operation, run);
  addOperationCancelCommand(operation, run);
}
