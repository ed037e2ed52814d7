import { gapAfter, type Lane, type Stay } from './lane.ts';

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
    const choice = choices[index] ?? [];
    // Where there is no choice, to remember is more work than to try again.
    const state = choice.length > 1 ? stateOf(index, stay.start, freeFrom, groups) : null;
    if (state !== null && hopeless.has(state)) return false;
    const tried = new Set<number>();
    for (const lane of choice) {
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
    if (state !== null) hopeless.add(state);
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

/** When each lane is free, lanes of one group in any order. */
function stateOf(
  index: number,
  start: number,
  freeFrom: readonly number[],
  groups: readonly number[],
): string {
  let busy: { readonly group: number; readonly from: number }[] | null = null;
  for (const [lane, from] of freeFrom.entries()) {
    if (from > start) (busy ??= []).push({ group: groups[lane] ?? 0, from });
  }
  if (busy === null) return `${index}`;
  busy.sort((a, b) => a.group - b.group || a.from - b.from);
  return busy.reduce((text, { group, from }) => `${text} ${group}@${from}`, `${index}`);
}
