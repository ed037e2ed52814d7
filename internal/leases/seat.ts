import { gapAfter, type Lane, type Stay } from './lanes.ts';

/** How many tries may be made yet: finding a layout can take too long, and "no" is always a safe answer. */
export interface Effort {
  tries: number;
}

/**
 * A lane for each stay, so that none overlaps with another or with what is in the lanes; by place in `stays`, which are
 * sorted by start. null: there is no such layout, or none was found with that effort.
 */
export function seat(
  stays: readonly Stay[],
  lanes: readonly Lane[],
  effort: Effort,
): readonly number[] | null {
  const choices = stays.map(({ start, end }) => lanesFor(lanes, start, end));
  if (choices.some((choice) => choice.length === 0)) return null;
  const groups = groupsOf(choices, lanes.length);
  const freeFrom = lanes.map(() => -Infinity);
  const chosen: number[] = [];
  const hopeless = new Set<string>();

  const place = (index: number): boolean => {
    const stay = stays[index];
    if (stay === undefined) return true;
    effort.tries -= 1;
    if (effort.tries < 0) return false;
    const state = stateOf(index, stay.start, freeFrom, groups);
    if (hopeless.has(state)) return false;
    const tried = new Set<number>();
    for (const lane of choices[index] ?? []) {
      const before = freeFrom[lane] ?? 0;
      const group = groups[lane] ?? 0;
      // Free lanes of one group are alike for all that comes.
      if (before > stay.start || tried.has(group)) continue;
      tried.add(group);
      freeFrom[lane] = stay.end;
      chosen[index] = lane;
      if (place(index + 1)) return true;
      freeFrom[lane] = before;
    }
    hopeless.add(state);
    return false;
  };
  return place(0) ? chosen : null;
}

/** Lanes that are free in the interval, the one that is needed again the soonest first: it is of the least use to others. */
export function lanesFor(lanes: readonly Lane[], start: number, end: number): readonly number[] {
  const found: { readonly lane: number; readonly gap: number }[] = [];
  lanes.forEach((lane, index) => {
    const gap = gapAfter(lane, start, end);
    if (gap !== null) found.push({ lane: index, gap });
  });
  return found.sort((a, b) => (a.gap === b.gap ? a.lane - b.lane : a.gap - b.gap)).map(({ lane }) => lane);
}

/** Lanes that every stay could have or none could are of one group. */
function groupsOf(choices: readonly (readonly number[])[], count: number): readonly number[] {
  const patterns = Array.from({ length: count }, () => '');
  for (const choice of choices) {
    const open = new Set(choice);
    patterns.forEach((pattern, lane) => (patterns[lane] = pattern + (open.has(lane) ? '1' : '0')));
  }
  const known = new Map<string, number>();
  return patterns.map((pattern) => {
    const group = known.get(pattern) ?? known.size;
    known.set(pattern, group);
    return group;
  });
}

function stateOf(
  index: number,
  start: number,
  freeFrom: readonly number[],
  groups: readonly number[],
): string {
  const parts = freeFrom.map((from, lane) => `${groups[lane] ?? 0}@${from > start ? from : ''}`);
  return `${index} ${parts.sort().join(' ')}`;
}
