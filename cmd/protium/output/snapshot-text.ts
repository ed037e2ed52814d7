import type { Snapshot } from '../../../internal/api/grpc/generated/protium/v1/snapshots.ts';
import { formatFields, formatTable } from './table.ts';
import { formatFlag, formatTime } from './units.ts';

/** A line a snapshot. */
export function snapshotTable(snapshots: readonly Snapshot[]): string {
  const rows = snapshots.map(({ name, state, kind, parent, current, disks, createTime }) =>
    [name, state, kind, parent ?? '', formatFlag(current), disks.join(','), formatTime(createTime)].map(
      (text) => ({ text }),
    ),
  );
  return formatTable(['NAME', 'STATE', 'KIND', 'PARENT', 'CURRENT', 'DISKS', 'TAKEN'], rows);
}

/** All of one. */
export function snapshotFields(snapshot: Snapshot): string {
  const { name, description, state, kind, parent, current, disks, createTime } = snapshot;
  const fields: (readonly [string, string])[] = [
    ['name', name],
    ['description', description ?? ''],
    ['state', state],
    ['kind', kind],
    ['parent', parent ?? ''],
    ['current', formatFlag(current)],
    ['disks', disks.join(', ')],
    ['taken', formatTime(createTime)],
  ];
  return formatFields(fields.filter(([, value]) => value !== ''));
}
