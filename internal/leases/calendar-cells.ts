import type { Interval } from './lease.ts';
import { daysLater, instantOf, type WallTime } from './zone-time.ts';

/** What one character stands for. */
export interface CalendarCell extends Interval {
  readonly firstOfDay: boolean;
}

/**
 * The days in parts of so many hours on the clocks of the zone, every day with as many. On a day on which the clocks change, one
 * is longer or shorter, or empty.
 */
export function calendarCells(
  day: Pick<WallTime, 'year' | 'month' | 'day'>,
  days: number,
  hours: number,
  zone: string,
): readonly CalendarCell[] {
  const midnight = { ...day, hour: 0, minute: 0, second: 0 };
  const starts = Array.from({ length: days }, (_, index) => daysLater(midnight, index)).flatMap((date) =>
    Array.from({ length: 24 / hours }, (_, part) => ({ ...date, hour: part * hours })),
  );
  const instants = [...starts, daysLater(midnight, days)].map((wall) => instantOf(wall, zone) ?? 0);
  return starts.map(({ hour }, index) => {
    const start = instants[index] ?? 0;
    return { start, end: Math.max(start, instants[index + 1] ?? start), firstOfDay: hour === 0 };
  });
}
