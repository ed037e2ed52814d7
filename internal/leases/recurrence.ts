import { invalidArgument } from '../errors/invalid-argument.ts';
import type { Interval } from './lease.ts';
import { daysLater, instantOf, wallTimeOf, weekdayOf, type WallTime } from './zone-time.ts';

/** When a lease comes again. */
export interface RecurrenceRule {
  readonly frequency: 'daily' | 'weekly';
  /** Every so many days or weeks; a week begins on Monday. */
  readonly every: number;
  /** 1 is Monday; ascending. Of a weekly rule; empty: that of the first start. */
  readonly weekdays: readonly number[];
  /** How many there are, the first included; null: not said. */
  readonly count: number | null;
  /** The last day on which one may start, by the calendar of the zone; null: not said. */
  readonly until: { readonly year: number; readonly month: number; readonly day: number } | null;
}

/** So many leases can be booked by one rule at once. */
export const mostOccurrences = 200;

/**
 * The intervals that the rule means, the first from `first.start` on: each starts and ends when the clocks of the zone show what
 * they show at the first one's start and end, so that nine o'clock stays nine o'clock. Where the clocks are put forward over such
 * a time, it is so much later on that day as they are put forward; where they show it twice, the first time is meant. Pure.
 *
 * @throws ProtiumError `argument-invalid`: there are too many, none, or one would begin before another has ended
 */
export function occurrences(rule: RecurrenceRule, first: Interval, zone: string): readonly Interval[] {
  const begin = wallTimeOf(first.start, zone);
  const days = daysOf(rule, begin);
  const found: Interval[] = [];
  const end = wallTimeOf(first.end, zone);
  for (const offset of days) {
    if (found.length === rule.count) break;
    const start = daysLater(begin, offset);
    if (rule.until !== null && dayNumber(start) > dayNumber({ ...start, ...rule.until })) break;
    if (found.length === mostOccurrences) throw tooMany();
    const interval = intervalAt(start, daysLater(end, offset), first, zone);
    const last = found.at(-1);
    if (last !== undefined && last.end > interval.start) throw overlapping();
    found.push(interval);
  }
  if (found.length === 0) throw invalidArgument('recurrence', 'The rule ends before its first time.');
  return found;
}

/** Days after the first start on which one starts. */
function* daysOf({ frequency, every, weekdays }: RecurrenceRule, begin: WallTime): Generator<number> {
  if (frequency === 'daily') {
    for (let day = 0; ; day += every) yield day;
  }
  const today = weekdayOf(begin);
  const chosen = weekdays.length === 0 ? [today] : weekdays;
  for (let week = 0; ; week += every) {
    for (const weekday of chosen) {
      const day = week * 7 + weekday - today;
      if (day >= 0) yield day;
    }
  }
}

function intervalAt(start: WallTime, end: WallTime, first: Interval, zone: string): Interval {
  // Parts of a second are not on the clock.
  const from = (instantOf(start, zone) ?? first.start) + (first.start % 1000);
  const to = (instantOf(end, zone) ?? first.end) + (first.end % 1000);
  // The clocks may be put over all of it: then it lasts as long as the first.
  return { start: from, end: to > from ? to : from + (first.end - first.start) };
}

function dayNumber({ year, month, day }: Pick<WallTime, 'year' | 'month' | 'day'>): number {
  return year * 10_000 + month * 100 + day;
}

function tooMany(): Error {
  return invalidArgument(
    'recurrence',
    `The rule makes more than ${mostOccurrences} leases. Book fewer at once: give a count, or an earlier last day.`,
  );
}

function overlapping(): Error {
  return invalidArgument(
    'recurrence',
    'A lease of the rule would start before the one before has ended. Make them shorter, or let more time pass between them.',
  );
}
