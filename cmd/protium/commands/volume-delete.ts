import type { Command } from 'commander';
import { VolumesServiceService } from '../../../internal/api/grpc/generated/protium/v1/volumes.ts';
import { Failure } from '../failure.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';
import { parseVolume, type VolumePlace } from './volume-place.ts';

interface VolumeDeleteOptions {
  readonly wait: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function addVolumeDeleteCommand(parent: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(parent.command('delete')))
    .description('delete a volume that nothing needs, for good')
    .argument('<volume>', 'POOL/NAME', parseVolume)
    .option('-y, --yes', 'do not ask; nothing is asked where there is no terminal')
    .action((place: VolumePlace, options: VolumeDeleteOptions, command: Command) =>
      run(command, async (session) => {
        const { wait, dryRun = false, yes = false } = options;
        const subject = `${place.pool}/${place.name}`;
        const question = `Delete the volume ${subject} and what is in it?`;
        if (!dryRun && !yes && session.confirm !== null && !(await session.confirm(question))) {
          throw new Failure('cancelled', 'Nothing was deleted.');
        }
        await changeObject(session, subject, {
          method: VolumesServiceService.deleteVolume,
          request: { ...place, validateOnly: dryRun },
          done: 'is deleted',
          wait,
          dryRun,
        });
      }),
    );
}
