import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addNetworkCreateCommand } from './network-create.ts';
import { addNetworkDeleteCommand } from './network-delete.ts';
import { addNetworkGetCommand } from './network-get.ts';
import { addNetworkLeasesCommand } from './network-leases.ts';
import { addNetworkListCommand } from './network-list.ts';
import { addNetworkReleaseCommand } from './network-release.ts';
import { addNetworkReservationsCommand } from './network-reservations.ts';
import { addNetworkReserveCommand } from './network-reserve.ts';
import { addNetworkStartCommand } from './network-start.ts';
import { addNetworkStopCommand } from './network-stop.ts';
import { addNetworkUpdateCommand } from './network-update.ts';

export function addNetworkCommands(program: Command, run: RunSession): void {
  const network = program.command('network').description('networks of VMs, and the addresses that they keep');
  addNetworkListCommand(network, run);
  addNetworkGetCommand(network, run);
  addNetworkCreateCommand(network, run);
  addNetworkUpdateCommand(network, run);
  addNetworkStartCommand(network, run);
  addNetworkStopCommand(network, run);
  addNetworkDeleteCommand(network, run);
  addNetworkLeasesCommand(network, run);
  addNetworkReservationsCommand(network, run);
  addNetworkReserveCommand(network, run);
  addNetworkReleaseCommand(network, run);
}
