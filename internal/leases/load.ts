import { partsOf, type DemandParts, type HostShape } from './demand-parts.ts';
import type { LeaseCapacity } from './lease.ts';
import type { Amount, Timeline } from './timeline.ts';

/** Names of the timeline's quantities. */
const coreSum = (kind: string): string => `cores ${kind}`;
export const coreMost = (kind: string): string => `most ${kind}`;
const deviceClass = (of: string): string => `class ${of}`;
const deviceAddress = (address: string): string => `address ${address}`;

/** What a lease adds to the timeline. */
export function amountsOf(parts: DemandParts): readonly Amount[] {
  const amounts: Amount[] = [];
  if (parts.cores > 0) amounts.push([coreSum(parts.kind), parts.cores]);
  if (parts.memoryMib > 0) amounts.push(['memory', parts.memoryMib]);
  if (parts.hugepagesMib > 0) amounts.push(['hugepages', parts.hugepagesMib]);
  if (parts.vms > 0) amounts.push(['vms', parts.vms]);
  for (const [of, count] of parts.counts) amounts.push([deviceClass(of), count]);
  for (const address of parts.addresses) amounts.push([deviceAddress(address), 1]);
  return amounts;
}

/** VMs of one kind go round the cores, each to different ones: so many for all together, and for the largest alone. */
function coresFor(sum: number, largest: number, sharing: number): number {
  return Math.max(largest, Math.ceil(sum / sharing));
}

/** The largest counts only where a core is shared and it is on several: else the sum says as much. */
export function hasMost({ cores, sharing }: DemandParts): boolean {
  return sharing > 1 && cores > 1;
}

/** How many VMs may share a core, by the kind's name. */
function sharingOf(kind: string): number {
  return Number(kind.slice(1));
}

/** What stands in every instant, added up. */
export interface Standing {
  readonly kinds: ReadonlyMap<string, { readonly sum: number; readonly largest: number }>;
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
  const kinds = new Map<string, { sum: number; largest: number }>();
  const counts = new Map<string, number>();
  const addresses = new Set<string>();
  let [memoryMib, hugepagesMib] = [0, 0];
  for (const each of capacity.standing) {
    const parts = partsOf(each, shape);
    const { sum, largest } = kinds.get(parts.kind) ?? { sum: 0, largest: 0 };
    kinds.set(parts.kind, { sum: sum + parts.cores, largest: Math.max(largest, parts.cores) });
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
  if (wish.cores > 0) add('cores', null, wish.cores, capacity.cores, coresRead(timeline, standing, wish));
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

function coresRead(
  timeline: Timeline,
  standing: Standing,
  wish: Pick<DemandParts, 'kind' | 'sharing' | 'cores'>,
): Gauge['read'] {
  const booked = timeline.quantities().filter((quantity) => quantity.startsWith(coreSum('')));
  const kinds = new Set([
    ...standing.kinds.keys(),
    ...booked.map((quantity) => quantity.slice(coreSum('').length)),
    wish.kind,
  ]);
  const parts = [...kinds].map((kind) => {
    const { sum, largest } = standing.kinds.get(kind) ?? { sum: 0, largest: 0 };
    const own = kind === wish.kind ? wish.cores : 0;
    return {
      sharing: sharingOf(kind),
      sum: sum + own,
      largest: Math.max(largest, own),
      sums: timeline.column(coreSum(kind)),
      most: timeline.column(coreMost(kind)),
    };
  });
  return (from, to, into) => {
    into.fill(0, 0, to - from);
    for (const { sharing, sum, largest, sums, most } of parts) {
      for (let index = from; index < to; index += 1) {
        const all = sum + (sums === null ? 0 : (sums[index] ?? 0));
        const alone = most === null ? largest : Math.max(largest, most[index] ?? 0);
        into[index - from] =
          (into[index - from] ?? 0) + (sharing === 1 ? all : coresFor(all, alone, sharing));
      }
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
  const cores = values(coresRead(timeline, standing, { kind: 'c1', sharing: 1, cores: 0 }));
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
