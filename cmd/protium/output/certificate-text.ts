import type { Certificate } from '../../../internal/api/grpc/generated/protium/v1/certificates.ts';
import { formatTable } from './table.ts';
import { formatTime } from './units.ts';

const headers = ['CERTIFICATE', 'USER', 'MADE', 'EXPIRES', 'REVOKED', 'DESCRIPTION'] as const;

/** A line a certificate. */
export function certificateTable(certificates: readonly Certificate[]): string {
  const rows = certificates.map(({ serial, user, createTime, expireTime, revokeTime, description }) =>
    [
      serial,
      user,
      formatTime(createTime),
      formatTime(expireTime),
      revokeTime === undefined ? '-' : formatTime(revokeTime),
      description,
    ].map((text) => ({ text })),
  );
  return formatTable(headers, rows);
}
