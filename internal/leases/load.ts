import { coreAmounts, coresRead, type StandingKind } from './core-load.ts';
import { partsOf, type DemandParts, type HostShape } from './demand-parts.ts';
import type { LeaseCapacity } from './lease.ts';
import type { Amount, Timeline } from './timeline.ts';

/** Names of the timeline's quantities. */
const deviceClass = (of: string): string => `class ${of}`;
const deviceAddress = (address: string): string => `address ${address}`;

/** What a lease adds to the timeline. */
export function amountsOf(parts: DemandParts): readonly Amount[] {
  const amounts: Amount[] = [];
  amounts.push(...coreAmounts(parts));
  if (parts.memoryMib > 0) amounts.push(['memory', parts.memoryMib]);
  if (parts.hugepagesMib > 0) amounts.push(['hugepages', parts.hugepagesMib]);
  if (parts.vms > 0) amounts.push(['vms', parts.vms]);
  for (const [of, count] of parts.counts) amounts.push([deviceClass(of), count]);
  for (const address of parts.addresses) amounts.push([deviceAddress(address), 1]);
  return amounts;
}

/** What stands in every instant, added up. */
export interface Standing {
  readonly kinds: ReadonlyMap<string, StandingKind>;
  readonly memoryMib: number;
  readonly hugepagesMib: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly addresses: ReadonlySet<string>;
}

const known = new WeakMap<LeaseCapacity, Standing>();

export function standingOf(capacity: LeaseCapacity, shape: HostShape): Standing {
  let standing = known.get(capacity);
  if (standing === undefined) {
    standing = addUp(capacity, shape);
    known.set(capacity, standing);
  }
  return standing;
}

function addUp(capacity: LeaseCapacity, shape: HostShape): Standing {
  const kinds = new Map<string, { sum: number; largest: number; sizes: Map<number, number> }>();
  const counts = new Map<string, number>();
  const addresses = new Set<string>();
  let [memoryMib, hugepagesMib] = [0, 0];
  for (const each of capacity.standing) {
    const parts = partsOf(each, shape);
    const kind = kinds.get(parts.kind) ?? { sum: 0, largest: 0, sizes: new Map<number, number>() };
    kinds.set(parts.kind, kind);
    kind.sum += parts.cores;
    kind.largest = Math.max(kind.largest, parts.cores);
    if (parts.cores > 0) kind.sizes.set(parts.cores, (kind.sizes.get(parts.cores) ?? 0) + 1);
    memoryMib += parts.memoryMib;
    hugepagesMib += parts.hugepagesMib;
    for (const [of, count] of parts.counts) counts.set(of, (counts.get(of) ?? 0) + count);
    for (const address of parts.addresses) addresses.add(address);
  }
  return { kinds, memoryMib, hugepagesMib, counts, addresses };
}

/** One resource at each step of the timeline: how much is taken, with the wish; and how much there is. */
export interface Gauge {
  readonly resource: 'cores' | 'memory' | 'hugepages' | 'devices';
  readonly device: string | null;
  readonly wanted: number;
  readonly capacity: number;
  /** Writes what is taken at the steps [from, to), the first of them to the front: quantity by quantity, as that is fast. */
  readonly read: (from: number, to: number, into: Float64Array) => void;
  /** What is taken at one step, where `read` is only sure to be on the right side of the capacity. */
  readonly exact?: (index: number) => number;
}

/**
 * A gauge for each resource of which something is wanted: what nobody wants more of cannot stand in the way. What is read the
 * fastest comes first.
 */
export function gaugesOf(
  timeline: Timeline,
  wish: DemandParts,
  capacity: LeaseCapacity,
  shape: HostShape,
): readonly Gauge[] {
  const standing = standingOf(capacity, shape);
  const gauges: Gauge[] = [];
  const add = (
    resource: Gauge['resource'],
    device: string | null,
    wanted: number,
    available: number,
    read: Gauge['read'],
  ): number => gauges.push({ resource, device, wanted, capacity: available, read });
  const memoryMib = wish.memoryMib + wish.vms * capacity.overheadMib;
  if (memoryMib > 0) {
    const read = memoryRead(timeline, standing.memoryMib + memoryMib, capacity.overheadMib);
    add('memory', null, memoryMib, capacity.memoryMib, read);
  }
  if (wish.hugepagesMib > 0) {
    const read = sumRead(timeline.column('hugepages'), standing.hugepagesMib + wish.hugepagesMib);
    add('hugepages', null, wish.hugepagesMib, capacity.hugepagesMib, read);
  }
  for (const [of, wanted] of wish.counts) {
    let installed = 0;
    for (const each of shape.classes.values()) if (each === of) installed += 1;
    const read = sumRead(timeline.column(deviceClass(of)), (standing.counts.get(of) ?? 0) + wanted);
    add('devices', of, wanted, installed, read);
  }
  for (const address of wish.addresses) {
    const taken = standing.addresses.has(address) ? 1 : 0;
    const read = sumRead(timeline.column(deviceAddress(address)), taken + 1);
    add('devices', address, 1, shape.classes.has(address) ? 1 : 0, read);
  }
  if (wish.cores > 0) {
    const { cores } = capacity;
    const { read, exact } = coresRead(timeline, standing, wish, cores);
    gauges.push({ resource: 'cores', device: null, wanted: wish.cores, capacity: cores, read, exact });
  }
  return gauges;
}

function sumRead(column: Float64Array | null, base: number): Gauge['read'] {
  return (from, to, into) => {
    if (column === null) into.fill(base, 0, to - from);
    else for (let index = from; index < to; index += 1) into[index - from] = base + (column[index] ?? 0);
  };
}

function memoryRead(timeline: Timeline, base: number, overheadMib: number): Gauge['read'] {
  const vms = timeline.column('vms');
  const sum = sumRead(timeline.column('memory'), base);
  return (from, to, into) => {
    sum(from, to, into);
    if (vms === null) return;
    for (let index = from; index < to; index += 1) {
      into[index - from] = (into[index - from] ?? 0) + (vms[index] ?? 0) * overheadMib;
    }
  };
}

/** What is taken at the steps [from, to), without any wish. */
export function takenAt(
  timeline: Timeline,
  capacity: LeaseCapacity,
  shape: HostShape,
  from: number,
  to: number,
): readonly {
  readonly cores: number;
  readonly memoryMib: number;
  readonly devices: Readonly<Record<string, number>>;
}[] {
  const standing = standingOf(capacity, shape);
  const values = (read: Gauge['read']): Float64Array => {
    const into = new Float64Array(to - from);
    read(from, to, into);
    return into;
  };
  const cores = values(coresRead(timeline, standing, { kind: 'c1', sharing: 1, cores: 0 }, null).read);
  const memory = values(memoryRead(timeline, standing.memoryMib, capacity.overheadMib));
  const classes = [...new Set(shape.classes.values())].sort().map((of) => ({
    of,
    counts: values(sumRead(timeline.column(deviceClass(of)), standing.counts.get(of) ?? 0)),
  }));
  return Array.from({ length: to - from }, (_, index) => ({
    cores: cores[index] ?? 0,
    memoryMib: memory[index] ?? 0,
    devices: Object.fromEntries(
      classes.map(({ of, counts }) => [of, counts[index] ?? 0] as const).filter(([, count]) => count > 0),
    ),
  }));
}
