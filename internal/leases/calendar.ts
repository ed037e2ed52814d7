import { DateTime } from 'luxon';
import { calendarCells, type CalendarCell } from './calendar-cells.ts';
import type { BookedLease, Interval, LeaseCapacity, ProfileStep } from './lease.ts';
import { durationText } from './time-text.ts';
import { hourMs, type WallTime } from './zone-time.ts';

export interface CalendarQuestion {
  readonly capacity: LeaseCapacity;
  /** Of the book, over all of `calendarInterval`. */
  readonly profile: readonly ProfileStep[];
  /** Of the book: those that meet it. */
  readonly leases: readonly BookedLease[];
  /** The first day, by the calendar of the zone. */
  readonly day: Pick<WallTime, 'year' | 'month' | 'day'>;
  readonly days: number;
  readonly zone: string;
  /** Columns of the terminal. */
  readonly width: number;
}

const signs = { free: '·', part: '▒', leased: '█', kept: '×' } as const;

/** Eighths. */
const levels = ' ▁▂▃▄▅▆▇█';

/** From the first midnight to the last: what the profile and the leases of a calendar are to be of. */
export function calendarInterval(day: CalendarQuestion['day'], days: number, zone: string): Interval {
  const cells = calendarCells(day, days, 24, zone);
  return { start: cells[0]?.start ?? 0, end: cells.at(-1)?.end ?? 0 };
}

/**
 * A drawing of the host's days for a terminal: a row for each device, for the free ones of each class, for cores and for memory; a
 * character for some hours, as few as the width allows. Lines without their ends. Pure.
 */
export function calendarLines(question: CalendarQuestion): readonly string[] {
  const { capacity, day, days, zone, width } = question;
  const labels = [
    ...capacity.devices.map(({ address, vendor, model }) => `${address} ${vendor}:${model}`),
    ...classesOf(capacity).map((of) => `${of} free`),
    'memory',
  ];
  const margin = Math.max(...labels.map(({ length }) => length)) + 1;
  const hours = hoursOfCell(days, width - margin);
  const cells = calendarCells(day, days, hours, zone);
  const row = (label: string, of: (cell: CalendarCell) => string): string =>
    label.padEnd(margin) + cells.map((cell) => (cell.firstOfDay ? '|' : '') + of(cell)).join('') + '|';
  const most = (cell: CalendarCell, amountOf: (step: ProfileStep) => number): number =>
    mostIn(question.profile, cell, amountOf);
  return [
    `${''.padEnd(margin)}${cells
      .filter(({ firstOfDay }) => firstOfDay)
      .map(({ start }) => dayTitle(start, hours, zone))
      .join('')}`.trimEnd(),
    ...capacity.devices.map(({ address, vendor, model }) =>
      row(`${address} ${vendor}:${model}`, (cell) => deviceSign(question, address, cell)),
    ),
    ...classesOf(capacity).map((of) =>
      row(`${of} free`, (cell) =>
        countSign(installed(capacity, of) - most(cell, ({ devices }) => devices[of] ?? 0)),
      ),
    ),
    row('cores', (cell) =>
      level(
        most(cell, ({ cores }) => cores),
        capacity.cores,
      ),
    ),
    row('memory', (cell) =>
      level(
        most(cell, ({ memoryMib }) => memoryMib),
        capacity.memoryMib,
      ),
    ),
    '',
    `One character is ${durationText(hours * hourMs)}, times of ${zone}.`,
    `${signs.free} free  ${signs.part} leased for a part of it  ${signs.leased} leased  ${signs.kept} kept without an end`,
    `A digit says how many of the class are free all the time (+: more than nine); leases that name no device have one of them.`,
    `Cores and memory: ▁ a little of it is taken, ▄ half, █ all; a blank: none.`,
  ];
}

function dayTitle(start: number, hours: number, zone: string): string {
  const room = 24 / hours;
  const title = DateTime.fromMillis(start, { zone, locale: 'en' }).toFormat(room >= 6 ? 'ccc d' : 'd');
  return ` ${title.slice(0, room).padEnd(room)}`;
}

/** The fewest hours with which all days have room. */
function hoursOfCell(days: number, room: number): number {
  return [1, 2, 3, 4, 6, 8, 12].find((hours) => days * (24 / hours + 1) + 1 <= room) ?? 24;
}

function deviceSign({ capacity, leases }: CalendarQuestion, address: string, cell: CalendarCell): string {
  if (
    capacity.standing.some(({ devices, demand }) => [...devices, ...demand.namedDevices].includes(address))
  ) {
    return signs.kept;
  }
  const leasedMs = leases
    .filter(({ devices, demand }) => devices.includes(address) || demand.namedDevices.includes(address))
    .map(({ interval }) => Math.min(interval.end, cell.end) - Math.max(interval.start, cell.start))
    .reduce((sum, ms) => sum + Math.max(0, ms), 0);
  if (leasedMs === 0) return signs.free;
  return leasedMs < cell.end - cell.start ? signs.part : signs.leased;
}

function mostIn(
  profile: readonly ProfileStep[],
  cell: CalendarCell,
  amountOf: (step: ProfileStep) => number,
): number {
  return profile.reduce((most, step, index) => {
    const end = profile[index + 1]?.at ?? Infinity;
    return step.at < cell.end && cell.start < end ? Math.max(most, amountOf(step)) : most;
  }, 0);
}

/** Anything is at least the lowest level, and only all of it the highest. */
function level(taken: number, capacity: number): string {
  if (taken <= 0) return ' ';
  const eighths = capacity === 0 ? 8 : Math.floor((taken / capacity) * 8);
  return levels.charAt(Math.min(8, Math.max(1, eighths)));
}

function countSign(free: number): string {
  return free > 9 ? '+' : String(Math.max(0, free));
}

function classesOf({ devices }: LeaseCapacity): readonly string[] {
  return [...new Set(devices.map(({ vendor, model }) => `${vendor}:${model}`))].sort();
}

function installed({ devices }: LeaseCapacity, of: string): number {
  return devices.filter(({ vendor, model }) => `${vendor}:${model}` === of).length;
}
