import type {
  GetLeaseCalendarResponse,
  LeaseResources,
} from '../../../internal/api/grpc/generated/protium/v1/leases.ts';
import { printable } from './printable.ts';

interface Scale {
  readonly from: number;
  readonly until: number;
  readonly cells: number;
}

const nameWidth = 16;
const levels = ' ▁▂▃▄▅▆▇█';
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/**
 * The time from left to right, in local time: a line of use for each resource, and a bar for each lease. `|` is now.
 *
 * @param columns of the terminal
 */
export function leaseCalendar(calendar: GetLeaseCalendarResponse, columns: number, now: Date): string {
  const from = calendar.fromTime?.getTime() ?? 0;
  const until = calendar.untilTime?.getTime() ?? from;
  const scale: Scale = { from, until, cells: Math.max(24, Math.min(168, columns - nameWidth - 1)) };
  const classes = Object.keys(calendar.capacity?.devices ?? {}).sort();
  const resources: readonly (readonly [string, (amount: LeaseResources | undefined) => number])[] = [
    ['cores', (amount) => amount?.cores ?? 0],
    ['memory', (amount) => amount?.memoryMib ?? 0],
    ...classes.map((of) => [of, (amount: LeaseResources | undefined) => amount?.devices[of] ?? 0] as const),
  ];
  const lines = [
    line('', days(scale)),
    ...resources.map(([name, of]) => line(name, usage(calendar, scale, of))),
    line('', rule(scale, now.getTime())),
    ...calendar.leases.map((lease) =>
      line(
        lease.name,
        bar(scale, lease.startTime?.getTime() ?? 0, lease.endTime?.getTime() ?? 0, mark(lease.state)),
      ),
    ),
  ];
  if (calendar.leases.length === 0) lines.push(line('', 'no leases'));
  return lines.map((each) => `${each}\n`).join('');
}

function line(name: string, cells: string): string {
  const shown = printable(name);
  const cut = shown.length > nameWidth - 1 ? `${shown.slice(0, nameWidth - 2)}…` : shown;
  return `${cut.padEnd(nameWidth)}${cells}`.trimEnd();
}

function startOf({ from, until, cells }: Scale, cell: number): number {
  return from + ((until - from) * cell) / cells;
}

/** The name of each day where it begins, if there is room. */
function days(scale: Scale): string {
  let text = '';
  let last = '';
  for (let cell = 0; cell < scale.cells; cell += 1) {
    const day = new Date(startOf(scale, cell));
    const name = `${weekdays[day.getDay()] ?? ''} ${day.getDate()}`;
    if (name === last || text.length > cell) continue;
    last = name;
    text = text.padEnd(cell) + (cell + name.length <= scale.cells ? `${name} ` : '');
  }
  return text;
}

/** The largest use in each cell, of eight. */
function usage(
  { steps, capacity }: GetLeaseCalendarResponse,
  scale: Scale,
  of: (amount: LeaseResources | undefined) => number,
): string {
  const all = of(capacity);
  let text = '';
  for (let cell = 0; cell < scale.cells; cell += 1) {
    const [begin, end] = [startOf(scale, cell), startOf(scale, cell + 1)];
    const there = steps.filter((step, index) => {
      const next = steps[index + 1]?.time?.getTime() ?? Infinity;
      return (step.time?.getTime() ?? 0) < end && next > begin;
    });
    const used = Math.max(0, ...there.map((step) => of(step.leased)));
    const level = all === 0 ? 0 : Math.min(8, Math.ceil((8 * used) / all));
    text += levels[level] ?? ' ';
  }
  return text;
}

function rule(scale: Scale, now: number): string {
  const place = Math.floor(((now - scale.from) / (scale.until - scale.from)) * scale.cells);
  const whole = '─'.repeat(scale.cells);
  return place >= 0 && place < scale.cells ? `${whole.slice(0, place)}|${whole.slice(place + 1)}` : whole;
}

function bar(scale: Scale, start: number, end: number, fill: string): string {
  let text = '';
  for (let cell = 0; cell < scale.cells; cell += 1) {
    text += start < startOf(scale, cell + 1) && end > startOf(scale, cell) ? fill : ' ';
  }
  return text;
}

function mark(state: string): string {
  if (state === 'active' || state === 'ending') return '█';
  return state === 'pending' ? '▒' : '·';
}
