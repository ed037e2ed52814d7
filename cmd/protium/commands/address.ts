import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addAddressListCommand } from './address-list.ts';
import { addAddressGetCommand } from './address-get.ts';
import { addAddressAssociateCommand } from './address-associate.ts';
import { addAddressReleaseCommand } from './address-release.ts';
import { addAddressRenewCommand } from './address-renew.ts';
import { addAddressRefreshCommand } from './address-refresh.ts';
import { addAddressOpenCommand } from './address-open.ts';
import { addAddressCloseCommand } from './address-close.ts';

export function addAddressCommands(program: Command, run: RunSession): void {
  const address = program
    .command('address')
    .description('floating addresses: of the host, each leads to an instance');
  addAddressListCommand(address, run);
  addAddressGetCommand(address, run);
  addAddressAssociateCommand(address, run);
  addAddressReleaseCommand(address, run);
  addAddressRenewCommand(address, run);
  addAddressRefreshCommand(address, run);
  addAddressOpenCommand(address, run);
  addAddressCloseCommand(address, run);
}
