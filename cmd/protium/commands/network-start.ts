import type { Command } from 'commander';
import { NetworksServiceService } from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

interface NetworkStartOptions {
  readonly dryRun?: boolean;
}

export function addNetworkStartCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('start'))
    .description('start a network')
    .argument('<network>', 'name or uuid')
    .action((network: string, { dryRun = false }: NetworkStartOptions, command: Command) =>
      run(command, async (session) => {
        await changeObject(session, network, {
          method: NetworksServiceService.startNetwork,
          request: { network, validateOnly: dryRun },
          done: 'is started',
          wait: true,
          dryRun,
        });
      }),
    );
}
