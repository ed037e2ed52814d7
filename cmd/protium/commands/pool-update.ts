import type { Command } from 'commander';
import { PoolsServiceService } from '../../../internal/api/grpc/generated/protium/v1/pools.ts';
import { Failure } from '../failure.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

interface PoolUpdateOptions {
  readonly autostart?: boolean;
  readonly dryRun?: boolean;
}

export function addPoolUpdateCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('update'))
    .description('change whether a pool starts with the host')
    .argument('<pool>', 'name or uuid')
    .option('--autostart', 'start it with the host')
    .option('--no-autostart', 'do not start it with the host')
    .action((pool: string, { autostart, dryRun = false }: PoolUpdateOptions, command: Command) =>
      run(command, async (session) => {
        // A flag that has a negation is true where neither is given.
        if (command.getOptionValueSource('autostart') !== 'cli') {
          throw new Failure('usage', 'Say what to change: protium help pool update.', { exit: 'usage' });
        }
        await changeObject(session, pool, {
          method: PoolsServiceService.updatePool,
          request: { pool, autostart, validateOnly: dryRun },
          done: 'is changed',
          wait: true,
          dryRun,
        });
      }),
    );
}
