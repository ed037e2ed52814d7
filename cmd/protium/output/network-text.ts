import type {
  Lease,
  Network,
  NetworkSubnet,
  Reservation,
} from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { formatFields, formatTable } from './table.ts';
import { formatFlag, formatTime } from './units.ts';

function subnetText({ address, prefix }: NetworkSubnet): string {
  return prefix === undefined ? address : `${address}/${prefix}`;
}

/** A line a network. */
export function networkTable(networks: readonly Network[]): string {
  const rows = networks.map((network) => [
    { text: network.name },
    { text: formatFlag(network.active) },
    { text: network.mode },
    { text: network.bridge ?? '' },
    { text: network.subnets.map(subnetText).join(', ') },
    { text: formatFlag(network.autostart) },
  ]);
  return formatTable(['NAME', 'ACTIVE', 'MODE', 'BRIDGE', 'ADDRESSES', 'AUTOSTART'], rows);
}

/** All of one network. */
export function networkFields(network: Network): string {
  const fields = [
    ['name', network.name],
    ['uuid', network.uuid],
    ['active', formatFlag(network.active)],
    ['mode', network.mode],
    ['bridge', network.bridge ?? ''],
    ['domain', network.domainName ?? ''],
    ...network.subnets.flatMap((subnet) => [
      ['address', subnetText(subnet)] as const,
      ...subnet.dhcpRanges.map(({ start, end }) => ['dhcp', `${start}-${end}`] as const),
    ]),
    ['autostart', formatFlag(network.autostart)],
    ['persistent', formatFlag(network.persistent)],
    ...network.domains.map((name) => ['used by', name] as const),
  ] as const;
  return formatFields(fields.filter(([, value]) => value !== ''));
}

/** A line a lease. */
export function leaseTable(leases: readonly Lease[]): string {
  const rows = leases.map(({ address, mac, hostname, expireTime }) => [
    { text: address },
    { text: mac ?? '' },
    { text: hostname ?? '' },
    { text: formatTime(expireTime) },
  ]);
  return formatTable(['ADDRESS', 'MAC', 'HOSTNAME', 'ENDS'], rows);
}

/** A line a reservation. */
export function reservationTable(reservations: readonly Reservation[]): string {
  const rows = reservations.map(({ address, mac, hostname, instance }) => [
    { text: address },
    { text: mac ?? '' },
    { text: hostname ?? '' },
    { text: instance ?? '' },
  ]);
  return formatTable(['ADDRESS', 'MAC', 'HOSTNAME', 'INSTANCE'], rows);
}
