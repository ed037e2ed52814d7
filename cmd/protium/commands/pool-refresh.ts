import type { Command } from 'commander';
import { PoolsServiceService } from '../../../internal/api/grpc/generated/protium/v1/pools.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

interface PoolRefreshOptions {
  readonly dryRun?: boolean;
}

export function addPoolRefreshCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('refresh'))
    .description('read again what is in a pool')
    .argument('<pool>', 'name or uuid')
    .action((pool: string, { dryRun = false }: PoolRefreshOptions, command: Command) =>
      run(command, async (session) => {
        await changeObject(session, pool, {
          method: PoolsServiceService.refreshPool,
          request: { pool, validateOnly: dryRun },
          done: 'is read again',
          wait: true,
          dryRun,
        });
      }),
    );
}
