import type { Command } from 'commander';
import { NetworksServiceService } from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

interface NetworkStopOptions {
  readonly dryRun?: boolean;
}

export function addNetworkStopCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('stop'))
    .description('stop a network that no running VM is on')
    .argument('<network>', 'name or uuid')
    .action((network: string, { dryRun = false }: NetworkStopOptions, command: Command) =>
      run(command, async (session) => {
        await changeObject(session, network, {
          method: NetworksServiceService.stopNetwork,
          request: { network, validateOnly: dryRun },
          done: 'is stopped',
          wait: true,
          dryRun,
        });
      }),
    );
}
