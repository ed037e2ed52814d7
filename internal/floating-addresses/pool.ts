import { addressNumber, addressText, contains, lastOf, readSubnet, type Subnet } from '../networks/ipv4.ts';

/** IPv4 addresses from one to another as numbers; both ends are of it. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** Nobody routes more than that to a host. */
const mostAddresses = 65_536;

/**
 * Reads CIDR blocks, ranges (`a-b`) and addresses, separated by commas. Of a block wider than /31 neither the first nor the last
 * address is of the pool: they name the network, and everybody in it.
 *
 * @returns null: `none`; undefined: it is none of these, or of a kind that no host can have (loopback, multicast, …)
 */
export function readPool(text: string): readonly AddressRange[] | null | undefined {
  if (text.toLowerCase() === 'none') return null;
  const ranges = text.split(',').map((part) => readPart(part.trim()));
  if (!ranges.every((range) => range !== undefined)) return undefined;
  const merged = merge(ranges);
  return sizeOf(merged) <= mostAddresses ? merged : undefined;
}

function readPart(text: string): AddressRange | undefined {
  const subnet = readSubnet(text);
  const inner = subnet !== null && subnet.prefix < 31 ? 1 : 0;
  const [from = '', to = from, ...more] = text.split('-').map((end) => end.trim());
  if (more.length > 0) return undefined;
  const first = subnet === null ? addressNumber(from) : subnet.base + inner;
  const last = subnet === null ? addressNumber(to) : lastOf(subnet) - inner;
  if (first === null || last === null || first > last) return undefined;
  const [lowest, highest] = [Math.floor(first / 2 ** 24), Math.floor(last / 2 ** 24)];
  const holdsLoopback = lowest <= 127 && highest >= 127;
  return lowest === 0 || highest >= 224 || holdsLoopback ? undefined : { first, last };
}

/** Ascending, and none touches another. */
export function merge(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const merged: AddressRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before === undefined || range.first > before.last + 1) merged.push(range);
    else merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
  }
  return merged;
}

/** The ranges but for some addresses. */
export function without(
  ranges: readonly AddressRange[],
  addresses: ReadonlySet<number>,
): readonly AddressRange[] {
  const left: AddressRange[] = [];
  const sorted = [...addresses].sort((a, b) => a - b);
  for (const { first, last } of ranges) {
    let from = first;
    for (const address of sorted) {
      if (address < from || address > last) continue;
      if (address > from) left.push({ first: from, last: address - 1 });
      from = address + 1;
    }
    if (from <= last) left.push({ first: from, last });
  }
  return left;
}

/**
 * The next address that is free: they go round, so that one that was given back rests as long as it can.
 *
 * @param ranges as merge makes them
 * @param after what was given last; null: nothing yet
 * @returns null: none is free
 */
export function nextFree(
  ranges: readonly AddressRange[],
  taken: ReadonlySet<number>,
  after: number | null,
): number | null {
  const from = after ?? -1;
  const later = ranges
    .filter(({ last }) => last > from)
    .map(({ first, last }) => ({ first: Math.max(first, from + 1), last }));
  const earlier = ranges
    .filter(({ first }) => first <= from)
    .map(({ first, last }) => ({ first, last: Math.min(last, from) }));
  for (const { first, last } of [...later, ...earlier]) {
    for (let address = first; address <= last; address += 1) if (!taken.has(address)) return address;
  }
  return null;
}

/** The fewest subnets that are the ranges together. */
export function subnetsOfRanges(ranges: readonly AddressRange[]): readonly Subnet[] {
  const subnets: Subnet[] = [];
  for (const { first, last } of ranges) {
    for (let base = first; base <= last;) {
      let prefix = 32;
      const widens = (to: number): boolean =>
        base % 2 ** (32 - to) === 0 && base + 2 ** (32 - to) - 1 <= last;
      while (prefix > 0 && widens(prefix - 1)) prefix -= 1;
      subnets.push({ base, prefix });
      base = lastOf({ base, prefix }) + 1;
    }
  }
  return subnets;
}

export function sizeOf(ranges: readonly AddressRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

export function isIn(ranges: readonly AddressRange[], address: number): boolean {
  return ranges.some(({ first, last }) => address >= first && address <= last);
}

export function rangesText(ranges: readonly AddressRange[]): string {
  return ranges
    .map(({ first, last }) =>
      first === last ? addressText(first) : `${addressText(first)}-${addressText(last)}`,
    )
    .join(', ');
}

/** A subnet that somebody has, and who. */
export interface TakenSubnet extends Subnet {
  /** e.g. `the network "default"` */
  readonly by: string;
}

/** Who has addresses of the ranges already; null: nobody. */
export function conflictOf(
  ranges: readonly AddressRange[],
  taken: readonly TakenSubnet[],
): TakenSubnet | null {
  return (
    taken.find((subnet) =>
      ranges.some(
        ({ first, last }) =>
          contains(subnet, first) || contains(subnet, last) || (first <= subnet.base && last >= subnet.base),
      ),
    ) ?? null
  );
}
