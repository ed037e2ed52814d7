import type {
  GetGuestInfoResponse,
  GuestUser,
} from '../../../internal/api/grpc/generated/protium/v1/guests.ts';
import { formatFields, formatTable } from './table.ts';
import { formatBytes, formatTime } from './units.ts';

export function guestInfoText(info: GetGuestInfoResponse): string {
  const os = info.operatingSystem;
  const fields = [
    ['hostname', info.hostname ?? ''],
    ['system', os?.prettyName ?? os?.name ?? os?.id ?? ''],
    ['kernel', os?.kernelRelease ?? ''],
    ['machine', os?.machine ?? ''],
    ['time zone', info.timeZone ?? ''],
    ['agent', info.agentVersion],
  ] as const;
  const rows = info.filesystems.map(({ mountpoint, type, usedBytes, totalBytes, name, disks }) => [
    { text: mountpoint },
    { text: type },
    { text: usedBytes === undefined ? '' : formatBytes(usedBytes) },
    { text: totalBytes === undefined ? '' : formatBytes(totalBytes) },
    { text: name },
    { text: disks.join(', ') },
  ]);
  const table = formatTable(['MOUNTPOINT', 'TYPE', 'USED', 'SIZE', 'DEVICE', 'DISKS'], rows);
  return `${formatFields(fields.filter(([, value]) => value !== ''))}${rows.length === 0 ? '' : `\n${table}`}`;
}

export function guestUserTable(users: readonly GuestUser[]): string {
  const rows = users.map(({ name, domain, loginTime }) => [
    { text: name },
    { text: formatTime(loginTime) },
    { text: domain ?? '' },
  ]);
  return formatTable(['USER', 'SINCE', 'DOMAIN'], rows);
}
