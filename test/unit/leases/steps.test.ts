import { describe, expect, it } from 'vitest';
import { exceeds } from '../../../internal/leases/exceeds.ts';
import type { LeaseRecord } from '../../../internal/leases/lease-record.ts';
import { normaliseAddress } from '../../../internal/leases/named-device.ts';
import { pauseMs, stepOf } from '../../../internal/leases/steps.ts';

const base = {
  interval: { start: 1000, end: 5000 },
  state: 'pending',
  retryAt: 0,
  warnBeforeMs: [],
  warned: null,
  bootId: 'boot',
} as unknown as LeaseRecord;
const step = (lease: object, now: number, freedSince = false) =>
  stepOf({ ...base, ...lease }, { now, bootId: 'boot', freedSince });

describe('what is to be done with a lease', () => {
  it.each([
    ['before its start', {}, 999, null, 1000],
    ['at its start', {}, 1000, 'start', 1000],
    ['a moment before its end', {}, 4999, 'start', 4999],
    ['never started, at its end', {}, 5000, 'miss', 5000],
    ['until it is tried again', { retryAt: 3000 }, 2000, null, 3000],
    ['whose next try is after its end', { retryAt: 9000 }, 2000, null, 5000],
    ['that runs', { state: 'active' }, 2000, null, 5000],
    ['that runs, at its end', { state: 'active' }, 5000, 'end', 5000],
    ['that ends', { state: 'ending' }, 5000, 'end', 5000],
    ['that could not be ended', { state: 'ending', retryAt: 7000 }, 6000, null, 7000],
    ['on a host that has booted since', { state: 'active', bootId: 'before' }, 2000, 'resume', 2000],
    ['that is over', { state: 'ended' }, 9000, null, Infinity],
  ] as const)('%s', (_, lease, now, expected, next) => {
    expect(step(lease, now)).toMatchObject({ step: expected, next });
  });

  it('tries at once when something was given back', () => {
    expect(step({ retryAt: 3000 }, 2000, true).step).toBe('start');
  });

  it('warns at the start when the window is the whole lease, and never for a longer one', () => {
    const active = { state: 'active' };
    expect(step({ ...active, warnBeforeMs: [4000] }, 1000)).toMatchObject({ step: 'warn', beforeMs: 4000 });
    expect(step({ ...active, warnBeforeMs: [4001] }, 1000)).toMatchObject({ step: null, next: 5000 });
    const two = { ...active, warnBeforeMs: [2000, 500] };
    expect(step(two, 2999)).toMatchObject({ step: null, next: 3000 });
    const warned = { end: 5000, beforeMs: 2000 };
    expect(step({ ...two, warned }, 3000)).toMatchObject({ step: null, next: 4500 });
    expect(step({ ...two, warned }, 4600)).toMatchObject({ step: 'warn', beforeMs: 500 });
    // Of another end it is a warning of its own.
    const extended = { ...two, interval: { start: 1000, end: 9000 }, warned };
    expect(step(extended, 7000)).toMatchObject({ step: 'warn', beforeMs: 2000 });
  });

  it('waits longer after each failure, a minute at most', () => {
    expect([1, 2, 3, 6, 7, 50].map(pauseMs)).toEqual([1000, 2000, 4000, 32_000, 60_000, 60_000]);
  });
});

describe('an instance on a lease', () => {
  const leased = {
    slots: 2,
    allowSmt: true,
    overprovision: 4,
    topology: 'host',
    memoryMib: 1024,
    hugepages: false,
    devices: [{ vendor: '10de', model: '2489', quantity: 1 }],
  } as const;
  it.each([
    ['has less', { slots: 1, devices: [] }, null],
    ['has all of it', {}, null],
    ['has more slots', { slots: 3 }, '3 slots are asked for, 2 are leased.'],
    [
      'has other devices',
      { devices: [{ vendor: '10de', model: '1234', quantity: 1 }] },
      '1 × 10de:1234 are asked for, 0 are leased.',
    ],
    ['shares its cores otherwise', { overprovision: 2 }, expect.stringContaining('overprovision') as string],
  ])('%s', (_, wanted, expected) => {
    expect(exceeds({ ...leased, ...wanted }, leased)).toEqual(expected);
  });
});

describe('addresses of devices', () => {
  it.each([
    ['0000:01:00.0', '0000:01:00.0'],
    ['01:1F.7', '0000:01:1f.7'],
    ['01:00', null],
    ['0000:01:00.8', null],
    ['../../etc', null],
  ])('%s', (text, expected) => {
    expect(normaliseAddress(text)).toBe(expected);
  });
});
