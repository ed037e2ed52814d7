import type { Command } from 'commander';
import { PoolsServiceService } from '../../../internal/api/grpc/generated/protium/v1/pools.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

interface PoolStopOptions {
  readonly dryRun?: boolean;
}

export function addPoolStopCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('stop'))
    .description('stop a pool; its volumes stay')
    .argument('<pool>', 'name or uuid')
    .action((pool: string, { dryRun = false }: PoolStopOptions, command: Command) =>
      run(command, async (session) => {
        await changeObject(session, pool, {
          method: PoolsServiceService.stopPool,
          request: { pool, validateOnly: dryRun },
          done: 'is stopped',
          wait: true,
          dryRun,
        });
      }),
    );
}
