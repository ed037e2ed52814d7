import type { Command } from 'commander';
import { SnapshotsServiceService } from '../../../internal/api/grpc/generated/protium/v1/snapshots.ts';
import { Failure } from '../failure.ts';
import { addChangeOptions, changeOne, type ChangeOneOptions } from '../operations/change-one.ts';
import type { RunSession } from '../session.ts';

interface SnapshotRevertOptions extends ChangeOneOptions {
  readonly yes?: boolean;
}

export function addSnapshotRevertCommand(parent: Command, run: RunSession): void {
  addChangeOptions(parent.command('revert'))
    .description('bring an instance back to a snapshot; what was written since is lost')
    .argument('<instance>', 'name or uuid')
    .argument('<snapshot>', 'its name')
    .option('-y, --yes', 'do not ask; nothing is asked where there is no terminal')
    .action((instance: string, snapshot: string, options: SnapshotRevertOptions, command: Command) =>
      run(command, async (session) => {
        const { yes = false, dryRun = false } = options;
        const question = `Bring ${instance} back to ${snapshot}? What was written since is lost.`;
        if (!yes && !dryRun && session.confirm !== null && !(await session.confirm(question))) {
          throw new Failure('cancelled', 'Nothing was changed.');
        }
        await changeOne(session, options, {
          method: SnapshotsServiceService.revertSnapshot,
          instance,
          request: { instance, snapshot, validateOnly: dryRun },
          done: () => `${instance} is brought back to ${snapshot}`,
        });
      }),
    );
}
