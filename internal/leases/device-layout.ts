import { enterStay, freeStarts, gapAfter, takeStays, type Lane, type Stay } from './lanes.ts';
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
  /** Instants in [from, to), ascending, between which nothing changes for a lease of that length that starts there. */
  turns(lengthMs: number, from: number, to: number): readonly number[];
}

/** Stays that are laid out anew together, at most. */
const largestRepair = 300;

export const usualEffort = 3000;

export function createDeviceLayout(count: number): DeviceLayout {
  let lanes: Lane[] = Array.from({ length: count }, () => []);
  /** Those for which there was no place. */
  const waiting = new Map<string, LayoutTask>();

  const enter = (stays: readonly Stay[], places: readonly number[]): void => {
    stays.forEach((stay, index) => enterStay(laneAt(lanes, places[index] ?? -1), stay));
  };

  const direct = (stays: readonly Stay[]): boolean => {
    for (const [index, stay] of stays.entries()) {
      const [lane] = lanesFor(lanes, stay.start, stay.end);
      if (lane === undefined) {
        for (const done of stays.slice(0, index)) takeOut(lanes, done);
        return false;
      }
      enter([stay], [lane]);
    }
    return true;
  };

  /** Lays out anew what is there at the same time, and what is there at the same time as that, as far as it takes. */
  const repair = (wanted: readonly Stay[], effort: Effort): boolean => {
    let hull = hullOf(wanted);
    let moved: readonly Stay[] = [];
    for (;;) {
      const before = lanes.map((lane) => [...lane]);
      const lifted = lanes.flatMap((lane) => takeStays(lane, hull, ({ fixed }) => !fixed));
      const grown = lifted.length > moved.length;
      moved = lifted;
      const stays = [...lifted, ...wanted].sort((a, b) => a.start - b.start);
      const places = stays.length > largestRepair ? null : seat(stays, lanes, effort);
      if (places !== null) {
        enter(stays, places);
        return true;
      }
      lanes = before;
      if (!grown || stays.length > largestRepair || effort.tries <= 0) return false;
      hull = hullOf(stays);
    }
  };

  /** Lays out all that begins then or later, in the order of starts: where nothing is fixed later, that never fails. */
  const sweep = (wanted: readonly Stay[]): boolean => {
    const before = lanes.map((lane) => [...lane]);
    const { start } = hullOf(wanted);
    const always = { start, end: Infinity };
    const lifted = lanes.flatMap((lane) => takeLater(lane, always));
    const stays = [...lifted, ...wanted].sort((a, b) => a.start - b.start);
    if (direct(stays)) return true;
    lanes = before;
    return false;
  };

  const insert = (task: LayoutTask, effort: Effort, mayMoveAll: boolean): boolean => {
    const { id, start, end } = task;
    const before = lanes.map((lane) => [...lane]);
    const wanted: Stay[] = Array.from({ length: task.any }, () => ({ start, end, owner: id, fixed: false }));
    for (const place of task.fixed) {
      const lane = laneAt(lanes, place);
      wanted.push(...takeStays(lane, task, ({ fixed }) => !fixed));
      if (gapAfter(lane, start, end) === null) {
        lanes = before;
        return false;
      }
      enterStay(lane, { start, end, owner: id, fixed: true });
    }
    if (direct(wanted) || repair(wanted, effort) || (mayMoveAll && sweep(wanted))) return true;
    lanes = before;
    return false;
  };

  const disturbed = ({ start, end }: LayoutTask): boolean =>
    [...waiting.values()].some((other) => other.start < end && start < other.end);

  return {
    put(task) {
      if (insert(task, { tries: usualEffort }, true)) return true;
      waiting.set(task.id, task);
      return false;
    },
    remove(task) {
      if (!waiting.delete(task.id)) {
        for (const lane of lanes) takeStays(lane, task, ({ owner }) => owner === task.id);
      }
      for (const other of [...waiting.values()]) {
        if (insert(other, { tries: usualEffort }, true)) waiting.delete(other.id);
      }
    },
    fits(task, effort) {
      if (disturbed(task)) return false;
      const before = lanes.map((lane) => [...lane]);
      const fits = insert(task, effort ?? { tries: usualEffort }, effort === undefined);
      lanes = before;
      return fits;
    },
    sureStarts(task, from, to) {
      const lengthMs = task.end - task.start;
      const disturbing = [...waiting.values()].map(({ start, end }) => ({
        from: start - lengthMs + 1,
        to: end,
      }));
      return without(
        freeStarts(lanes, { any: task.any, all: new Set(task.fixed), lengthMs }, from, to),
        disturbing,
      );
    },
    turns(lengthMs, from, to) {
      const found = new Set<number>();
      for (const { start, end } of [...lanes.flat(), ...waiting.values()]) {
        for (const turn of [start - lengthMs + 1, end]) if (turn >= from && turn < to) found.add(turn);
      }
      return [...found].sort((a, b) => a - b);
    },
  };
}

function laneAt(lanes: readonly Lane[], place: number): Lane {
  const lane = lanes[place];
  if (lane === undefined) throw new RangeError(`There is no device ${place} of ${lanes.length}.`);
  return lane;
}

function takeOut(lanes: readonly Lane[], stay: Stay): void {
  for (const lane of lanes) takeStays(lane, stay, (other) => other === stay);
}

function takeLater(
  lane: Lane,
  { start, end }: { readonly start: number; readonly end: number },
): readonly Stay[] {
  const later = lane.filter((stay) => !stay.fixed && stay.start >= start && stay.start < end);
  const gone = new Set(later);
  lane.splice(0, lane.length, ...lane.filter((stay) => !gone.has(stay)));
  return later;
}

function hullOf(stays: readonly Stay[]): { readonly start: number; readonly end: number } {
  let [start, end] = [Infinity, -Infinity];
  for (const stay of stays) {
    if (stay.start < start) start = stay.start;
    if (stay.end > end) end = stay.end;
  }
  return { start, end };
}
