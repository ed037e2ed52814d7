import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { retryDelayMs, systemClock } from '../../../../internal/libvirt/live-view/clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the machine's clock", () => {
  it('calls once after a while, unless it is called off', () => {
    const called: string[] = [];
    systemClock.after(100, () => called.push('kept'));
    const callOff = systemClock.after(100, () => called.push('called off'));
    vi.advanceTimersByTime(99);
    expect(called).toEqual([]);
    callOff();
    vi.advanceTimersByTime(1000);
    expect(called).toEqual(['kept']);
  });

  it('does not take a very long time for none', () => {
    let called = false;
    systemClock.after(2 ** 40, () => (called = true));
    vi.advanceTimersByTime(1_000_000_000);
    expect(called).toBe(false);
  });
});

describe('the delay before another try', () => {
  it('doubles from half a second to half a minute', () => {
    expect([1, 2, 3, 6, 7, 8, 2000].map(retryDelayMs)).toEqual([
      500, 1000, 2000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });
});
