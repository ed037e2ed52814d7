import type { DomainRef, DomainStats, TypedParameters, TypedValue } from '../../objects.ts';
import { lines, unexpected } from './fields.ts';

/**
 * virsh prints typed parameters without their types. These are the names that libvirt sends as int or unsigned int
 * (a number for us) or as text; whatever else looks like a whole number is a 64-bit one.
 */
const smallNumber =
  /(^|\.)(state|reason|count|current|maximum|backingIndex|calc_status|calc_period|offset|prefix|logical_id|bus|target|unit|operation|auto_converge_throttle|status|errmsg_length|poll-grow|poll-shrink)$/;
const text =
  /(^|\.)(name|path|fstype|mountpoint|alias|device|hostname|id|version|version-id|variant|variant-id|pretty-name|kernel-release|kernel-version|machine|hwaddr|addr|type|domain|calc_mode|serial|ccw-addr|pci-controller|bus-type|node|errmsg|message)$/;
/** Of the balloon group, where `current` and `maximum` are 64-bit. */
const largeNumber = /^(balloon|memory)\./;

export function typedValue(name: string, value: string): TypedValue {
  if (value === 'yes' || value === 'no') {
    return text.test(name) ? value : value === 'yes';
  }
  if (!/^-?\d+$/.test(value) || text.test(name)) return value;
  return smallNumber.test(name) && !largeNumber.test(name) ? Number(value) : BigInt(value);
}

/** `virsh domstats --raw`: a line `Domain: 'name'`, then `  key=value` lines. */
export function parseStats(
  output: string,
  domainOf: (name: string) => DomainRef | undefined,
): readonly DomainStats[] {
  const all: { domain: DomainRef | undefined; stats: Record<string, TypedValue> }[] = [];
  for (const line of lines(output)) {
    const name = /^Domain: '(.*)'$/.exec(line)?.[1];
    if (name !== undefined) {
      all.push({ domain: domainOf(name), stats: {} });
      continue;
    }
    const [, key, value] = /^ *([^ =]+)=(.*)$/.exec(line) ?? [];
    const last = all.at(-1);
    if (last === undefined || key === undefined || value === undefined) throw unexpected(line);
    last.stats[key] = typedValue(key, value);
  }
  return all.flatMap(({ domain, stats }) => (domain === undefined ? [] : [{ domain, stats }]));
}

/** The one domain's part of `virsh domstats --raw`. */
export function parseOneStats(output: string): TypedParameters {
  const nobody: DomainRef = { name: '', uuid: '', id: null };
  return parseStats(output, () => nobody)[0]?.stats ?? {};
}

/** `virsh dommemstat`: a name and KiB in each line. */
export function parseMemoryStats(output: string): TypedParameters {
  return Object.fromEntries(
    lines(output).map((line) => {
      const [, name, value] = /^(\S+) (\d+)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw unexpected(line);
      return [name, BigInt(value)];
    }),
  );
}

/** `virsh guestinfo`: `name   : value` lines. */
export function parseGuestInfo(output: string): TypedParameters {
  return Object.fromEntries(
    lines(output).map((line) => {
      const [, name, value] = /^(\S+) *: ?(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw unexpected(line);
      return [name, typedValue(name, value)];
    }),
  );
}
