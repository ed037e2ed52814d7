import { DateTime } from 'luxon';
import { invalidArgument } from '../errors/invalid-argument.ts';
import { daysLater, instantOf, wallTimeOf, type WallTime } from './zone-time.ts';

export interface TimeInput {
  /** The field of the request that a refusal names. */
  readonly field: string;
  readonly now: number;
  /** From which `2-day` counts: of an end, the start. */
  readonly base: number;
  /** An IANA zone in which times without an offset are meant. */
  readonly zone: string;
}

/**
 * An instant as people write it: `now`; `3-day`, `2-week` and sums of them (`1-week 2-day`), counted on the calendar of the
 * zone, so that the time of the day stays; ISO 8601 with an offset or Z; the same without one, `2026-12-01 14:30` and
 * `2026 12 01 14 30`, which are times of the zone. A local time that the clocks leave out is moved on by as much as they are; of
 * one that they show twice the first is meant.
 *
 * @returns milliseconds since 1970
 * @throws ProtiumError `argument-invalid`: says what is wrong with it
 */
export function readTime(text: string, { field, now, base, zone }: TimeInput): number {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  if (trimmed === '') throw invalidArgument(field, `A time is missing. ${forms}`);
  if (trimmed.toLowerCase() === 'now') return now;
  const words = trimmed.split(' ');
  if (words.some((word) => word.toLowerCase() === 'now')) {
    throw invalidArgument(field, `"now" stands alone: it cannot be a part of ${quote(text)}.`);
  }
  if (words.every((word) => /^\d+-(day|week)$/i.test(word))) return sumOf(words, { field, base, zone });
  const wrong = words.find(
    (word) => /(day|week|hour|minute)s?$/i.test(word) && !/^\d+-(day|week)$/i.test(word),
  );
  if (wrong !== undefined) throw wrongFlag(wrong, field);
  const instant = spaced(trimmed, zone) ?? written(trimmed, zone);
  if (instant === null) throw invalidArgument(field, `${quote(text)} is no time. ${forms}`);
  if (instant < earliest || instant > latest) {
    throw invalidArgument(field, `${quote(text)} is not between the years 2000 and 2200.`);
  }
  return instant;
}

const forms =
  'Write "now", "2-day", "1-week 2-day", "2026-12-01 14:30", "2026 12 01 14 30", or with an offset "2026-12-01T14:30:00+01:00".';

const earliest = Date.UTC(2000, 0, 1);
const latest = Date.UTC(2200, 0, 1);

/** As somebody wrote it, cut where it is long. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

const mostDays = 36_500;

function sumOf(words: readonly string[], { field, base, zone }: Omit<TimeInput, 'now'>): number {
  let days = 0;
  for (const word of words) {
    const [count = '', unit] = word.toLowerCase().split('-');
    const number = Number(count);
    if (number < 1) throw invalidArgument(field, `${quote(word)}: the number must be 1 or more.`);
    days += number * (unit === 'week' ? 7 : 1);
  }
  if (days > mostDays)
    throw invalidArgument(field, `That is ${days} days: at most ${mostDays} can be meant.`);
  const instant = instantOf(daysLater(wallTimeOf(base, zone), days), zone);
  // Parts of a second are not on the calendar.
  return (instant ?? base) + (base % 1000);
}

function wrongFlag(word: string, field: string): Error {
  const match = /^(\d+)[^a-z0-9]*(day|week)s?$/i.exec(word);
  const meant = match === null ? '' : ` Did you mean "${match[1] ?? ''}-${(match[2] ?? '').toLowerCase()}"?`;
  return invalidArgument(
    field,
    `${quote(word)} is no span of time: it is a number, a dash, and "day" or "week".${meant}`,
  );
}

/** `2026 12 01 14 30`, as AIVC's dialogue asks for it. */
function spaced(text: string, zone: string): number | null {
  const match = /^(\d{4}) (\d{1,2}) (\d{1,2}) (\d{1,2}) (\d{1,2})$/.exec(text);
  return match === null ? null : instantOf(wallOf(match), zone);
}

function written(text: string, zone: string): number | null {
  const local = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?$/i.exec(text);
  if (local !== null) return instantOf(wallOf(local), zone);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)$/i.test(text))
    return null;
  const read = DateTime.fromISO(text.toUpperCase());
  return read.isValid ? read.toMillis() : null;
}

function wallOf([, year, month, day, hour, minute, second]: readonly (string | undefined)[]): WallTime {
  return {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second ?? 0),
  };
}
