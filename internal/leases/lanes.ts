import { firstAfter, staysIn, type Lane, type Stay } from './lane.ts';
import type { Interval } from './lease.ts';

/** The devices of a class over time, with a way back: what was tried and failed is undone. */
export interface Lanes {
  all(): readonly Lane[];
  enter(place: number, stay: Stay): void;
  /** Takes out what is not fixed and meets the interval; of one lane or of all. */
  lift(interval: Interval, place?: number): readonly Stay[];
  /** Takes out what is not fixed and begins then or later. */
  liftFrom(start: number): readonly Stay[];
  removeOwner(owner: string, interval: Interval): void;
  mark(): number;
  /** Undoes what was changed since the mark; 0: since `forget`. */
  restore(mark: number): void;
  /** What was changed stays so. */
  forget(): void;
}

type Change =
  | { readonly lane: Stay[]; readonly stay: Stay; readonly entered: boolean }
  | { readonly before: readonly Lane[] };

export function createLanes(count: number): Lanes {
  const lanes = Array.from({ length: count }, (): Stay[] => []);
  let changes: Change[] = [];

  const enter = (lane: Stay[], stay: Stay): void => {
    lane.splice(firstAfter(lane, stay.start), 0, stay);
  };

  const leave = (lane: Stay[], stay: Stay): void => {
    let index = firstAfter(lane, stay.start);
    while (index < lane.length && lane[index] !== stay) index += 1;
    lane.splice(index, 1);
  };

  const take = (lane: Stay[], stays: readonly Stay[]): readonly Stay[] => {
    for (const stay of stays) {
      leave(lane, stay);
      changes.push({ lane, stay, entered: false });
    }
    return stays;
  };

  const movable = (lane: Lane, interval: Interval): readonly Stay[] =>
    staysIn(lane, interval).filter(({ fixed }) => !fixed);

  return {
    all: () => lanes,
    enter(place, stay) {
      const lane = lanes[place];
      if (lane === undefined) throw new RangeError(`There is no device ${place} of ${lanes.length}.`);
      enter(lane, stay);
      changes.push({ lane, stay, entered: true });
    },
    lift(interval, place) {
      const chosen = place === undefined ? lanes : lanes.slice(place, place + 1);
      return chosen.flatMap((lane) => take(lane, movable(lane, interval)));
    },
    liftFrom(start) {
      // Many at once: the lanes as they were are kept instead of each change.
      changes.push({ before: lanes.map((lane) => [...lane]) });
      return lanes.flatMap((lane) => {
        const later = lane.filter((stay) => !stay.fixed && stay.start >= start);
        lane.splice(0, lane.length, ...lane.filter((stay) => stay.fixed || stay.start < start));
        return later;
      });
    },
    removeOwner(owner, interval) {
      for (const lane of lanes)
        take(
          lane,
          staysIn(lane, interval).filter((stay) => stay.owner === owner),
        );
      changes = [];
    },
    mark: () => changes.length,
    restore(mark) {
      for (
        let change = changes.at(-1);
        changes.length > mark && change !== undefined;
        change = changes.at(-1)
      ) {
        changes.pop();
        if ('before' in change)
          change.before.forEach((lane, place) => lanes[place]?.splice(0, Infinity, ...lane));
        else if (change.entered) leave(change.lane, change.stay);
        else enter(change.lane, change.stay);
      }
    },
    forget: () => void (changes = []),
  };
}
