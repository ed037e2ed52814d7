import type { Command } from 'commander';
import { VolumesServiceService } from '../../../internal/api/grpc/generated/protium/v1/volumes.ts';
import { volumeFields } from '../output/volume-text.ts';
import type { RunSession } from '../session.ts';
import { parseVolume, type VolumePlace } from './volume-place.ts';

export function addVolumeGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one volume, with all that needs it')
    .argument('<volume>', 'POOL/NAME', parseVolume)
    .action((place: VolumePlace, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = VolumesServiceService.getVolume;
        const answer = await daemon.call(method, place);
        const { volume } = answer;
        if (volume === undefined) return;
        output.answer(method, answer, {
          names: [`${volume.pool}/${volume.name}`],
          text: () => volumeFields(volume),
        });
      }),
    );
}
