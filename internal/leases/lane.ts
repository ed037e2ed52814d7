import type { Interval } from './lease.ts';
import type { Runs } from './runs.ts';

/** One device over time: who has it, or could have it. Stays by start; they do not overlap. */
export type Lane = readonly Stay[];

export interface Stay {
  readonly start: number;
  readonly end: number;
  readonly owner: string;
  /** It can be on no other device: it is named, or bound already. */
  readonly fixed: boolean;
}

/** Place in the lane of the first stay that ends after the instant. */
export function firstAfter(lane: Lane, instant: number): number {
  let [low, high] = [0, lane.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lane[middle]?.end ?? 0) > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How long the lane stays free after the interval; null: it is not free in it. */
export function gapAfter(lane: Lane, start: number, end: number): number | null {
  const next = lane[firstAfter(lane, start)]?.start ?? Infinity;
  return next < end ? null : next - end;
}

/** Stays that meet the interval. */
export function staysIn(lane: Lane, { start, end }: Interval): readonly Stay[] {
  const first = firstAfter(lane, start);
  let last = first;
  while ((lane[last]?.start ?? Infinity) < end) last += 1;
  return lane.slice(first, last);
}

/** Starts in [from, to) from which on so many lanes of the first kind and all of the second are free for the length. */
export function freeStarts(
  lanes: readonly Lane[],
  wanted: { readonly any: number; readonly all: ReadonlySet<number>; readonly lengthMs: number },
  from: number,
  to: number,
): Runs {
  const walks = lanes.map((lane, index) => ({
    lane,
    named: wanted.all.has(index),
    /** Of the stay before which the free part ends. */
    next: firstAfter(lane, from),
    begin: 0,
    end: 0,
  }));
  const advance = (walk: (typeof walks)[number]): void => {
    const before = walk.lane[walk.next - 1];
    walk.begin = before === undefined ? -Infinity : before.end;
    walk.end = (walk.lane[walk.next]?.start ?? Infinity) - wanted.lengthMs + 1;
  };
  walks.forEach(advance);
  const runs: { from: number; to: number }[] = [];
  let at = from;
  while (at < to) {
    let [any, all, next] = [0, 0, to];
    for (const walk of walks) {
      while (walk.end <= at && walk.next < walk.lane.length) {
        walk.next += 1;
        advance(walk);
      }
      const free = walk.begin <= at && at < walk.end;
      if (free && walk.named) all += 1;
      else if (free) any += 1;
      const change = walk.begin > at ? walk.begin : walk.end;
      if (change > at && change < next) next = change;
    }
    if (any >= wanted.any && all === wanted.all.size) {
      const last = runs.at(-1);
      if (last?.to === at) last.to = next;
      else runs.push({ from: at, to: next });
    }
    at = next;
  }
  return runs;
}
