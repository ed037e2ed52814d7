import type { Pool } from '../../../internal/api/grpc/generated/protium/v1/pools.ts';
import { formatFields, formatTable } from './table.ts';
import { formatBytes, formatFlag } from './units.ts';

/** A line a pool. */
export function poolTable(pools: readonly Pool[]): string {
  const rows = pools.map((pool) => [
    { text: pool.name },
    { text: pool.state },
    { text: pool.type },
    { text: formatBytes(pool.capacityBytes) },
    { text: formatBytes(pool.availableBytes) },
    { text: String(pool.volumeCount) },
    { text: formatFlag(pool.autostart) },
    { text: pool.targetPath ?? '' },
  ]);
  return formatTable(['NAME', 'STATE', 'TYPE', 'CAPACITY', 'FREE', 'VOLUMES', 'AUTOSTART', 'PATH'], rows);
}

/** All of one pool. */
export function poolFields(pool: Pool): string {
  const fields = [
    ['name', pool.name],
    ['uuid', pool.uuid],
    ['state', pool.state],
    ['type', pool.type],
    ['path', pool.targetPath ?? ''],
    ['capacity', formatBytes(pool.capacityBytes)],
    ['allocated', formatBytes(pool.allocationBytes)],
    ['free', formatBytes(pool.availableBytes)],
    ['volumes', String(pool.volumeCount)],
    ['autostart', formatFlag(pool.autostart)],
    ['persistent', formatFlag(pool.persistent)],
  ] as const;
  return formatFields(fields.filter(([, value]) => value !== ''));
}
