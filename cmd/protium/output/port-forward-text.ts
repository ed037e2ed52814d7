import type { PortForward } from '../../../internal/api/grpc/generated/protium/v1/port_forwards.ts';
import { formatFields, formatTable } from './table.ts';
import { formatTime } from './units.ts';

function place(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A line a port forward. */
export function portForwardTable(forwards: readonly PortForward[]): string {
  const rows = forwards.map((forward) => [
    { text: forward.id },
    { text: forward.protocol },
    { text: place(forward.hostAddress, forward.hostPort) },
    { text: place(forward.guestAddress, forward.guestPort) },
    { text: forward.instance },
    { text: forward.state },
    { text: forward.mechanism },
  ]);
  return formatTable(['ID', 'PROTOCOL', 'HOST', 'GUEST', 'INSTANCE', 'STATE', 'BY'], rows);
}

/** All of one port forward. */
export function portForwardFields(forward: PortForward): string {
  const fields = [
    ['id', forward.id],
    ['instance', forward.instance],
    ['protocol', forward.protocol],
    ['host', place(forward.hostAddress, forward.hostPort)],
    ['guest', place(forward.guestAddress, forward.guestPort)],
    ['network', forward.network],
    ['sources', forward.sources.join(', ')],
    ['state', forward.state],
    ['problem', forward.problem ?? ''],
    ['by', forward.mechanism],
    ['opened', formatTime(forward.createTime)],
  ] as const;
  return formatFields(fields.filter(([, value]) => value !== ''));
}
