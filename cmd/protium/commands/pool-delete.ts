import type { Command } from 'commander';
import { PoolsServiceService } from '../../../internal/api/grpc/generated/protium/v1/pools.ts';
import { Failure } from '../failure.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

interface PoolDeleteOptions {
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly yes?: boolean;
}

export function addPoolDeleteCommand(parent: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(parent.command('delete')))
    .description('take a pool without volumes out of libvirt; nothing on the host is deleted')
    .argument('<pool>', 'name or uuid')
    .option('-y, --yes', 'do not ask; nothing is asked where there is no terminal')
    .action((pool: string, { dryRun = false, wait, yes = false }: PoolDeleteOptions, command: Command) =>
      run(command, async (session) => {
        if (
          !dryRun &&
          !yes &&
          session.confirm !== null &&
          !(await session.confirm(`Take the pool ${pool} out of libvirt?`))
        ) {
          throw new Failure('cancelled', 'Nothing was deleted.');
        }
        await changeObject(session, pool, {
          method: PoolsServiceService.deletePool,
          request: { pool, validateOnly: dryRun },
          done: 'is deleted',
          wait: wait,
          dryRun,
        });
      }),
    );
}
