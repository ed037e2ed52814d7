import { describe, expect, it } from 'vitest';
import { readDuration } from '../../../internal/leases/duration-input.ts';
import { readTime } from '../../../internal/leases/time-input.ts';
import { durationText, timeText } from '../../../internal/leases/time-text.ts';
import { requireZone, slotAfter, slotBefore } from '../../../internal/leases/zone-time.ts';

const utc = (text: string): number => Date.parse(text);

const now = utc('2026-03-20T09:41:07.250Z');

function read(text: string, zone = 'Europe/Rome', base = now): string {
  return new Date(readTime(text, { field: 'start', now, base, zone })).toISOString();
}

describe('a time as people write it', () => {
  it.each([
    ['now', '2026-03-20T09:41:07.250Z'],
    [' NOW ', '2026-03-20T09:41:07.250Z'],
    ['2026-12-01T14:30:00+01:00', '2026-12-01T13:30:00.000Z'],
    ['2026-12-01T14:30Z', '2026-12-01T14:30:00.000Z'],
    ['2026-12-01t14:30:05.5z', '2026-12-01T14:30:05.500Z'],
    ['2026-12-01T14:30+0545', '2026-12-01T08:45:00.000Z'],
    ['2026-12-01 14:30', '2026-12-01T13:30:00.000Z'],
    ['2026-12-01T14:30:15', '2026-12-01T13:30:15.000Z'],
    ['2026 12 01 14 30', '2026-12-01T13:30:00.000Z'],
    ['2026 7 1 9 5', '2026-07-01T07:05:00.000Z'],
    // The day has 23 hours on 29 March: the time of the day stays.
    ['1-day', '2026-03-21T09:41:07.250Z'],
    ['14-day', '2026-04-03T08:41:07.250Z'],
    ['1-week 2-day', '2026-03-29T08:41:07.250Z'],
    ['2-DAY 1-week', '2026-03-29T08:41:07.250Z'],
    // 02:30 is left out on 29 March 2026, and comes twice on 25 October.
    ['2026-03-29 02:30', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25 02:30', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T02:30+01:00', '2026-10-25T01:30:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    ['', /A time is missing/],
    ['3days', /Did you mean "3-day"\?/],
    ['3-days', /Did you mean "3-day"\?/],
    ['2 weeks', /is no span of time/],
    ['2weeks', /Did you mean "2-week"\?/],
    ['0-day', /must be 1 or more/],
    ['99999-week', /at most 36500/],
    ['now 1-day', /stands alone/],
    ['1-day 3days', /Did you mean "3-day"\?/],
    ['2026-12-01', /is no time/],
    ['2026-13-01 10:00', /is no time/],
    ['2026-02-30 10:00', /is no time/],
    ['2026 12 01 25 00', /is no time/],
    ['2026-12-01T14:30:00+99:00', /is no time/],
    ['1999-12-01 10:00', /between the years/],
    ['2026 12 01 14', /is no time/],
    ['tomorrow', /is no time/],
    [`${'9'.repeat(5000)}-day`, /at most 36500/],
    [`2026-12-01 14:30${' x'.repeat(5000)}`, /is no time/],
  ])('refuses %.40s', (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'argument-invalid' }));
  });

  it('counts days from the base, in the zone', () => {
    const base = utc('2026-10-24T20:00:00Z');
    expect(read('1-day', 'Europe/Rome', base)).toBe('2026-10-25T21:00:00.000Z');
    expect(read('1-day', 'UTC', base)).toBe('2026-10-25T20:00:00.000Z');
  });

  it('knows the zones of the IANA list', () => {
    expect(requireZone('Asia/Kathmandu', 'zone')).toBe('Asia/Kathmandu');
    for (const zone of ['Mars/Olympus', '', '../etc/passwd']) {
      expect(() => requireZone(zone, 'zone')).toThrow(/There is no time zone/);
    }
  });

  it('finds slots on the clocks of the zone', () => {
    const iso = (instant: number) => new Date(instant).toISOString();
    const half = 30 * 60_000;
    expect(iso(slotBefore(now, half, 'Europe/Rome'))).toBe('2026-03-20T09:30:00.000Z');
    // Nepal is 5:45 ahead.
    expect(iso(slotBefore(now, half, 'Asia/Kathmandu'))).toBe('2026-03-20T09:15:00.000Z');
    expect(iso(slotAfter(now, half, 'Asia/Kathmandu'))).toBe('2026-03-20T09:45:00.000Z');
    expect(slotAfter(utc('2026-03-20T09:45:00Z'), half, 'Asia/Kathmandu')).toBe(utc('2026-03-20T09:45:00Z'));
  });
});

describe('a length of time as people write it', () => {
  it.each([
    ['8h', 28_800_000],
    ['2d', 172_800_000],
    ['90m', 5_400_000],
    ['45s', 45_000],
    ['1w', 604_800_000],
    ['1d12h', 129_600_000],
    ['1h 30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['8H', 28_800_000],
    ['PT8H', 28_800_000],
    ['P1DT2H', 93_600_000],
    ['P2W', 1_209_600_000],
    ['pt30m', 1_800_000],
  ])('reads %s', (text, expected) => {
    expect(readDuration(text, 'length')).toBe(expected);
  });

  it.each([
    ['8', /has no unit: write "8h"/],
    ['', /is no length of time/],
    ['0h', /more than nothing/],
    ['-3h', /is no length of time/],
    ['1h1h', /is no length of time/],
    ['3 hours', /is no length of time/],
    ['P1M', /not all of one length/],
    ['P1Y2D', /not all of one length/],
    ['PT', /is no length of time/],
    ['P', /is no length of time/],
    ['P1DT', /is no length of time/],
    ['99999999d', /hundred years/],
    [`${'1h '.repeat(3000)}x`, /is no length of time/],
  ])('refuses %.20s', (text, message) => {
    expect(() => readDuration(text, 'length')).toThrow(message);
  });
});

describe('times in messages', () => {
  it('say both the local time and UTC', () => {
    expect(timeText(utc('2026-12-01T13:00:00Z'), 'Europe/Rome')).toBe(
      '2026-12-01 14:00 Europe/Rome (13:00 UTC)',
    );
    expect(timeText(utc('2026-12-01T23:30:09Z'), 'Europe/Rome')).toBe(
      '2026-12-02 00:30:09 Europe/Rome (2026-12-01 23:30:09 UTC)',
    );
    expect(timeText(utc('2026-12-01T13:00:00Z'), 'UTC')).toBe('2026-12-01 13:00 UTC');
  });

  it.each([
    [45_000, '45 s'],
    [5_400_000, '90 min'],
    [7_200_000, '2 h'],
    [86_400_000, '1 day'],
    [180_000_000, '2 days 2 h'],
    [9_000_000, '2 h 30 min'],
  ])('say %d ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
