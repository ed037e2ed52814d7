import type { LibvirtClient } from '../libvirt/client.ts';
import { dnsHostElement, type DnsHost, type NetworkDocument } from '../xml/network.ts';
import { serializeXml } from '../xml/serialize.ts';
import { element } from '../xml/tree.ts';
import type { AddressRange } from './network-request.ts';

type NetworkUpdate = Parameters<LibvirtClient['networks']['update']>[1];

/** One call to libvirt, and the one that takes it back. */
export interface NetworkStep {
  readonly apply: NetworkUpdate;
  readonly undo: NetworkUpdate;
}

/** What leads from a network as it is to what is wanted; what is left out stays. */
export function networkChanges(
  network: NetworkDocument,
  wanted: { readonly dhcpRange?: AddressRange; readonly dnsHosts?: readonly DnsHost[] },
): readonly NetworkStep[] {
  return [
    ...(wanted.dhcpRange === undefined ? [] : rangeChanges(network, wanted.dhcpRange)),
    ...(wanted.dnsHosts === undefined ? [] : dnsChanges(network.dnsHosts, wanted.dnsHosts)),
  ];
}

function rangeChanges({ addresses }: NetworkDocument, wanted: AddressRange): readonly NetworkStep[] {
  const index = addresses.findIndex(({ family }) => family === 'ipv4');
  const ranges = addresses[index]?.ranges ?? [];
  const same = (range: AddressRange): boolean => range.start === wanted.start && range.end === wanted.end;
  const update = (command: 'add-last' | 'delete', { start, end }: AddressRange): NetworkUpdate => ({
    command,
    section: 'ip-dhcp-range',
    parentIndex: index,
    xml: serializeXml(element('range', { start, end })),
  });
  // The old ones first: libvirt refuses ranges that overlap.
  return [
    ...ranges
      .filter((range) => !same(range))
      .map((range) => ({ apply: update('delete', range), undo: update('add-last', range) })),
    ...(ranges.some(same) ? [] : [{ apply: update('add-last', wanted), undo: update('delete', wanted) }]),
  ];
}

function dnsChanges(current: readonly DnsHost[], wanted: readonly DnsHost[]): readonly NetworkStep[] {
  const key = ({ address, hostnames }: DnsHost): string => `${address} ${hostnames.join(' ')}`;
  const [had, has] = [new Set(current.map(key)), new Set(wanted.map(key))];
  const update = (command: 'add-last' | 'delete', host: DnsHost): NetworkUpdate => ({
    command,
    section: 'dns-host',
    parentIndex: 0,
    xml: serializeXml(dnsHostElement(host)),
  });
  return [
    ...current
      .filter((host) => !has.has(key(host)))
      .map((host) => ({ apply: update('delete', host), undo: update('add-last', host) })),
    ...wanted
      .filter((host) => !had.has(key(host)))
      .map((host) => ({ apply: update('add-last', host), undo: update('delete', host) })),
  ];
}
