import type { Command } from 'commander';
import { NetworksServiceService } from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { addDryRunOption } from '../operations/change-object.ts';
import { reservationTable } from '../output/network-text.ts';
import type { RunSession } from '../session.ts';

interface NetworkReserveOptions {
  readonly ip: string;
  readonly dryRun?: boolean;
}

export function addNetworkReserveCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('reserve'))
    .description('keep an address for an instance until it is deleted')
    .argument('<network>', 'name or uuid')
    .argument('<instance>', 'name or uuid; it must be on the network')
    .option('--ip <address>', 'this one; none given: the one that it has, else a free one', '')
    .action((network: string, instance: string, options: NetworkReserveOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { ip: address, dryRun: validateOnly = false } = options;
        const method = NetworksServiceService.reserveAddress;
        const answer = await daemon.call(method, { network, instance, address, validateOnly });
        const { reservation } = answer;
        if (reservation === undefined) return;
        output.answer(method, answer, {
          names: [reservation.address],
          text: () => reservationTable([reservation]),
        });
      }),
    );
}
