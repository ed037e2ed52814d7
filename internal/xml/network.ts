import { attribute, child, children, element, optionalElement, textOf, type XmlElement } from './tree.ts';
import { integerAttribute, requiredName, rootOf, uuidOf, type XmlSource } from './values.ts';

/** Names that a network's DNS server knows. */
export interface DnsHost {
  readonly address: string;
  readonly hostnames: readonly string[];
}

/** An address that a network's DHCP server keeps. */
export interface DhcpHost {
  readonly mac?: string;
  readonly name?: string;
  readonly address: string;
}

/** One subnet of a network. */
interface NetworkAddress {
  readonly family: 'ipv4' | 'ipv6';
  /** The host's own. */
  readonly address: string;
  readonly prefix: number | null;
  readonly ranges: readonly { readonly start: string; readonly end: string }[];
  readonly hosts: readonly DhcpHost[];
}

/** What a `<network>` document says. */
export interface NetworkDocument {
  readonly tree: XmlElement;
  readonly name: string;
  readonly uuid: string | null;
  /** null: isolated. */
  readonly forwardMode: string | null;
  /** Host interface that the traffic leaves by, or that guests are tied to. */
  readonly forwardDevice: string | null;
  readonly bridge: string | null;
  readonly mac: string | null;
  readonly domainName: string | null;
  readonly mtu: number | null;
  readonly addresses: readonly NetworkAddress[];
  readonly dnsHosts: readonly DnsHost[];
  readonly portgroups: readonly string[];
  /** Guests that are plugged in; null when libvirt did not say. */
  readonly connections: number | null;
}

/** Reads a `<network>`. */
export function readNetwork(document: XmlSource): NetworkDocument {
  const tree = rootOf(document, 'network');
  const of = (name: string, key: string): string | null => {
    const found = child(tree, name);
    return found === null ? null : attribute(found, key);
  };
  const forward = child(tree, 'forward');
  const forwardInterface = forward === null ? null : child(forward, 'interface');
  const mtu = child(tree, 'mtu');
  return {
    tree,
    name: requiredName(tree),
    uuid: uuidOf(tree),
    forwardMode: forward === null ? null : (attribute(forward, 'mode') ?? 'nat'),
    forwardDevice:
      of('forward', 'dev') ?? (forwardInterface === null ? null : attribute(forwardInterface, 'dev')),
    bridge: of('bridge', 'name'),
    mac: of('mac', 'address')?.toLowerCase() ?? null,
    domainName: of('domain', 'name'),
    mtu: mtu === null ? null : integerAttribute(mtu, 'size'),
    addresses: children(tree, 'ip').map(readAddress),
    dnsHosts: children(child(tree, 'dns') ?? element('dns'), 'host').map((host) => ({
      address: attribute(host, 'ip') ?? '',
      hostnames: children(host, 'hostname').map(textOf),
    })),
    portgroups: children(tree, 'portgroup').flatMap((group) => attribute(group, 'name') ?? []),
    connections: integerAttribute(tree, 'connections'),
  };
}

function readAddress(ip: XmlElement): NetworkAddress {
  const dhcp = child(ip, 'dhcp') ?? element('dhcp');
  const address = attribute(ip, 'address') ?? '';
  const netmask = attribute(ip, 'netmask');
  return {
    family: attribute(ip, 'family') === 'ipv6' ? 'ipv6' : 'ipv4',
    address,
    prefix: integerAttribute(ip, 'prefix') ?? (netmask === null ? null : prefixOfNetmask(netmask)),
    ranges: children(dhcp, 'range').map((range) => ({
      start: attribute(range, 'start') ?? '',
      end: attribute(range, 'end') ?? '',
    })),
    hosts: children(dhcp, 'host').map((host) => {
      const [mac, name] = [attribute(host, 'mac'), attribute(host, 'name')];
      return {
        address: attribute(host, 'ip') ?? '',
        ...(mac === null ? {} : { mac: mac.toLowerCase() }),
        ...(name === null ? {} : { name }),
      };
    }),
  };
}

/** `255.255.255.0` → 24; null when it is no netmask. */
function prefixOfNetmask(netmask: string): number | null {
  const parts = netmask.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return null;
  const bits = parts.map((part) => part.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : null;
}

export interface NetworkOptions {
  readonly name: string;
  readonly uuid?: string;
  /**
   * `nat` and `route` lead out of the host, `isolated` does not; `bridge` ties guests to a bridge that the host has,
   * and takes no addresses.
   */
  readonly mode: 'nat' | 'route' | 'isolated' | 'bridge' | 'open';
  /** Of `bridge`: the host's bridge. Else the name of the one that libvirt makes; default: libvirt's choice. */
  readonly bridge?: string;
  /** Host interface that the traffic leaves by. Default: whichever the host's routes say. */
  readonly forwardDevice?: string;
  readonly domainName?: string;
  readonly dns?: { readonly forwarders: readonly string[]; readonly hosts: readonly DnsHost[] };
  readonly mtu?: number;
  readonly addresses?: readonly {
    readonly family?: 'ipv4' | 'ipv6';
    readonly address: string;
    readonly prefix: number;
    readonly ranges?: readonly { readonly start: string; readonly end: string }[];
    readonly hosts?: readonly DhcpHost[];
  }[];
}

/** Builds a `<network>`. */
export function networkElement(network: NetworkOptions): XmlElement {
  const { mode, bridge } = network;
  return element('network', {}, [
    element('name', {}, network.name),
    optionalElement('uuid', network.uuid),
    mode === 'isolated' ? null : element('forward', { mode, dev: network.forwardDevice }),
    mode === 'bridge'
      ? element('bridge', { name: bridge })
      : element('bridge', { name: bridge, stp: 'on', delay: '0' }),
    network.mtu === undefined ? null : element('mtu', { size: network.mtu }),
    network.domainName === undefined ? null : element('domain', { name: network.domainName }),
    network.dns === undefined
      ? null
      : element('dns', {}, [
          network.dns.forwarders.map((addr) => element('forwarder', { addr })),
          network.dns.hosts.map(dnsHostElement),
        ]),
    (network.addresses ?? []).map(addressElement),
  ]);
}

function addressElement(ip: NonNullable<NetworkOptions['addresses']>[number]): XmlElement {
  const leases = [
    ...(ip.ranges ?? []).map(({ start, end }) => element('range', { start, end })),
    ...(ip.hosts ?? []).map((host) => dhcpHostElement(host, ip.family)),
  ];
  return element(
    'ip',
    { family: ip.family === 'ipv6' ? 'ipv6' : null, address: ip.address, prefix: ip.prefix },
    leases.length === 0 ? null : element('dhcp', {}, leases),
  );
}

/** Builds one `<host>` of a network's DHCP. */
export function dhcpHostElement(host: DhcpHost, family: 'ipv4' | 'ipv6' = 'ipv4'): XmlElement {
  // libvirt refuses a MAC address for IPv6, where leases go by DUID.
  return element('host', { mac: family === 'ipv6' ? null : host.mac, name: host.name, ip: host.address });
}

/** Builds one `<host>` of a network's DNS. */
export function dnsHostElement({ address, hostnames }: DnsHost): XmlElement {
  return element(
    'host',
    { ip: address },
    hostnames.map((name) => element('hostname', {}, name)),
  );
}
