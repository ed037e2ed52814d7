import type { DemandParts, HostShape } from './demand-parts.ts';
import { createDeviceLayout, type DeviceLayout, type LayoutTask } from './device-layout.ts';
import type { Interval, LeaseShortage } from './lease.ts';
import type { Standing } from './load.ts';
import { common, together, without, type Run, type Runs } from './runs.ts';

/** A lease that has a place in the layouts. */
export interface LaidOut {
  readonly id: string;
  readonly interval: Interval;
  readonly parts: DemandParts;
}

/**
 * The layouts of all classes of devices. A class has one only as long as one of its devices is named for a time to come: where
 * none is, leases in the order of their starts always find one that is free, if there are enough in each instant.
 */
export interface DeviceLayouts {
  /** Other devices: all is laid out anew when it is needed next. */
  reset(shape: HostShape, standing: Standing): void;
  put(lease: LaidOut): void;
  remove(lease: LaidOut): void;
  /** What cannot be laid out, though there is enough in each instant. */
  shortages(wish: DemandParts, interval: Interval): readonly LeaseShortage[];
  /** Of these starts those at which it can be laid out. Where that is hard to tell, some may be left out. */
  starts(wish: DemandParts, lengthMs: number, runs: Iterable<Run>): Iterable<Run>;
}

/** For one search of starts. */
const searchEffort = 200;

/** What a try costs at least. */
const tryEffort = 2;

export function createDeviceLayouts(): DeviceLayouts {
  const leases = new Map<string, LaidOut>();
  /** By class: starts of leases that have devices of their own, by id. */
  const fixedStarts = new Map<string, Map<string, number>>();
  const layouts = new Map<string, DeviceLayout>();
  let shape: HostShape = { threadsPerCore: 1, classes: new Map() };
  let standing: Pick<Standing, 'counts' | 'addresses'> = { counts: new Map(), addresses: new Set() };
  let places = new Map<string, readonly string[]>();
  let key = '';

  const fixedOf = ({ addresses }: DemandParts, of: string): readonly string[] =>
    addresses.filter((address) => shape.classes.get(address) === of);

  const taskOf = ({ id, interval, parts }: LaidOut, of: string): LayoutTask => {
    const fixed = fixedOf(parts, of);
    const open = places.get(of) ?? [];
    return {
      id,
      ...interval,
      any: (parts.counts.get(of) ?? 0) - fixed.length,
      fixed: fixed.map((address) => open.indexOf(address)).filter((place) => place >= 0),
    };
  };

  const lastFixed = (of: string): number => {
    let last = -Infinity;
    for (const start of fixedStarts.get(of)?.values() ?? []) if (start > last) last = start;
    return last;
  };

  const layoutOf = (of: string): DeviceLayout => {
    const present = layouts.get(of);
    if (present !== undefined) return present;
    const made = createDeviceLayout((places.get(of) ?? []).length);
    layouts.set(of, made);
    const held = [...standing.addresses].filter((address) => shape.classes.get(address) === of).length;
    const any = (standing.counts.get(of) ?? 0) - held;
    if (any > 0) made.put({ id: 'standing', start: -Infinity, end: Infinity, any, fixed: [] });
    const tasks = [...leases.values()]
      .filter(({ parts }) => parts.counts.has(of))
      .map((lease) => taskOf(lease, of))
      .sort((a, b) => Math.sign(b.fixed.length) - Math.sign(a.fixed.length) || a.start - b.start);
    for (const task of tasks) made.put(task);
    return made;
  };

  /** Classes in which more counts than how many there are at once. */
  const concerned = (wish: DemandParts, start: number): readonly string[] =>
    [...wish.counts.keys()].filter((of) => fixedOf(wish, of).length > 0 || lastFixed(of) > start);

  /** Starts of the run that are sure, and with some effort those that come to light when others are moved. */
  const startsIn = (wish: DemandParts, lengthMs: number, run: Run, effort: { tries: number }): Runs => {
    const classes = concerned(wish, run.from);
    const task = (of: string, start: number): LayoutTask =>
      taskOf({ id: '', interval: { start, end: start + lengthMs }, parts: wish }, of);
    let sure: Runs = [run];
    for (const of of classes) {
      const later = fixedOf(wish, of).length > 0 ? Infinity : lastFixed(of);
      const counted = common([run], [{ from: later, to: Infinity }]);
      const direct = layoutOf(of).sureStarts(task(of, run.from), run.from, Math.min(run.to, later));
      sure = common(sure, together(direct, counted));
    }
    if (effort.tries <= 0) return sure;
    const possible = classes.reduce<Runs>(
      (rest, of) => common(rest, layoutOf(of).possibleStarts(task(of, run.from), run.from, run.to)),
      without([run], sure),
    );
    const found: Run[] = [];
    for (const unsure of possible) {
      const turns = classes.flatMap((of) => layoutOf(of).turns(lengthMs, unsure.from, unsure.to));
      const marks = [...new Set([unsure.from, ...turns])].sort((a, b) => a - b);
      for (const [index, from] of marks.entries()) {
        effort.tries -= tryEffort;
        if (effort.tries <= 0) return together(sure, found);
        if (classes.every((of) => layoutOf(of).fits(task(of, from), effort))) {
          found.push({ from, to: marks[index + 1] ?? unsure.to });
        }
      }
    }
    return together(sure, found);
  };

  return {
    reset(nextShape, nextStanding) {
      const open = new Map<string, string[]>();
      for (const [address, of] of nextShape.classes) {
        const list = open.get(of) ?? [];
        if (!nextStanding.addresses.has(address)) list.push(address);
        open.set(of, list);
      }
      const nextKey = JSON.stringify([[...open], [...nextStanding.counts]]);
      [shape, standing] = [nextShape, nextStanding];
      if (nextKey === key) return;
      key = nextKey;
      places = open;
      layouts.clear();
    },
    put(lease) {
      leases.set(lease.id, lease);
      for (const of of lease.parts.counts.keys()) {
        if (fixedOf(lease.parts, of).length > 0) {
          const starts = fixedStarts.get(of) ?? new Map<string, number>();
          fixedStarts.set(of, starts.set(lease.id, lease.interval.start));
        }
        layouts.get(of)?.put(taskOf(lease, of));
      }
    },
    remove(lease) {
      leases.delete(lease.id);
      for (const of of lease.parts.counts.keys()) {
        const starts = fixedStarts.get(of);
        starts?.delete(lease.id);
        if (starts?.size === 0) {
          fixedStarts.delete(of);
          layouts.delete(of);
        }
        layouts.get(of)?.remove(taskOf(lease, of));
      }
    },
    shortages(wish, interval) {
      return concerned(wish, interval.start).flatMap((of): LeaseShortage[] => {
        const layout = layoutOf(of);
        const task = taskOf({ id: '', interval, parts: wish }, of);
        if (layout.fits(task)) return [];
        const at = interval.start;
        const named = fixedOf(wish, of).filter(
          (address) => !layout.fits({ ...task, any: 0, fixed: [(places.get(of) ?? []).indexOf(address)] }),
        );
        if (named.length > 0) {
          return named.map((device) => ({ resource: 'devices', device, at, wanted: 1, available: 0 }));
        }
        let any = task.any - 1;
        while (any > 0 && !layout.fits({ ...task, any })) any -= 1;
        const wanted = task.any + task.fixed.length;
        return [
          { resource: 'devices', device: of, at, wanted, available: Math.max(0, any) + task.fixed.length },
        ];
      });
    },
    *starts(wish, lengthMs, runs) {
      const effort = { tries: searchEffort };
      for (const run of runs) {
        for (const part of partsOfRun(run, lengthMs)) yield* startsIn(wish, lengthMs, part, effort);
      }
    },
  };
}

/** The first few that are found are wanted, so it begins with a small part and goes on with ever larger ones. */
function* partsOfRun({ from, to }: Run, lengthMs: number): Generator<Run> {
  for (let [at, size] = [from, 8 * lengthMs]; at < to; [at, size] = [at + size, 2 * size]) {
    yield { from: at, to: Math.min(to, at + size) };
  }
}
