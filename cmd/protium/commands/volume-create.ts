import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { VolumesServiceService } from '../../../internal/api/grpc/generated/protium/v1/volumes.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';
import { parseSize } from './parse-size.ts';
import { parseVolume, type VolumePlace } from './volume-place.ts';

interface VolumeCreateOptions {
  readonly size: bigint;
  readonly format?: string;
  readonly preallocation: string;
  readonly onImage?: string;
  readonly onVolume?: VolumePlace;
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

export function addVolumeCreateCommand(parent: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(parent.command('create')))
    .description('make an empty volume, or a layer on an image or another volume')
    .argument('<volume>', 'POOL/NAME of the new volume', parseVolume)
    .addOption(
      new Option('--size <size>', 'e.g. 20GiB; not needed for a layer').argParser(parseSize).default(0n, '0'),
    )
    .addOption(new Option('--format <format>', 'of the volume').choices(['qcow2', 'raw']))
    .addOption(
      new Option('--preallocation <what>', 'what is written at once')
        .choices(['off', 'metadata', 'full'])
        .default('off'),
    )
    .option('--on-image <image>', 'make it a layer on this image')
    .addOption(
      new Option('--on-volume <volume>', 'make it a layer on this volume, POOL/NAME')
        .argParser(parseVolume)
        .conflicts('onImage'),
    )
    .action((place: VolumePlace, options: VolumeCreateOptions, command: Command) =>
      run(command, async (session) => {
        const {
          size: sizeBytes,
          format = '',
          preallocation,
          onImage,
          onVolume,
          wait,
          dryRun = false,
        } = options;
        const backing =
          onImage === undefined
            ? onVolume && { image: '', ...onVolume }
            : { image: onImage, pool: '', name: '' };
        await changeObject(session, `${place.pool}/${place.name}`, {
          method: VolumesServiceService.createVolume,
          request: {
            ...place,
            sizeBytes,
            format,
            preallocation,
            backing,
            idempotencyKey: randomUUID(),
            validateOnly: dryRun,
          },
          done: 'is made',
          wait,
          dryRun,
        });
      }),
    );
}
