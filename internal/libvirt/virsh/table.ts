import type { CallArguments, CallName, CommandTable, TableCall } from './call-names.ts';
import { unsupportedCalls } from './call-names.ts';
import type { VirshCommand } from './command.ts';
import { domainBlockCommands } from './commands/domain-block.ts';
import { domainConfigurationCommands } from './commands/domain-configuration.ts';
import { domainGuestCommands } from './commands/domain-guest.ts';
import { domainCommands } from './commands/domains.ts';
import { hostCommands } from './commands/host.ts';
import { networkCommands } from './commands/networks.ts';
import { nodeDeviceCommands } from './commands/node-devices.ts';
import { nwfilterCommands } from './commands/nwfilters.ts';
import { poolCommands } from './commands/pools.ts';
import { secretCommands } from './commands/secrets.ts';
import { snapshotCommands } from './commands/snapshots.ts';
import { volumeCommands } from './commands/volumes.ts';

/** Every call that virsh can make, as virsh commands. The compiler refuses a table that lacks one. */
export const commandTable: CommandTable<TableCall> = {
  ...hostCommands,
  ...domainCommands,
  ...domainConfigurationCommands,
  ...domainBlockCommands,
  ...domainGuestCommands,
  ...snapshotCommands,
  ...poolCommands,
  ...volumeCommands,
  ...networkCommands,
  ...nodeDeviceCommands,
  ...secretCommands,
  ...nwfilterCommands,
};

export function isTableCall(call: CallName): call is TableCall {
  return !(unsupportedCalls as readonly string[]).includes(call);
}

export function commandsOf<N extends TableCall>(call: N, values: CallArguments<N>): readonly VirshCommand[] {
  const commands: CommandTable<TableCall>[N] = commandTable[call];
  return commands(...values);
}
