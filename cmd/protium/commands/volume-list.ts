import { Option, type Command } from 'commander';
import { VolumesServiceService } from '../../../internal/api/grpc/generated/protium/v1/volumes.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { volumeTable } from '../output/volume-text.ts';
import type { RunSession } from '../session.ts';

interface VolumeListOptions {
  readonly pool: string;
  readonly format: string;
  readonly used?: boolean;
  readonly unused?: boolean;
}

export function addVolumeListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the volumes of active pools, by pool and name')
    .option('--pool <pool>', 'only of this pool', '')
    .option('--format <format>', 'only of this format, e.g. qcow2', '')
    .option('--used', 'only those that something needs')
    .addOption(new Option('--unused', 'only those that nothing needs').conflicts('used'))
    .action(({ pool, format, used, unused }: VolumeListOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = VolumesServiceService.listVolumes;
        const filter = { pool, format, used: used ?? (unused === true ? false : undefined) };
        const volumes = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { ...filter, pageSize, pageToken });
          return { items: answer.volumes, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { volumes, nextPageToken: '' },
          {
            names: volumes.map((volume) => `${volume.pool}/${volume.name}`),
            text: () => volumeTable(volumes),
          },
        );
      }),
    );
}
