import { describe, expect, it } from 'vitest';
import { createLeaseBook } from '../../../internal/leases/book.ts';
import { calendarCells } from '../../../internal/leases/calendar-cells.ts';
import { calendarInterval, calendarLines } from '../../../internal/leases/calendar.ts';
import type { BookedLease, LeaseCapacity } from '../../../internal/leases/lease.ts';
import { booked, capacity, cards, gpus, standing } from './hosts.ts';

const zone = 'Europe/Rome';
const monday = { year: 2026, month: 11, day: 30 };

function draw(
  leases: readonly BookedLease[],
  host: LeaseCapacity,
  days: number,
  width: number,
): readonly string[] {
  const book = createLeaseBook();
  leases.forEach((lease) => book.put(lease));
  const interval = calendarInterval(monday, days, zone);
  const [profile, there] = [book.profile(interval, host), book.meeting(interval)];
  return calendarLines({ capacity: host, profile, leases: there, day: monday, days, zone, width });
}

const at = (text: string): number => Date.parse(`2026-${text}:00+01:00`);

describe('the calendar of a host', () => {
  const host = capacity({
    devices: cards.slice(0, 3),
    memoryMib: 16_384,
    standing: [standing({ slots: 1, memoryMib: 1024 }, ['0000:03:00.0'])],
  });
  const leases = [
    booked('a', at('11-30T12:00'), at('12-01T06:00'), { slots: 4, memoryMib: 8000, devices: gpus(1) }, [
      '0000:01:00.0',
    ]),
    booked('b', at('12-01T13:00'), at('12-02T00:00'), { namedDevices: ['0000:02:00.0'], slots: 7 }),
    booked('c', at('12-01T12:00'), at('12-01T18:00'), { devices: gpus(1), memoryMib: 15_000 }),
  ];

  it('draws as few hours a character as there is room for', () => {
    expect(draw(leases, host, 2, 60)).toEqual([
      '                        Mon 30       Tue 1',
      '0000:01:00.0 10de:2489 |······██████|███·········|',
      '0000:02:00.0 10de:2489 |············|······▒█████|',
      '0000:03:00.0 10de:2489 |××××××××××××|××××××××××××|',
      '10de:2489 free         |222222111111|111222000111|',
      'cores                  |▁▁▁▁▁▁▅▅▅▅▅▅|▅▅▅▁▁▁██████|',
      'memory                 |▁▁▁▁▁▁▄▄▄▄▄▄|▄▄▄▁▁▁▇▇▇▁▁▁|',
      '',
      'One character is 2 h, times of Europe/Rome.',
      '· free  ▒ leased for a part of it  █ leased  × kept without an end',
      'A digit says how many of the class are free all the time (+: more than nine); leases that name no device have one of them.',
      'Cores and memory: ▁ a little of it is taken, ▄ half, █ all; a blank: none.',
    ]);
  });

  it('draws a week on a narrow terminal, and a host without devices', () => {
    const bare = capacity({ devices: [] });
    expect(draw([], bare, 7, 50).slice(0, 3)).toEqual([
      '        30   1    2    3    4    5    6',
      'cores  |    |    |    |    |    |    |    |',
      'memory |    |    |    |    |    |    |    |',
    ]);
    expect(draw([], bare, 7, 10)[1]).toBe('cores  | | | | | | | |');
  });

  it('has as many characters on days on which the clocks change', () => {
    const hours = (day: number, month: number): readonly number[] =>
      calendarCells({ year: 2026, month, day }, 1, 6, zone).map(
        ({ start, end }) => (end - start) / 3_600_000,
      );
    expect(hours(29, 3)).toEqual([5, 6, 6, 6]);
    expect(hours(25, 10)).toEqual([7, 6, 6, 6]);
    const cells = calendarCells({ year: 2026, month: 3, day: 29 }, 1, 1, zone);
    expect(cells).toHaveLength(24);
    expect(cells.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(23 * 3_600_000);
  });
});
