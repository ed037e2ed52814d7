import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventLag } from '../../../../internal/libvirt/live-view/event-lag.ts';

describe('the longest lag of the last minute', () => {
  it('is that of a list of all, to a second', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 40_000 }),
      lag: fc.integer({ min: 0, max: 5000 }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const eventLag = createEventLag();
        const all: { at: number; lag: number }[] = [];
        let now = 1_767_225_600_000;
        for (const { wait, lag } of steps) {
          now += wait;
          all.push({ at: now, lag });
          eventLag.record(lag, now);
          const maxSince = (since: number): number =>
            Math.max(0, ...all.filter(({ at }) => at > since).map((entry) => entry.lag));
          expect(eventLag.maxOfLastMinute(now)).toBeLessThanOrEqual(maxSince(now - 60_000));
          expect(eventLag.maxOfLastMinute(now)).toBeGreaterThanOrEqual(maxSince(now - 59_000));
        }
      }),
    );
  });

  it('is 0 when nothing came', () => {
    expect(createEventLag().maxOfLastMinute(0)).toBe(0);
  });
});
