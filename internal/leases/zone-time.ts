import { DateTime, IANAZone } from 'luxon';
import { invalidArgument } from '../errors/invalid-argument.ts';
import type { Interval } from './lease.ts';

/** What a clock on the wall shows; months and days from 1 on. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** @throws ProtiumError `argument-invalid`: there is no such time zone */
export function requireZone(zone: string, field: string): string {
  if (IANAZone.isValidZone(zone)) return zone;
  throw invalidArgument(
    field,
    `There is no time zone ${JSON.stringify(zone)}. Name one of the IANA list, like "Europe/Rome" or "UTC".`,
  );
}

/**
 * The instant at which the clocks of the zone show that. Where they are put forward over it, so much later as they are put
 * forward; where they show it twice, the first time. null: there is no such day or hour.
 */
export function instantOf(wall: WallTime, zone: string): number | null {
  const first = DateTime.fromObject(wall, { zone });
  if (!first.isValid) return null;
  return Math.min(...first.getPossibleOffsets().map((each) => each.toMillis()));
}

/** What the clocks of the zone show at the instant; parts of a second are left out. */
export function wallTimeOf(instant: number, zone: string): WallTime {
  const { year, month, day, hour, minute, second } = DateTime.fromMillis(instant, { zone });
  return { year, month, day, hour, minute, second };
}

/** So many days later on the calendar, at the same time of the day. */
export function daysLater(wall: WallTime, days: number): WallTime {
  return wallTimeOf(DateTime.fromObject(wall, { zone: 'utc' }).plus({ days }).toMillis(), 'utc');
}

/** 1 is Monday, 7 is Sunday. */
export function weekdayOf({ year, month, day }: WallTime): number {
  return DateTime.fromObject({ year, month, day }, { zone: 'utc' }).weekday;
}

/** Milliseconds by which the clocks of the zone are ahead of UTC at the instant. */
function offsetOf(instant: number, zone: string): number {
  return DateTime.fromMillis(instant, { zone }).offset * 60_000;
}

/** The latest instant, not after this one, at which the clocks show a whole multiple of the slot since midnight. */
export function slotBefore(instant: number, slotMs: number, zone: string): number {
  const offset = offsetOf(instant, zone);
  const local = instant + offset;
  const midnight = Math.floor(local / dayMs) * dayMs;
  const slot = midnight + Math.floor((local - midnight) / slotMs) * slotMs;
  const before = offsetOf(slot - offset, zone);
  if (before === offset) return slot - offset;
  // The clocks were changed since: it was when they showed that, if they did.
  const found = slot - before;
  return found <= instant && offsetOf(found, zone) === before
    ? found
    : slotBefore(slot - offset, slotMs, zone);
}

/** The earliest such instant, not before this one. */
export function slotAfter(instant: number, slotMs: number, zone: string): number {
  const before = slotBefore(instant, slotMs, zone);
  if (before === instant) return instant;
  let [from, after] = [before + slotMs, before];
  // Where the clocks are changed meanwhile, a slot may be longer than others.
  while (after < instant) {
    after = slotBefore(from, slotMs, zone);
    from += leastShiftMs;
  }
  return after;
}

/** The instants at which the clocks of the zone are put forward or back. */
export function offsetChanges({ start, end }: Interval, zone: string): readonly number[] {
  const changes: number[] = [];
  for (let day = start; day < end; day += dayMs) {
    let [before, after] = [day, Math.min(day + dayMs, end)];
    const offset = offsetOf(before, zone);
    if (offsetOf(after, zone) === offset) continue;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offsetOf(middle, zone) === offset) before = middle;
      else after = middle;
    }
    changes.push(after);
  }
  return changes;
}

/** By which zones change their clocks at least. */
const leastShiftMs = 30 * 60_000;

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;
export const minuteMs = 60_000;
