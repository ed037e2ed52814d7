import type { Command } from 'commander';
import { NetworksServiceService } from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { reservationTable } from '../output/network-text.ts';
import type { RunSession } from '../session.ts';

export function addNetworkReservationsCommand(parent: Command, run: RunSession): void {
  parent
    .command('reservations')
    .description('show the addresses that a network keeps')
    .argument('<network>', 'name or uuid')
    .action((network: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = NetworksServiceService.listReservations;
        const answer = await daemon.call(method, { network });
        output.answer(method, answer, {
          names: answer.reservations.map(({ address }) => address),
          text: () => reservationTable(answer.reservations),
        });
      }),
    );
}
