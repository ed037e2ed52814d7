import type { Volume } from '../../../internal/api/grpc/generated/protium/v1/volumes.ts';
import { formatFields, formatTable } from './table.ts';
import { formatBytes } from './units.ts';

/** A line a volume. */
export function volumeTable(volumes: readonly Volume[]): string {
  const rows = volumes.map((volume) => [
    { text: volume.pool },
    { text: volume.name },
    { text: volume.format ?? '' },
    { text: formatBytes(volume.capacityBytes) },
    { text: formatBytes(volume.allocationBytes) },
    { text: volume.users.map(({ kind, name }) => `${kind} ${name}`).join(', ') },
  ]);
  return formatTable(['POOL', 'NAME', 'FORMAT', 'SIZE', 'TAKES', 'USED BY'], rows);
}

/** All of one volume. */
export function volumeFields(volume: Volume): string {
  const fields = [
    ['pool', volume.pool],
    ['name', volume.name],
    ['format', volume.format ?? ''],
    ['size', formatBytes(volume.capacityBytes)],
    ['takes', formatBytes(volume.allocationBytes)],
    ['path', volume.path ?? ''],
    ['lies on', volume.backingPath ?? ''],
    ...volume.users.map(({ kind, name }) => ['used by', `${kind} ${name}`] as const),
  ] as const;
  return formatFields(fields.filter(([, value]) => value !== ''));
}
