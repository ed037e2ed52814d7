import type { Command } from 'commander';
import { PoolsServiceService } from '../../../internal/api/grpc/generated/protium/v1/pools.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

interface PoolStartOptions {
  readonly dryRun?: boolean;
}

export function addPoolStartCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('start'))
    .description('start a pool')
    .argument('<pool>', 'name or uuid')
    .action((pool: string, { dryRun = false }: PoolStartOptions, command: Command) =>
      run(command, async (session) => {
        await changeObject(session, pool, {
          method: PoolsServiceService.startPool,
          request: { pool, validateOnly: dryRun },
          done: 'is started',
          wait: true,
          dryRun,
        });
      }),
    );
}
