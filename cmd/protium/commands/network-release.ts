import type { Command } from 'commander';
import { NetworksServiceService } from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

export function addNetworkReleaseCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('release'))
    .description("give an instance's address back")
    .argument('<network>', 'name or uuid')
    .argument('<instance>', 'name or uuid')
    .action(
      (
        network: string,
        instance: string,
        { dryRun = false }: { readonly dryRun?: boolean },
        command: Command,
      ) =>
        run(command, (session) =>
          changeObject(session, instance, {
            method: NetworksServiceService.releaseAddress,
            request: { network, instance, validateOnly: dryRun },
            done: 'has no address reserved any more',
            wait: true,
            dryRun,
          }),
        ),
    );
}
