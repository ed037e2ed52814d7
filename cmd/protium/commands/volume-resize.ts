import type { Command } from 'commander';
import { VolumesServiceService } from '../../../internal/api/grpc/generated/protium/v1/volumes.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';
import { parseSize } from './parse-size.ts';
import { parseVolume, type VolumePlace } from './volume-place.ts';

interface VolumeResizeOptions {
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

export function addVolumeResizeCommand(parent: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(parent.command('resize')))
    .description('make a volume larger, also while a VM runs on it; it is never made smaller')
    .argument('<volume>', 'POOL/NAME', parseVolume)
    .argument('<size>', 'the new size, e.g. 40GiB', parseSize)
    .action((place: VolumePlace, sizeBytes: bigint, options: VolumeResizeOptions, command: Command) =>
      run(command, async (session) => {
        const { wait, dryRun = false } = options;
        await changeObject(session, `${place.pool}/${place.name}`, {
          method: VolumesServiceService.resizeVolume,
          request: { ...place, sizeBytes, validateOnly: dryRun },
          done: 'is larger',
          wait,
          dryRun,
        });
      }),
    );
}
