import type { Interval } from './lease.ts';
import { daysLater, hourMs, instantOf, wallTimeOf, weekdayOf } from './zone-time.ts';

interface GpuTime {
  readonly interval: Interval;
  readonly gpus: number;
}

/** GPU-hours of one week, of the lease and of others. */
interface GpuWeek {
  readonly start: number;
  readonly wanted: number;
  readonly others: number;
}

/** Each week that the lease touches: from Monday on by the calendar of the zone, so that one may have an hour more or less. */
export function gpuHoursByWeek(lease: GpuTime, others: readonly GpuTime[], zone: string): readonly GpuWeek[] {
  const weeks: GpuWeek[] = [];
  for (let start = mondayOf(lease.interval.start, zone, 0); start < lease.interval.end;) {
    const week = { start, end: mondayOf(start, zone, 7) };
    weeks.push({
      start,
      wanted: hoursIn(lease, week),
      others: others.reduce((sum, other) => sum + hoursIn(other, week), 0),
    });
    start = week.end;
  }
  return weeks;
}

/** Midnight on the Monday of the week, so many days later. */
export function mondayOf(instant: number, zone: string, days: number): number {
  const wall = wallTimeOf(instant, zone);
  const monday = daysLater({ ...wall, hour: 0, minute: 0, second: 0 }, 1 - weekdayOf(wall) + days);
  return instantOf(monday, zone) ?? instant;
}

function hoursIn({ interval, gpus }: GpuTime, week: Interval): number {
  const ms = Math.min(interval.end, week.end) - Math.max(interval.start, week.start);
  return (Math.max(0, ms) / hourMs) * gpus;
}
