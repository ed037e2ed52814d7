import { describe, expect, it } from 'vitest';
import { collectDurations, parseDuration } from '../../../cmd/protium/lease-time.ts';
import { leaseCalendar } from '../../../cmd/protium/output/lease-calendar.ts';
import { leaseFields, leaseTable } from '../../../cmd/protium/output/lease-text.ts';
import { HostLease } from '../../../internal/api/grpc/generated/protium/v1/leases.ts';

// Local times, so that the pictures are the same in every zone.
const at = (day: number, hour: number) => new Date(2026, 0, day, hour);
const lease = (name: string, from: Date, to: Date, state = 'pending') =>
  HostLease.fromPartial({
    ...{ id: `id-${name}`, name, state, startTime: from, endTime: to, endAction: 'stop', graceSeconds: 120 },
    demand: {
      slots: 2,
      memoryMib: 2048n,
      allowSmt: true,
      devices: [{ vendor: '10de', model: '2489', quantity: 1 }],
    },
  });

describe('the calendar', () => {
  it('shows days, use and leases from left to right, and cuts what leads a terminal astray', () => {
    const steps = [
      { time: at(1, 0), leased: { cores: 0, memoryMib: 0, devices: {} }, leases: [] },
      { time: at(1, 12), leased: { cores: 2, memoryMib: 512, devices: { '10de:2489': 1 } }, leases: ['x'] },
      { time: at(2, 0), leased: { cores: 1, memoryMib: 0, devices: {} }, leases: [] },
    ];
    const text = leaseCalendar(
      {
        ...{ fromTime: at(1, 0), untilTime: at(3, 0), steps },
        capacity: { cores: 4, memoryMib: 1024, devices: { '10de:2489': 1 } },
        leases: [
          lease('tuesday', at(1, 12), at(2, 0), 'active'),
          lease('a\u001b[2Jname-that-is-too-long', at(2, 12), at(3, 12)),
        ],
      },
      16 + 1 + 24,
      at(1, 6),
    );
    const lines = text.split('\n');
    expect(lines[0]).toMatch(/^ {16}\w{3} 1 {7}\w{3} 2$/);
    expect(lines[1]).toBe(`cores           ${' '.repeat(6)}${'▄'.repeat(6)}${'▂'.repeat(12)}`);
    expect(lines[3]).toBe(`10de:2489       ${' '.repeat(6)}${'█'.repeat(6)}`);
    expect(lines[4]).toBe(`${' '.repeat(16)}───|${'─'.repeat(20)}`);
    expect(lines[5]).toBe(`tuesday         ${' '.repeat(6)}${'█'.repeat(6)}`);
    expect(lines[6]).toContain(`${' '.repeat(18)}${'▒'.repeat(6)}`);
    expect(text).not.toContain('\u001b');
  });

  it('of no leases says so', () => {
    const nothing = { fromTime: at(1, 0), untilTime: at(2, 0), capacity: undefined, steps: [], leases: [] };
    expect(leaseCalendar(nothing, 80, at(9, 0))).toContain('no leases');
  });
});

describe('leases', () => {
  it('are shown with what they have, and what is wrong', () => {
    const sad = { ...lease('sad', at(1, 12), at(2, 0)), problem: 'the image is gone', instance: 'uuid' };
    expect(leaseTable([sad])).toMatch(
      /sad +pending \(!\) +2026-01-01 12:00:00 +2026-01-02 00:00:00 +2 slots, 2 GiB, 1 × 10de:2489/,
    );
    expect(leaseFields(sad)).toMatch(/problem +the image is gone\n/);
    expect(leaseFields(sad)).toMatch(/launches +nothing/);
  });
});

describe('lengths of time', () => {
  it.each([
    ['90s', 90],
    ['8h', 28_800],
    ['1d12h', 129_600],
  ])('%s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
  it.each(['', '8', 'h', '8h!', '1.h', '0s', '-1h'])('not "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow();
  });
  it('come several at a time', () => {
    expect(collectDurations('1h,10m', [5])).toEqual([5, 3600, 600]);
  });
});
