import { hostShape, partsOf, sameShape, type DemandParts, type HostShape } from './demand-parts.ts';
import type {
  BookedLease,
  Interval,
  LeaseBook,
  LeaseCapacity,
  LeaseDemand,
  LeaseShortage,
  ProfileStep,
} from './lease.ts';
import { createDeviceLayouts } from './device-layouts.ts';
import { coreMost, hasMost } from './core-load.ts';
import { amountsOf, gaugesOf, standingOf, takenAt } from './load.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import { fittingStarts, windowsOf } from './windows.ts';

interface Entry {
  readonly lease: BookedLease;
  readonly parts: DemandParts;
}

/** A book in which no lease is. */
export function createLeaseBook(): LeaseBook {
  const entries = new Map<string, Entry>();
  let layouts = createDeviceLayouts();
  let timeline = createTimeline();
  let shape: HostShape = { threadsPerCore: 1, classes: new Map() };
  let shapeOf: LeaseCapacity | null = null;

  /** Of another host, or of the same with other devices or SMT switched, everything is counted anew. */
  const adapt = (capacity: LeaseCapacity): void => {
    if (capacity === shapeOf) return;
    shapeOf = capacity;
    const now = hostShape(capacity);
    if (sameShape(now, shape)) {
      layouts.reset(shape, standingOf(capacity, shape));
      return;
    }
    const all = [...entries.values()];
    entries.clear();
    shape = now;
    timeline = createTimeline();
    layouts = createDeviceLayouts();
    layouts.reset(shape, standingOf(capacity, shape));
    all.forEach(({ lease }) => enter(lease));
  };

  const enter = (lease: BookedLease): void => {
    const parts = partsOf(lease, shape);
    entries.set(lease.id, { lease, parts });
    timeline.add(lease.interval, amountsOf(parts));
    if (hasMost(parts)) timeline.raise(lease.interval, coreMost(parts.kind), parts.cores);
    layouts.put({ id: lease.id, interval: lease.interval, parts });
  };

  const leave = ({ lease, parts }: Entry): void => {
    entries.delete(lease.id);
    layouts.remove({ id: lease.id, interval: lease.interval, parts });
    if (hasMost(parts)) {
      const rest = [...entries.values()]
        .filter(
          (other) =>
            other.parts.kind === parts.kind &&
            hasMost(other.parts) &&
            meet(other.lease.interval, lease.interval),
        )
        .map((other) => ({ interval: other.lease.interval, amount: other.parts.cores }));
      timeline.lower(lease.interval, coreMost(parts.kind), rest);
    }
    timeline.subtract(lease.interval, amountsOf(parts));
  };

  const wishOf = (demand: LeaseDemand): DemandParts => partsOf({ demand, devices: [] }, shape);

  const meeting = (interval: Interval): readonly BookedLease[] => {
    const found: BookedLease[] = [];
    for (const { lease } of entries.values()) if (meet(lease.interval, interval)) found.push(lease);
    return found.sort((a, b) => a.interval.start - b.interval.start || (a.id < b.id ? -1 : 1));
  };

  const remove = (id: string): void => {
    const entry = entries.get(id);
    if (entry !== undefined) leave(entry);
  };

  return {
    put(lease) {
      requireInterval(lease.interval);
      remove(lease.id);
      enter(lease);
    },
    remove,
    check({ interval, demand }, capacity, without) {
      requireInterval(interval);
      adapt(capacity);
      const aside = without === undefined ? undefined : entries.get(without);
      if (aside !== undefined) leave(aside);
      try {
        const found: LeaseShortage[] = [];
        const wish = wishOf(demand);
        const [from, to] = [timeline.indexAt(interval.start), indexOfEnd(timeline, interval.end)];
        const taken = new Float64Array(to - from);
        for (const { resource, device, wanted, capacity: there, read, exact } of gaugesOf(
          timeline,
          wish,
          capacity,
          shape,
        )) {
          read(from, to, taken);
          const first = taken.findIndex((each) => each > there);
          if (first < 0) continue;
          const at = Math.max(interval.start, timeline.at(from + first));
          const sum = exact?.(from + first) ?? taken[first] ?? 0;
          const available = Math.max(0, wanted + there - sum);
          found.push({ resource, device, at, wanted, available });
        }
        if (!found.some(({ resource }) => resource === 'devices')) {
          found.push(...layouts.shortages(wish, interval));
        }
        return found.length === 0 ? null : found.sort((a, b) => rankOf(a) - rankOf(b));
      } finally {
        if (aside !== undefined) enter(aside.lease);
      }
    },
    earliest({ from, horizon, lengthMs, demand, limit, granularityMs = 1 }, capacity) {
      requireInterval({ start: from, end: from + lengthMs });
      adapt(capacity);
      const wish = wishOf(demand);
      const gauges = gaugesOf(timeline, wish, capacity, shape);
      const runs = fittingStarts(timeline, gauges, { from, horizon, lengthMs });
      return windowsOf(layouts.starts(wish, lengthMs, runs), granularityMs, limit);
    },
    profile(interval, capacity) {
      requireInterval(interval);
      adapt(capacity);
      const there = meeting(interval);
      const [from, to] = [timeline.indexAt(interval.start), indexOfEnd(timeline, interval.end)];
      return takenAt(timeline, capacity, shape, from, to).map((taken, offset): ProfileStep => {
        const at = Math.max(interval.start, timeline.at(from + offset));
        const leases = there
          .filter((lease) => lease.interval.start <= at && at < lease.interval.end)
          .map(({ id }) => id)
          .sort();
        return { at, ...taken, leases };
      });
    },
    meeting,
  };
}

const resources: readonly LeaseShortage['resource'][] = ['cores', 'memory', 'hugepages', 'devices'];

function rankOf({ resource }: LeaseShortage): number {
  return resources.indexOf(resource);
}

/** The first step that begins at the end or later. */
function indexOfEnd(timeline: Timeline, end: number): number {
  const index = timeline.indexAt(end);
  return timeline.at(index) === end ? index : index + 1;
}

function meet(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

function requireInterval({ start, end }: Interval): void {
  if (!(start < end)) throw new RangeError(`An interval ends after its start; [${start}, ${end}) does not.`);
}
