import { isIP, isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { invalidArgument } from '../errors/invalid-argument.ts';
import { networkElement, type DnsHost, type NetworkOptions } from '../xml/network.ts';
import type { XmlElement } from '../xml/tree.ts';
import { addressNumber, addressText, contains, lastOf, type Subnet } from './ipv4.ts';

export interface AddressRange {
  readonly start: string;
  readonly end: string;
}

/** What a network is to be. The IPv4 subnet is decided apart: it may have to be a free one. */
export interface NetworkRequest {
  readonly name: string;
  readonly mode: 'nat' | 'route' | 'isolated' | 'bridge';
  /** Of mode `bridge`. */
  readonly bridge: string | null;
  /** null: a free one; not for `bridge`. As text: it goes into the journal. */
  readonly ipv4Subnet: string | null;
  /** null: all but the host's own. */
  readonly dhcpRange: AddressRange | null;
  readonly dhcp: boolean;
  /** null: no IPv6. */
  readonly ipv6Subnet: string | null;
  readonly domainName: string | null;
  readonly dnsForwarders: readonly string[];
  readonly dnsHosts: readonly DnsHost[];
  readonly forwardDevice: string | null;
  readonly autostart: boolean;
}

/** IFNAMSIZ, and nothing that is special in a path. */
const deviceName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/;
const dnsName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/**
 * Checks all but the IPv4 subnet.
 *
 * @throws ProtiumError `argument-invalid`
 */
export function checkNetworkRequest(request: NetworkRequest): void {
  const { mode, bridge, forwardDevice, domainName } = request;
  if (mode === 'bridge') {
    if (bridge === null || !deviceName.test(bridge)) {
      throw invalidArgument(
        'bridge',
        'A network of mode bridge needs the name of a bridge that the host has.',
      );
    }
    const own = [request.ipv4Subnet, request.ipv6Subnet, request.dhcpRange, domainName, forwardDevice];
    if (own.some((value) => value !== null) || request.dnsForwarders.length + request.dnsHosts.length > 0) {
      throw invalidArgument('mode', 'On a bridge of the host, addresses and names are not of this network.');
    }
    return;
  }
  if (bridge !== null) throw invalidArgument('bridge', 'libvirt makes the bridge of such a network itself.');
  if (forwardDevice !== null && (mode === 'isolated' || !deviceName.test(forwardDevice))) {
    throw invalidArgument(
      'forward_device',
      'Only nat and route leave the host, by a device with a plain name.',
    );
  }
  if (domainName !== null && !dnsName.test(domainName)) {
    throw invalidArgument('domain_name', 'A DNS domain has labels of letters, digits and dashes.');
  }
  if (request.ipv6Subnet !== null) hostAddress6(request.ipv6Subnet);
  if (request.dnsForwarders.some((address) => isIP(address) === 0)) {
    throw invalidArgument('dns_forwarders', 'Servers are given by their addresses.');
  }
  checkDnsHosts(request.dnsHosts);
}

/** @throws ProtiumError `argument-invalid` */
export function checkDnsHosts(hosts: readonly DnsHost[]): void {
  for (const { address, hostnames } of hosts) {
    if (isIP(address) === 0) throw invalidArgument('dns_hosts', `"${address}" is no address.`);
    if (hostnames.length === 0 || hostnames.some((name) => !dnsName.test(name))) {
      throw invalidArgument('dns_hosts', `The address ${address} needs names of letters, digits and dashes.`);
    }
  }
  if (new Set(hosts.map(({ address }) => address)).size < hosts.length) {
    throw invalidArgument('dns_hosts', 'An address occurs twice; give all its names at once.');
  }
}

/**
 * A range within a subnet, without the host's own address.
 *
 * @throws ProtiumError `argument-invalid`
 */
export function checkRange({ start, end }: AddressRange, subnet: Subnet, host: number): void {
  const [first, last] = [addressNumber(start), addressNumber(end)];
  const fits =
    first !== null &&
    last !== null &&
    first <= last &&
    first > subnet.base &&
    last < lastOf(subnet) &&
    contains(subnet, first);
  if (!fits || (first <= host && host <= last)) {
    throw invalidArgument(
      'dhcp_range',
      "A range lies within the subnet, and the host's own address is not of it.",
    );
  }
}

/** The `<network>`. @param subnet null: of mode `bridge` */
export function networkDocument(request: NetworkRequest, uuid: string, subnet: Subnet | null): XmlElement {
  const { name, mode, bridge, forwardDevice, domainName, ipv6Subnet, dnsForwarders, dnsHosts } = request;
  const hasDns = dnsForwarders.length + dnsHosts.length > 0;
  return networkElement({
    name,
    uuid,
    mode,
    ...(bridge === null ? {} : { bridge }),
    ...(forwardDevice === null ? {} : { forwardDevice }),
    ...(domainName === null ? {} : { domainName }),
    ...(hasDns ? { dns: { forwarders: dnsForwarders, hosts: dnsHosts } } : {}),
    addresses: [
      ...(subnet === null ? [] : [address4(request, subnet)]),
      ...(ipv6Subnet === null
        ? []
        : [{ family: 'ipv6' as const, address: hostAddress6(ipv6Subnet), prefix: 64 }]),
    ],
  });
}

type Address = NonNullable<NetworkOptions['addresses']>[number];

function address4({ dhcp, dhcpRange }: NetworkRequest, subnet: Subnet): Address {
  const host = hostOf(subnet);
  const all = { start: addressText(host + 1), end: addressText(lastOf(subnet) - 1) };
  const ranges = dhcp ? [dhcpRange ?? all] : [];
  return { address: addressText(host), prefix: subnet.prefix, ranges };
}

/** The host's own address in a subnet: the first. */
export function hostOf({ base }: Subnet): number {
  return base + 1;
}

/** @throws ProtiumError `argument-invalid` */
function hostAddress6(subnet: string): string {
  const [, address = ''] = /^([0-9A-Fa-f:]+)\/64$/.exec(subnet) ?? [];
  if (!isIPv6(address) || isIPv4(address)) throw noSubnet6();
  const bytes = ipaddr.IPv6.parse(address).toByteArray();
  if (bytes.slice(8).some((byte) => byte !== 0)) throw noSubnet6();
  return ipaddr.fromByteArray([...bytes.slice(0, 15), 1]).toString();
}

function noSubnet6() {
  return invalidArgument('ipv6_subnet', 'An IPv6 subnet has a prefix of 64, e.g. fd12:3456:789a:1::/64.');
}
