import type { Command } from 'commander';
import { PoolsServiceService } from '../../../internal/api/grpc/generated/protium/v1/pools.ts';
import { poolFields } from '../output/pool-text.ts';
import type { RunSession } from '../session.ts';

export function addPoolGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one pool')
    .argument('<pool>', 'name or uuid')
    .action((pool: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = PoolsServiceService.getPool;
        const answer = await daemon.call(method, { pool });
        const { pool: found } = answer;
        if (found === undefined) return;
        output.answer(method, answer, { names: [found.name], text: () => poolFields(found) });
      }),
    );
}
