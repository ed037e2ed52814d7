import { invalidArgument } from '../../errors/invalid-argument.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { NetworkDocument } from '../../xml/network.ts';
import { addressNumber, addressText, contains, lastOf, subnetAround, subnetText } from '../ipv4.ts';

/** What the network's DHCP server has given. */
export interface GivenAddress {
  readonly address: string;
  readonly mac: string | null;
}

/** A subnet in which a network's DHCP server gives addresses. */
type ServedAddress = NetworkDocument['addresses'][number];

/** @throws ProtiumError `state-conflict` */
export function servedAddress({ name, addresses }: NetworkDocument): {
  readonly served: ServedAddress;
  readonly index: number;
} {
  const index = addresses.findIndex(({ family, ranges }) => family === 'ipv4' && ranges.length > 0);
  const served = addresses[index];
  if (served !== undefined) return { served, index };
  throw new ProtiumError(
    'state-conflict',
    `The network "${name}" has no DHCP server of libvirt, so no address can be kept for a VM on it.`,
  );
}

/**
 * The address to be reserved for a MAC address: the one that is wanted, else the one that it has now, else a free one that the
 * DHCP server could give.
 *
 * @throws ProtiumError `argument-invalid`, `resource-in-use`
 */
export function chooseAddress(
  network: NetworkDocument,
  mac: string,
  leases: readonly GivenAddress[],
  wanted: string | null,
): string {
  const { served } = servedAddress(network);
  const host = addressNumber(served.address) ?? 0;
  const subnet = subnetAround(host, served.prefix ?? 24);
  const owners = new Map([
    ...leases.map((lease): [string, string | null] => [lease.address, lease.mac]),
    ...served.hosts.map((each): [string, string | null] => [each.address, each.mac ?? null]),
  ]);
  const isUsable = (address: number): boolean =>
    contains(subnet, address) && address !== subnet.base && address !== lastOf(subnet) && address !== host;
  const isFree = (address: string): boolean => !owners.has(address) || owners.get(address) === mac;
  if (wanted !== null) {
    const number = addressNumber(wanted);
    if (number === null || !isUsable(number)) {
      throw invalidArgument('address', `It must lie in ${subnetText(subnet)} and not be the host's own.`);
    }
    if (isFree(wanted)) return wanted;
    throw new ProtiumError(
      'resource-in-use',
      `The address ${wanted} is another guest's (${owners.get(wanted) ?? 'unknown'}).`,
    );
  }
  const current = leases.find((lease) => lease.mac === mac && isUsable(addressNumber(lease.address) ?? 0));
  if (current !== undefined && isFree(current.address)) return current.address;
  for (const { start, end } of served.ranges) {
    const [first, last] = [addressNumber(start) ?? 1, addressNumber(end) ?? 0];
    for (let address = first; address <= last; address += 1) {
      if (isUsable(address) && isFree(addressText(address))) return addressText(address);
    }
  }
  throw new ProtiumError('resource-in-use', `The network "${network.name}" has no free address left.`);
}

/** The name that DNS gives a reserved address: the domain's, where it is one and nobody there has it. */
export function hostNameFor(domain: string, { hosts }: ServedAddress): string | undefined {
  const isLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(domain);
  return isLabel && hosts.every(({ name }) => name !== domain) ? domain : undefined;
}
