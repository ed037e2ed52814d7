import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import {
  NetworksServiceService,
  type DnsHost,
} from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';
import { collect } from './collect.ts';
import { collectDnsHost } from './dns-host-option.ts';
import { parseAddressRange } from './parse-port.ts';

interface NetworkCreateOptions {
  readonly mode: string;
  readonly bridge: string;
  readonly subnet: string;
  readonly dhcpRange?: { readonly start: string; readonly end: string };
  /** false: --no-dhcp */
  readonly dhcp: boolean;
  readonly ipv6Subnet: string;
  readonly domain: string;
  readonly dnsForwarder: readonly string[];
  readonly dnsHost: readonly DnsHost[];
  readonly device: string;
  readonly autostart: boolean;
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

export function addNetworkCreateCommand(parent: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(parent.command('create')))
    .description('make a network, and start it')
    .argument('<name>', 'of the new network')
    .addOption(
      new Option('--mode <mode>', 'how guests reach out')
        .choices(['nat', 'route', 'isolated', 'bridge'])
        .default('nat'),
    )
    .option('--bridge <bridge>', 'of mode bridge: a bridge that the host has', '')
    .option('--subnet <cidr>', 'IPv4; none given: one that is free', '')
    .option('--dhcp-range <first-last>', 'what DHCP gives', parseAddressRange)
    .option('--no-dhcp', 'guests give themselves addresses')
    .option('--ipv6-subnet <cidr>', 'IPv6, with a prefix of 64', '')
    .option('--domain <name>', 'DNS domain of the guests', '')
    .option('--dns-forwarder <address>', 'server that DNS questions go to; may be repeated', collect, [])
    .option('--dns-host <address=name>', 'name that DNS knows; may be repeated', collectDnsHost, [])
    .option('--device <device>', 'device of the host that traffic leaves by', '')
    .option('--no-autostart', 'do not start it with the host')
    .action((name: string, options: NetworkCreateOptions, command: Command) =>
      run(command, async (session) => {
        const { wait, dryRun = false } = options;
        await changeObject(session, name, {
          method: NetworksServiceService.createNetwork,
          request: {
            name,
            mode: options.mode,
            bridge: options.bridge,
            ipv4Subnet: options.subnet,
            dhcpRange: options.dhcpRange,
            noDhcp: !options.dhcp,
            ipv6Subnet: options.ipv6Subnet,
            domainName: options.domain,
            dnsForwarders: [...options.dnsForwarder],
            dnsHosts: [...options.dnsHost],
            forwardDevice: options.device,
            autostart: options.autostart,
            idempotencyKey: randomUUID(),
            validateOnly: dryRun,
          },
          done: 'is made',
          wait,
          dryRun,
        });
      }),
    );
}
