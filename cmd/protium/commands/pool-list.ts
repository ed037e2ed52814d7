import type { Command } from 'commander';
import { PoolsServiceService } from '../../../internal/api/grpc/generated/protium/v1/pools.ts';
import { viewAgeNote } from '../output/domain-text.ts';
import { poolTable } from '../output/pool-text.ts';
import type { RunSession } from '../session.ts';

export function addPoolListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description("list libvirt's pools, by name")
    .action((_options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = PoolsServiceService.listPools;
        const answer = await daemon.call(method, {});
        const note = viewAgeNote(answer.viewAgeMs);
        if (note !== null) output.note(note);
        output.answer(method, answer, {
          names: answer.pools.map(({ name }) => name),
          text: () => poolTable(answer.pools),
        });
      }),
    );
}
