import type { FloatingAddress } from '../../../internal/api/grpc/generated/protium/v1/floating_addresses.ts';
import { formatFields, formatTable } from './table.ts';
import { formatTime } from './units.ts';

/** A line a floating address. */
export function floatingAddressTable(addresses: readonly FloatingAddress[]): string {
  const rows = addresses.map(({ address, instance, ports, state }) => [
    { text: address },
    { text: instance },
    { text: ports.join(', ') },
    { text: state },
  ]);
  return formatTable(['ADDRESS', 'INSTANCE', 'PORTS', 'STATE'], rows);
}

/** All of one floating address. */
export function floatingAddressFields(floating: FloatingAddress): string {
  const fields = [
    ['address', floating.address],
    ['instance', floating.instance],
    ['owner', floating.owner],
    ['ports', floating.ports.join(', ')],
    ['state', floating.state],
    ['problem', floating.problem ?? ''],
    ['connection', floating.connectionId],
    ['given', formatTime(floating.createTime)],
  ] as const;
  return formatFields(fields.filter(([, value]) => value !== ''));
}
