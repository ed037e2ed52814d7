import type { AccessKey } from '../../../internal/api/grpc/generated/protium/v1/access_keys.ts';
import { formatTable } from './table.ts';
import { formatTime } from './units.ts';

const headers = ['ACCESS KEY', 'USER', 'MADE', 'LAST USED', 'REVOKED'] as const;

/** A line an access key. */
export function accessKeyTable(keys: readonly AccessKey[]): string {
  const rows = keys.map(({ id, user, createTime, lastUseTime, revokeTime }) =>
    [id, user, formatTime(createTime), shown(lastUseTime), shown(revokeTime)].map((text) => ({ text })),
  );
  return formatTable(headers, rows);
}

function shown(time: Date | undefined): string {
  return time === undefined ? '-' : formatTime(time);
}
