import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addSnapshotCreateCommand } from './snapshot-create.ts';
import { addSnapshotDeleteCommand } from './snapshot-delete.ts';
import { addSnapshotGetCommand } from './snapshot-get.ts';
import { addSnapshotListCommand } from './snapshot-list.ts';
import { addSnapshotRevertCommand } from './snapshot-revert.ts';

export function addSnapshotCommands(program: Command, run: RunSession): void {
  const snapshot = program
    .command('snapshot')
    .description('states of an instance to which it can be brought back');
  addSnapshotCreateCommand(snapshot, run);
  addSnapshotListCommand(snapshot, run);
  addSnapshotGetCommand(snapshot, run);
  addSnapshotRevertCommand(snapshot, run);
  addSnapshotDeleteCommand(snapshot, run);
}
