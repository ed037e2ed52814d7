import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecurrence, recurrenceText } from '../../../internal/leases/recurrence-input.ts';
import { occurrences } from '../../../internal/leases/recurrence.ts';

const zone = 'Europe/Rome';

function when(rule: string, start: string, end: string, of = zone): readonly string[] {
  const first = { start: Date.parse(start), end: Date.parse(end) };
  return occurrences(readRecurrence(rule), first, of).map((each) =>
    `${new Date(each.start).toISOString()} ${new Date(each.end).toISOString()}`.replaceAll(':00.000', ''),
  );
}

describe('leases that come again', () => {
  it('come every day, and nine stays nine when the clocks change', () => {
    expect(when('daily count 3', '2026-03-28T08:00:00Z', '2026-03-28T16:00:00Z')).toEqual([
      '2026-03-28T08:00Z 2026-03-28T16:00Z',
      '2026-03-29T07:00Z 2026-03-29T15:00Z',
      '2026-03-30T07:00Z 2026-03-30T15:00Z',
    ]);
  });

  it('come on days of the week, from the first start on', () => {
    // 2 December 2026 is a Wednesday.
    expect(when('weekly on MO,WE until 2026-12-14', '2026-12-02T09:00:00Z', '2026-12-02T10:00:00Z')).toEqual([
      '2026-12-02T09:00Z 2026-12-02T10:00Z',
      '2026-12-07T09:00Z 2026-12-07T10:00Z',
      '2026-12-09T09:00Z 2026-12-09T10:00Z',
      '2026-12-14T09:00Z 2026-12-14T10:00Z',
    ]);
    expect(when('every 2 weeks on FR count 2', '2026-12-02T09:00:00Z', '2026-12-02T10:00:00Z')).toEqual([
      '2026-12-04T09:00Z 2026-12-04T10:00Z',
      '2026-12-18T09:00Z 2026-12-18T10:00Z',
    ]);
    expect(when('weekly count 2', '2026-12-02T09:00:00Z', '2026-12-02T10:00:00Z')[1]).toContain('2026-12-09');
  });

  it('move on where the clocks are put forward, and take the first of two', () => {
    // 02:30 is left out on 29 March: that day it is 03:30.
    expect(when('daily count 2', '2026-03-28T01:30:00Z', '2026-03-28T01:45:00Z')).toEqual([
      '2026-03-28T01:30Z 2026-03-28T01:45Z',
      '2026-03-29T01:30Z 2026-03-29T01:45Z',
    ]);
    // 02:30 comes twice on 25 October.
    expect(when('daily count 2', '2026-10-24T00:30:00Z', '2026-10-24T02:30:00Z')).toEqual([
      '2026-10-24T00:30Z 2026-10-24T02:30Z',
      '2026-10-25T00:30Z 2026-10-25T03:30Z',
    ]);
    // From 02:30 to 03:15, when there is no half past two: as long as the others.
    expect(when('daily count 2', '2026-03-28T01:30:00Z', '2026-03-28T02:15:00Z')[1]).toBe(
      '2026-03-29T01:30Z 2026-03-29T02:15Z',
    );
  });

  it('fill whole days without a gap, whenever they start and wherever', () => {
    const zones = fc.constantFrom(
      'Europe/Rome',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'UTC',
    );
    const starts = fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2027, 11, 31) / 60_000 });
    fc.assert(
      fc.property(starts, zones, (minute, of) => {
        const start = minute * 60_000;
        const days = occurrences(readRecurrence('daily count 200'), { start, end: start + 3_600_000 }, of);
        expect(days).toHaveLength(200);
        for (const [index, { start: begin, end }] of days.entries()) {
          expect(end).toBeGreaterThan(begin);
          const next = days[index + 1]?.start ?? Infinity;
          expect(next).toBeGreaterThanOrEqual(begin + 23 * 3_600_000 - 1);
        }
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['daily until 2030-01-01', /more than 200 leases/],
    ['daily until 2026-11-30', /ends before its first time/],
  ])('refuse %s', (rule, message) => {
    expect(() => when(rule, '2026-12-01T09:00:00Z', '2026-12-01T10:00:00Z')).toThrow(message);
  });

  it('must not overlap with themselves', () => {
    expect(() => when('daily count 2', '2026-12-01T09:00:00Z', '2026-12-02T09:30:00Z')).toThrow(
      /before the one before has ended/,
    );
    const whole = when('daily count 3', '2026-03-27T23:00:00Z', '2026-03-28T23:00:00Z');
    expect(whole[1]).toBe('2026-03-28T23:00Z 2026-03-29T22:00Z');
    expect(whole[2]).toBe('2026-03-29T22:00Z 2026-03-30T22:00Z');
  });
});

describe('rules as people write them', () => {
  it.each([
    'daily count 5',
    'every 3 days until 2026-12-31',
    'weekly count 2',
    'weekly on MO,WE until 2026-12-31',
    'every 2 weeks on SA,SU count 200',
  ])('read and say %s', (text) => {
    expect(recurrenceText(readRecurrence(text))).toBe(text);
  });

  it('do not mind blanks, case and order', () => {
    expect(recurrenceText(readRecurrence('  Weekly  on we , mo,WE count 3'))).toBe('weekly on MO,WE count 3');
    expect(recurrenceText(readRecurrence('every 1 week count 3'))).toBe('weekly count 3');
  });

  it.each([
    ['', /is no rule/],
    ['daily', /has no end/],
    ['weekly on MO', /has no end/],
    ['yearly count 1', /is no rule/],
    ['daily on MO count 2', /only a rule of weeks/],
    ['weekly on MON count 2', /"MON" is no day of the week/],
    ['every 0 days count 2', /after 1 to 366/],
    ['every 1000 weeks count 2', /after 1 to 366/],
    ['daily count 0', /from 1 to 200/],
    ['daily count 201', /from 1 to 200/],
    ['daily until 2026-02-30', /no such day/],
    ['daily until tomorrow', /is no rule/],
    [`weekly on ${'MO,'.repeat(5000)}`, /is no rule/],
  ])('refuse %.40s', (text, message) => {
    expect(() => readRecurrence(text)).toThrow(message);
  });
});
