import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { VolumesServiceService } from '../../../internal/api/grpc/generated/protium/v1/volumes.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';
import { parseVolume, type VolumePlace } from './volume-place.ts';

interface VolumeCloneOptions {
  readonly linked?: boolean;
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

export function addVolumeCloneCommand(parent: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(parent.command('clone')))
    .description('copy a volume that no running VM writes to')
    .argument('<volume>', 'POOL/NAME', parseVolume)
    .argument('<target>', 'POOL/NAME of the copy', parseVolume)
    .option('--linked', 'make a layer on it instead: quick and small, but it needs the first for ever')
    .action((source: VolumePlace, target: VolumePlace, options: VolumeCloneOptions, command: Command) =>
      run(command, async (session) => {
        const { linked = false, wait, dryRun = false } = options;
        await changeObject(session, `${target.pool}/${target.name}`, {
          method: VolumesServiceService.cloneVolume,
          request: {
            ...source,
            targetPool: target.pool,
            targetName: target.name,
            linked,
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
