import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { VolumesServiceService } from '../../../internal/api/grpc/generated/protium/v1/volumes.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';
import { parseVolume, type VolumePlace } from './volume-place.ts';

interface VolumeMoveOptions {
  readonly name?: string;
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

export function addVolumeMoveCommand(parent: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(parent.command('move')))
    .description('move a volume that nothing uses into another pool')
    .argument('<volume>', 'POOL/NAME', parseVolume)
    .argument('<pool>', 'where it moves to')
    .option('--name <name>', 'its name there; else the same')
    .action((source: VolumePlace, pool: string, options: VolumeMoveOptions, command: Command) =>
      run(command, async (session) => {
        const { name = '', wait, dryRun = false } = options;
        await changeObject(session, `${source.pool}/${source.name}`, {
          method: VolumesServiceService.moveVolume,
          request: {
            ...source,
            targetPool: pool,
            targetName: name,
            idempotencyKey: randomUUID(),
            validateOnly: dryRun,
          },
          done: `is now ${pool}/${name === '' ? source.name : name}`,
          wait,
          dryRun,
        });
      }),
    );
}
