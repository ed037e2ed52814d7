import type { Command } from 'commander';
import { NetworksServiceService } from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { Failure } from '../failure.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

interface NetworkDeleteOptions {
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly yes?: boolean;
}

export function addNetworkDeleteCommand(parent: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(parent.command('delete')))
    .description('stop and remove a network that no VM is on')
    .argument('<network>', 'name or uuid')
    .option('-y, --yes', 'do not ask; nothing is asked where there is no terminal')
    .action(
      (network: string, { dryRun = false, wait, yes = false }: NetworkDeleteOptions, command: Command) =>
        run(command, async (session) => {
          if (
            !dryRun &&
            !yes &&
            session.confirm !== null &&
            !(await session.confirm(`Delete the network ${network}?`))
          ) {
            throw new Failure('cancelled', 'Nothing was deleted.');
          }
          await changeObject(session, network, {
            method: NetworksServiceService.deleteNetwork,
            request: { network, validateOnly: dryRun },
            done: 'is deleted',
            wait: wait,
            dryRun,
          });
        }),
    );
}
