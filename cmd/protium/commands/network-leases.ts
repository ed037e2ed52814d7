import type { Command } from 'commander';
import { NetworksServiceService } from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { leaseTable } from '../output/network-text.ts';
import type { RunSession } from '../session.ts';

export function addNetworkLeasesCommand(parent: Command, run: RunSession): void {
  parent
    .command('leases')
    .description("show what a network's DHCP server has given")
    .argument('<network>', 'name or uuid')
    .action((network: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = NetworksServiceService.listLeases;
        const answer = await daemon.call(method, { network });
        output.answer(method, answer, {
          names: answer.leases.map(({ address }) => address),
          text: () => leaseTable(answer.leases),
        });
      }),
    );
}
