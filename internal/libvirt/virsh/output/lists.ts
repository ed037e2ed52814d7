import type { DomainRef, NwfilterRef, PoolRef, SecretRef, SecretUsage } from '../../objects.ts';
import { lines, unexpected } from './fields.ts';

/** `virsh list --uuid --name --id`: uuid, id or `-`, name. */
export function parseDomainList(output: string): readonly DomainRef[] {
  return lines(output).map((line) => {
    const [, uuid, id, name] = /^([0-9a-f-]{36}) +(-|\d+) +(.*?) *$/.exec(line) ?? [];
    if (uuid === undefined || name === undefined) throw unexpected(line);
    return { name, uuid, id: id === '-' ? null : Number(id) };
  });
}

/** `virsh pool-list --uuid --name`: uuid, and the name filled up with spaces. */
export function parsePoolList(output: string): readonly PoolRef[] {
  return lines(output).map((line) => {
    const [, uuid, name] = /^([0-9a-f-]{36}) +(.*?) *$/.exec(line) ?? [];
    if (uuid === undefined || name === undefined) throw unexpected(line);
    return { name, uuid };
  });
}

/** `virsh -q nwfilter-list`: uuid and name. */
export function parseNwfilterList(output: string): readonly NwfilterRef[] {
  return lines(output).map((line) => {
    const [, uuid, name] = /^ *([0-9a-f-]{36}) +(.*?) *$/.exec(line) ?? [];
    if (uuid === undefined || name === undefined) throw unexpected(line);
    return { name, uuid };
  });
}

/** One name or uuid a line. */
export function parseWords(output: string): readonly string[] {
  return lines(output).map((line) => line.trim());
}

const secretUsages: readonly SecretUsage[] = ['volume', 'ceph', 'iscsi', 'tls', 'vtpm'];

/** `virsh -q secret-list`: uuid, and the usage's type and identifier, or `Unused`. */
export function parseSecretList(output: string): readonly SecretRef[] {
  return lines(output).map((line) => {
    const [, uuid, type, usageId] = /^ *([0-9a-f-]{36}) +(\S+)(?: (.*?))? *$/.exec(line) ?? [];
    if (uuid === undefined) throw unexpected(line);
    const usageType = secretUsages.find((usage) => usage === type) ?? 'none';
    return { uuid, usageType, usageId: usageType === 'none' ? '' : (usageId ?? '') };
  });
}

/**
 * `virsh vol-list` with its heading: names and paths in columns. The heading tells where the second begins, so that a
 * name may contain spaces. (virsh pads by width on the screen, so a line that is not plain ASCII is taken apart at the
 * gap.)
 */
export function parseVolumeList(output: string): readonly { readonly name: string; readonly path: string }[] {
  const [heading, , ...rows] = lines(output);
  const column = heading?.indexOf('Path') ?? -1;
  if (column < 0) throw unexpected(heading ?? 'nothing');
  return rows.map((row) => {
    if (/^[ -~]*$/.test(row)) {
      return { name: row.slice(1, column).trimEnd(), path: row.slice(column).trimEnd() };
    }
    const [, name, path] = /^ (.*?) {3,}(\S.*?) *$/.exec(row) ?? [];
    if (name === undefined || path === undefined) throw unexpected(row);
    return { name, path };
  });
}
