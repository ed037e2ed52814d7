import { freeStarts, gapAfter, staysIn, type Lane, type Stay } from './lane.ts';
import { createLanes } from './lanes.ts';
import type { Interval } from './lease.ts';
import { without, type Runs } from './runs.ts';
import { lanesFor, seat, type Effort } from './seat.ts';

/** What a lease wants of one class of devices. */
export interface LayoutTask {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  /** Beside the fixed ones: any of the class. */
  readonly any: number;
  /** Places of devices that are named or bound. */
  readonly fixed: readonly number[];
}

/**
 * Who could have which device of a class. Where some are named ahead, it does not suffice that there are enough in each
 * instant: with two devices, one named for Tuesday and the other for Thursday, no lease from Monday to Friday has one. So a
 * layout in which each lease keeps its device is kept all the time, and a lease is taken when one is found with it.
 */
export interface DeviceLayout {
  /** false: no layout was found with it; what it wants is then known, and nothing is promised meanwhile. */
  put(task: LayoutTask): boolean;
  remove(task: LayoutTask): void;
  /** Changes nothing. */
  fits(task: LayoutTask, effort?: Effort): boolean;
  /** Starts in [from, to) at which it surely fits; there may be more. */
  sureStarts(task: LayoutTask, from: number, to: number): Runs;
  /** Starts in [from, to) at which enough devices are not named by others; at no other one it fits. */
  possibleStarts(task: LayoutTask, from: number, to: number): Runs;
  /** Instants in [from, to), ascending, between which nothing changes for a lease of that length that starts there. */
  turns(lengthMs: number, from: number, to: number): readonly number[];
}

/** Stays that are laid out anew together, at most. */
const largestRepair = 300;

/** For a lease that is asked for. */
const usualEffort = 3000;

export function createDeviceLayout(count: number): DeviceLayout {
  const lanes = createLanes(count);
  /** Those for which there was no place. */
  const waiting = new Map<string, LayoutTask>();

  const direct = (stays: readonly Stay[]): boolean =>
    stays.every((stay) => {
      const [lane] = lanesFor(lanes.all(), stay.start, stay.end);
      if (lane === undefined) return false;
      lanes.enter(lane, stay);
      return true;
    });

  /** Lays out anew what is there at the same time, and what is there at the same time as that, as far as it takes. */
  const repair = (wanted: readonly Stay[], effort: Effort): boolean => {
    let hull = hullOf(wanted);
    let moved = 0;
    for (;;) {
      const mark = lanes.mark();
      const lifted = lanes.lift(hull);
      const stays = [...lifted, ...wanted].sort((a, b) => a.start - b.start);
      effort.tries -= stays.length;
      const places = stays.length > largestRepair ? null : seat(stays, lanes.all(), effort);
      if (places !== null) {
        stays.forEach((stay, index) => lanes.enter(places[index] ?? -1, stay));
        return true;
      }
      lanes.restore(mark);
      if (lifted.length === moved || stays.length > largestRepair || effort.tries <= 0) return false;
      moved = lifted.length;
      hull = hullOf(stays);
    }
  };

  /** Lays out all that begins then or later, in the order of starts: where nothing is fixed later, that never fails. */
  const sweep = (wanted: readonly Stay[]): boolean => {
    const lifted = lanes.liftFrom(hullOf(wanted).start);
    return direct([...lifted, ...wanted].sort((a, b) => a.start - b.start));
  };

  const makeRoom = ({ id, start, end, fixed }: LayoutTask): readonly Stay[] | null => {
    const displaced: Stay[] = [];
    for (const place of fixed) {
      displaced.push(...lanes.lift({ start, end }, place));
      if (gapAfter(lanes.all()[place] ?? [], start, end) === null) return null;
      lanes.enter(place, { start, end, owner: id, fixed: true });
    }
    return displaced;
  };

  const fixedOnly = (): readonly Lane[] => lanes.all().map((lane) => lane.filter(({ fixed }) => fixed));

  /** How many devices nobody has for sure in that time. */
  const unnamed = (start: number, end: number): number =>
    lanes.all().filter((lane) => !staysIn(lane, { start, end }).some(({ fixed }) => fixed)).length;

  const insert = (task: LayoutTask, effort: Effort, mayMoveAll: boolean): boolean => {
    const { id, start, end, any } = task;
    const whole = lanes.mark();
    const displaced = makeRoom(task);
    if (displaced !== null && unnamed(start, end) >= any) {
      const own = Array.from({ length: any }, (): Stay => ({ start, end, owner: id, fixed: false }));
      const wanted = [...own, ...displaced];
      const ways = [direct, (stays: typeof wanted) => repair(stays, effort), ...(mayMoveAll ? [sweep] : [])];
      for (const way of ways) {
        const mark = lanes.mark();
        if (way(wanted)) return true;
        lanes.restore(mark);
      }
    }
    lanes.restore(whole);
    return false;
  };

  const keep = (task: LayoutTask): boolean => {
    const done = insert(task, { tries: usualEffort }, true);
    lanes.forget();
    return done;
  };

  return {
    put(task) {
      if (keep(task)) return true;
      waiting.set(task.id, task);
      return false;
    },
    remove(task) {
      if (!waiting.delete(task.id)) lanes.removeOwner(task.id, task);
      for (const other of [...waiting.values()]) if (keep(other)) waiting.delete(other.id);
    },
    fits(task, effort) {
      for (const other of waiting.values())
        if (other.start < task.end && task.start < other.end) return false;
      const fits = insert(task, effort ?? { tries: usualEffort }, effort === undefined);
      lanes.restore(0);
      return fits;
    },
    possibleStarts: (task, from, to) => starts(fixedOnly(), task, from, to),
    sureStarts(task, from, to) {
      const lengthMs = task.end - task.start;
      const disturbing = [...waiting.values()].map(({ start, end }) => ({
        from: start - lengthMs + 1,
        to: end,
      }));
      return without(starts(lanes.all(), task, from, to), disturbing);
    },
    turns(lengthMs, from, to) {
      const found = new Set<number>();
      const near = lanes.all().flatMap((lane) => staysIn(lane, { start: from - 1, end: to + lengthMs }));
      for (const { start, end } of [...near, ...waiting.values()]) {
        for (const turn of [start - lengthMs + 1, end]) if (turn >= from && turn < to) found.add(turn);
      }
      return [...found].sort((a, b) => a - b);
    },
  };
}

function starts(
  lanes: readonly Lane[],
  { start, end, any, fixed }: LayoutTask,
  from: number,
  to: number,
): Runs {
  return freeStarts(lanes, { any, all: new Set(fixed), lengthMs: end - start }, from, to);
}

function hullOf(stays: readonly Stay[]): Interval {
  let [start, end] = [Infinity, -Infinity];
  for (const stay of stays) {
    if (stay.start < start) start = stay.start;
    if (stay.end > end) end = stay.end;
  }
  return { start, end };
}
