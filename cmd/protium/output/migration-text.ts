import type {
  Migration,
  MigrationTarget,
} from '../../../internal/api/grpc/generated/protium/v1/migrations.ts';
import { formatTable } from './table.ts';
import { formatTime } from './units.ts';

/** A line a host. */
export function targetTable(targets: readonly MigrationTarget[]): string {
  const rows = targets.map(({ name, uri, disks, transport, freeMemoryMib, hostname, problem }) => [
    { text: name },
    { text: uri },
    { text: disks },
    { text: transport },
    { text: hostname ?? '' },
    { text: freeMemoryMib === undefined ? '' : `${freeMemoryMib} MiB` },
    { text: problem ?? 'reachable' },
  ]);
  return formatTable(['HOST', 'URI', 'DISKS', 'TRANSPORT', 'HOSTNAME', 'FREE MEMORY', 'STATE'], rows);
}

/** A line an instance that went. */
export function migrationTable(migrations: readonly Migration[]): string {
  const rows = migrations.map(({ name, instance, target, moveTime, offline }) => [
    { text: name },
    { text: instance },
    { text: target },
    { text: formatTime(moveTime) },
    { text: offline ? 'offline' : 'live' },
  ]);
  return formatTable(['NAME', 'INSTANCE', 'HOST', 'WENT', 'HOW'], rows);
}
