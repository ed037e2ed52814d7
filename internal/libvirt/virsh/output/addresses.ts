import type { DhcpLease, InterfaceAddress } from '../../objects.ts';
import { lines, unexpected } from './fields.ts';

interface Address {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
}

/** `virsh -q domifaddr --full`: interface, MAC, protocol and address/prefix; `N/A` where there is none. */
export function parseInterfaceAddresses(output: string): readonly InterfaceAddress[] {
  const interfaces = new Map<string, { mac: string | null; addresses: Address[] }>();
  for (const line of lines(output)) {
    const [, name, mac, protocol, address] = /^ *(.+?) +(\S+) +(\S+) +(\S+) *$/.exec(line) ?? [];
    if (name === undefined || mac === undefined || address === undefined) throw unexpected(line);
    const known = interfaces.get(name) ?? { mac: mac === 'N/A' ? null : mac, addresses: [] };
    interfaces.set(name, known);
    if (address !== 'N/A') known.addresses.push(parseAddress(protocol, address));
  }
  return [...interfaces].map(([name, { mac, addresses }]) => ({ interface: name, mac, addresses }));
}

/**
 * `virsh -q net-dhcp-leases` in UTC: expiry, MAC, protocol, address/prefix, host name, client id; `-` where there is
 * none. virsh does not print the IAID.
 */
export function parseDhcpLeases(output: string, bridge: string): readonly DhcpLease[] {
  return lines(output).map((line) => {
    const [day, time, mac, protocol, address, hostname, clientId] = line.trim().split(/ +/);
    if (day === undefined || time === undefined || mac === undefined || address === undefined) {
      throw unexpected(line);
    }
    const expires = new Date(`${day}T${time}Z`);
    if (Number.isNaN(expires.getTime())) throw unexpected(line);
    return {
      interface: bridge,
      expires: expires.toISOString(),
      ...parseAddress(protocol, address),
      mac: present(mac),
      iaid: null,
      hostname: present(hostname),
      clientId: present(clientId),
    };
  });
}

function parseAddress(protocol: string | undefined, text: string): Address {
  const [address = '', prefix = ''] = text.split('/', 2);
  if (protocol !== 'ipv4' && protocol !== 'ipv6') throw unexpected(`${String(protocol)} ${text}`);
  return { family: protocol, address, prefix: Number(prefix) };
}

function present(word: string | undefined): string | null {
  return word === undefined || word === '-' || word === '' ? null : word;
}
