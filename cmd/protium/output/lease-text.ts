import type { HostLease, LeaseWindow } from '../../../internal/api/grpc/generated/protium/v1/leases.ts';
import { formatFields, formatTable } from './table.ts';
import { formatMib, formatTime } from './units.ts';

/** A line a lease; times are local. */
export function leaseTable(leases: readonly HostLease[]): string {
  return formatTable(
    ['NAME', 'STATE', 'START', 'END', 'WHAT', 'INSTANCE', 'ID'],
    leases.map((lease) =>
      [
        lease.name,
        lease.problem === undefined ? lease.state : `${lease.state} (!)`,
        formatTime(lease.startTime),
        formatTime(lease.endTime),
        demandText(lease),
        lease.instance ?? '',
        lease.id,
      ].map((text) => ({ text })),
    ),
  );
}

/** One lease. */
export function leaseFields(lease: HostLease): string {
  const fields = [
    ['id', lease.id],
    ['name', lease.name],
    ['state', lease.state],
    ['problem', lease.problem ?? ''],
    ['start', bothTimes(lease.startTime)],
    ['end', bothTimes(lease.endTime)],
    ['has', demandText(lease)],
    ['flavor', lease.flavor ?? ''],
    ['launches', lease.config === undefined ? 'nothing: the capacity is held' : 'an instance'],
    ['instance', lease.instance ?? ''],
    ['devices', lease.devices.join(', ')],
    ['at the end', lease.endAction],
    ['grace', `${lease.graceSeconds} s`],
    ['warns', lease.warnBeforeSeconds.map((seconds) => `${seconds} s before`).join(', ')],
    ['recurrence', lease.recurrence ?? ''],
    ['owner', lease.owner],
    ['booked', formatTime(lease.createTime)],
    ['etag', lease.etag],
  ] as const;
  return formatFields(fields.filter(([, value]) => value !== ''));
}

/** A line a window. */
export function windowTable(windows: readonly LeaseWindow[]): string {
  return formatTable(
    ['FIRST START', 'LAST START', 'DEVICES'],
    windows.map(({ startTime, latestStartTime, devices }) =>
      [formatTime(startTime), formatTime(latestStartTime), devices.join(', ')].map((text) => ({ text })),
    ),
  );
}

function demandText({ demand }: HostLease): string {
  if (demand === undefined) return '';
  const { slots, memoryMib, devices, allowSmt, namedDevices } = demand;
  const cards = devices.map(({ vendor, model, quantity }) => `${quantity} × ${vendor}:${model}`);
  return [
    `${slots} ${allowSmt ? 'slots' : 'cores'}`,
    formatMib(memoryMib),
    ...cards,
    ...(namedDevices.length > 0 ? [`at ${namedDevices.join(', ')}`] : []),
  ].join(', ');
}

/** Local and UTC: who reads it may be elsewhere. */
function bothTimes(time: Date | undefined): string {
  return time === undefined ? '' : `${formatTime(time)} (${time.toISOString().replace(/\.\d+Z$/, 'Z')})`;
}
