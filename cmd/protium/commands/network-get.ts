import type { Command } from 'commander';
import { NetworksServiceService } from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { networkFields } from '../output/network-text.ts';
import type { RunSession } from '../session.ts';

export function addNetworkGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one network')
    .argument('<network>', 'name or uuid')
    .action((network: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = NetworksServiceService.getNetwork;
        const answer = await daemon.call(method, { network });
        const { network: found } = answer;
        if (found === undefined) return;
        output.answer(method, answer, { names: [found.name], text: () => networkFields(found) });
      }),
    );
}
