import type { Command } from 'commander';
import {
  NetworksServiceService,
  type DnsHost,
} from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { Failure } from '../failure.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';
import { parseAddressRange, parseDnsHost } from './parse-port.ts';

interface NetworkUpdateOptions {
  readonly autostart?: boolean;
  readonly dhcpRange?: { readonly start: string; readonly end: string };
  /** false: --no-dns-host */
  readonly dnsHost?: readonly DnsHost[] | false;
  readonly dryRun?: boolean;
}

export function addNetworkUpdateCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('update'))
    .description('change what can be changed while VMs are on a network')
    .argument('<network>', 'name or uuid')
    .option('--autostart', 'start it with the host')
    .option('--no-autostart', 'do not start it with the host')
    .option('--dhcp-range <first-last>', 'replaces what DHCP gives', parseAddressRange)
    .option('--dns-host <address=name>', 'replaces the names that DNS knows; may be repeated', collectHost)
    .option('--no-dns-host', 'removes all names')
    .action((network: string, options: NetworkUpdateOptions, command: Command) =>
      run(command, async (session) => {
        const { autostart, dhcpRange, dnsHost, dryRun = false } = options;
        // A flag that has a negation is true where neither is given.
        const said = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
        const change = {
          autostart: said('autostart') ? autostart : undefined,
          dhcpRange,
          dnsHosts: said('dnsHost') ? { hosts: dnsHost === false ? [] : [...(dnsHost ?? [])] } : undefined,
        };
        if (Object.values(change).every((value) => value === undefined)) {
          throw new Failure('usage', 'Say what to change: protium help network update.', { exit: 'usage' });
        }
        await changeObject(session, network, {
          method: NetworksServiceService.updateNetwork,
          request: { network, ...change, validateOnly: dryRun },
          done: 'is changed',
          wait: true,
          dryRun,
        });
      }),
    );
}

function collectHost(text: string, before: unknown): readonly DnsHost[] {
  return [...(Array.isArray(before) ? (before as readonly DnsHost[]) : []), parseDnsHost(text)];
}
