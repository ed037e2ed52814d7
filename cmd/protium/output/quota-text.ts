import type { Quota, QuotaUsage } from '../../../internal/api/grpc/generated/protium/v1/projects.ts';
import { formatTable } from './table.ts';
import { formatBytes, formatMib } from './units.ts';

const headers = ['WHAT', 'USED', 'LIMIT'] as const;
const without = 'no limit';

/**
 * What a project has beside what it may have, or a user.
 *
 * @param of a user has no list of devices: projects have
 */
export function quotaTable(
  {
    effective,
    used,
  }: {
    readonly effective?: Quota | undefined;
    readonly used?: QuotaUsage | undefined;
  },
  of: 'project' | 'user' = 'project',
): string {
  const classes = new Set([...Object.keys(used?.devices ?? {}), ...Object.keys(effective?.devices ?? {})]);
  const all = Object.values(used?.devices ?? {}).reduce((sum, count) => sum + count, 0);
  const allowed = effective?.allowedDevices?.names;
  const rows: readonly (readonly string[])[] = [
    ['instances', String(used?.instances ?? 0), limit(effective?.instances)],
    ['cores', String(used?.cores ?? 0), limit(effective?.cores)],
    ['memory', formatMib(used?.memoryMib ?? 0n), limit(effective?.memoryMib, formatMib)],
    ['disk', formatBytes(used?.diskBytes ?? 0n), limit(effective?.diskBytes, formatBytes)],
    ['GPU-hours a week', '', limit(effective?.gpuHoursPerWeek)],
    ...[...classes]
      .sort()
      .map((name) => [
        name === '*' ? 'devices, all' : `devices ${name}`,
        String(name === '*' ? all : (used?.devices[name] ?? 0)),
        limit(effective?.devices[name]),
      ]),
    ...(of === 'user'
      ? []
      : [
          [
            'devices it may have',
            '',
            allowed === undefined ? 'all' : allowed.length === 0 ? 'none' : allowed.join(' '),
          ],
        ]),
  ];
  return formatTable(
    headers,
    rows.map((row) => row.map((text) => ({ text }))),
  );
}

function limit<Value>(value: Value | undefined, format: (value: Value) => string = String): string {
  return value === undefined ? without : format(value);
}
