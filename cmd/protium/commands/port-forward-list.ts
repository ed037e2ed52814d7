import type { Command } from 'commander';
import { PortForwardsServiceService } from '../../../internal/api/grpc/generated/protium/v1/port_forwards.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { portForwardTable } from '../output/port-forward-text.ts';
import type { RunSession } from '../session.ts';

export function addPortForwardListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list port forwards, by protocol and host port')
    .option('--instance <instance>', 'only of this instance', '')
    .action(({ instance }: { readonly instance: string }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = PortForwardsServiceService.listPortForwards;
        const portForwards = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { instance, pageSize, pageToken });
          return { items: answer.portForwards, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { portForwards, nextPageToken: '' },
          { names: portForwards.map(({ id }) => id), text: () => portForwardTable(portForwards) },
        );
      }),
    );
}
