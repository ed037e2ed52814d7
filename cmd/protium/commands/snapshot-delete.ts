import type { Command } from 'commander';
import { SnapshotsServiceService } from '../../../internal/api/grpc/generated/protium/v1/snapshots.ts';
import { Failure } from '../failure.ts';
import { addChangeOptions, changeOne, type ChangeOneOptions } from '../operations/change-one.ts';
import type { RunSession } from '../session.ts';

interface SnapshotDeleteOptions extends ChangeOneOptions {
  readonly yes?: boolean;
}

export function addSnapshotDeleteCommand(parent: Command, run: RunSession): void {
  addChangeOptions(parent.command('delete'))
    .description('forget a snapshot; the instance and its other snapshots stay as they are')
    .argument('<instance>', 'name or uuid')
    .argument('<snapshot>', 'its name')
    .option('-y, --yes', 'do not ask; nothing is asked where there is no terminal')
    .action((instance: string, snapshot: string, options: SnapshotDeleteOptions, command: Command) =>
      run(command, async (session) => {
        const { yes = false, dryRun = false } = options;
        const question = `Delete the snapshot ${snapshot} of ${instance}?`;
        if (!yes && !dryRun && session.confirm !== null && !(await session.confirm(question))) {
          throw new Failure('cancelled', 'Nothing was changed.');
        }
        await changeOne(session, options, {
          method: SnapshotsServiceService.deleteSnapshot,
          instance,
          request: { instance, snapshot, validateOnly: dryRun },
          done: () => `${instance} has no more the snapshot ${snapshot}`,
        });
      }),
    );
}
