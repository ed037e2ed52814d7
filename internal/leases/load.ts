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
export function coresFor(sum: number, largest: number, sharing: number): number {
  return Math.max(largest, Math.ceil(sum / sharing));
}

/** The largest counts only where a core is shared and it is on several: else the sum says as much. */
export function hasMost({ cores, sharing }: DemandParts): boolean {
  return sharing > 1 && cores > 1;
}

/** How many VMs may share a core, by the kind's name. */
export function sharingOf(kind: string): number {
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
  readonly taken: (index: number) => number;
}

/** A gauge for each resource of which something is wanted: what nobody wants more of cannot stand in the way. */
export function gaugesOf(
  timeline: Timeline,
  wish: DemandParts,
  capacity: LeaseCapacity,
  shape: HostShape,
): readonly Gauge[] {
  const standing = standingOf(capacity, shape);
  const gauges: Gauge[] = [];
  if (wish.cores > 0) {
    gauges.push({
      resource: 'cores',
      device: null,
      wanted: wish.cores,
      capacity: capacity.cores,
      taken: coreGauge(timeline, standing, wish),
    });
  }
  const overhead = capacity.overheadMib;
  if (wish.memoryMib > 0 || wish.vms * overhead > 0) {
    const [memory, vms] = [timeline.column('memory'), timeline.column('vms')];
    const wanted = wish.memoryMib + wish.vms * overhead;
    const base = standing.memoryMib + wanted;
    gauges.push({
      resource: 'memory',
      device: null,
      wanted,
      capacity: capacity.memoryMib,
      taken: (index) => base + (memory?.[index] ?? 0) + (vms?.[index] ?? 0) * overhead,
    });
  }
  if (wish.hugepagesMib > 0) {
    gauges.push(
      simple(
        'hugepages',
        null,
        wish.hugepagesMib,
        capacity.hugepagesMib,
        standing.hugepagesMib,
        timeline.column('hugepages'),
      ),
    );
  }
  for (const [of, wanted] of wish.counts) {
    let installed = 0;
    for (const each of shape.classes.values()) if (each === of) installed += 1;
    gauges.push(
      simple(
        'devices',
        of,
        wanted,
        installed,
        standing.counts.get(of) ?? 0,
        timeline.column(deviceClass(of)),
      ),
    );
  }
  for (const address of wish.addresses) {
    const installed = shape.classes.has(address) ? 1 : 0;
    const taken = standing.addresses.has(address) ? 1 : 0;
    gauges.push(simple('devices', address, 1, installed, taken, timeline.column(deviceAddress(address))));
  }
  return gauges;
}

function simple(
  resource: Gauge['resource'],
  device: string | null,
  wanted: number,
  capacity: number,
  standing: number,
  column: Float64Array | null,
): Gauge {
  const base = standing + wanted;
  return { resource, device, wanted, capacity, taken: (index) => base + (column?.[index] ?? 0) };
}

function coreGauge(
  timeline: Timeline,
  standing: Standing,
  wish: Pick<DemandParts, 'kind' | 'sharing' | 'cores'>,
): (index: number) => number {
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
  return (index) => {
    let cores = 0;
    for (const { sharing, sum, largest, sums, most } of parts) {
      cores += coresFor(sum + (sums?.[index] ?? 0), Math.max(largest, most?.[index] ?? 0), sharing);
    }
    return cores;
  };
}

/** What is taken at each step, without any wish. */
export function takenAt(
  timeline: Timeline,
  capacity: LeaseCapacity,
  shape: HostShape,
): (index: number) => {
  readonly cores: number;
  readonly memoryMib: number;
  readonly devices: Readonly<Record<string, number>>;
} {
  const standing = standingOf(capacity, shape);
  const cores = coreGauge(timeline, standing, { kind: 'c1', sharing: 1, cores: 0 });
  const [memory, vms] = [timeline.column('memory'), timeline.column('vms')];
  const classes = [...new Set(shape.classes.values())].sort().map((of) => ({
    of,
    base: standing.counts.get(of) ?? 0,
    column: timeline.column(deviceClass(of)),
  }));
  return (index) => ({
    cores: cores(index),
    memoryMib: standing.memoryMib + (memory?.[index] ?? 0) + (vms?.[index] ?? 0) * capacity.overheadMib,
    devices: Object.fromEntries(
      classes
        .map(({ of, base, column }) => [of, base + (column?.[index] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    ),
  });
}
