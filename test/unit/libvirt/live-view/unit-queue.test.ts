import { describe, expect, it } from 'vitest';
import { createEventLag } from '../../../../internal/libvirt/live-view/event-lag.ts';
import type { UnitName } from '../../../../internal/libvirt/live-view/event-units.ts';
import { createUnitQueue } from '../../../../internal/libvirt/live-view/unit-queue.ts';
import { ManualClock } from './manual-clock.ts';

const unit: UnitName = { kind: 'domain', id: 'u' };

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A queue whose reads are answered by hand, in the order in which they began. */
function setUp({ connected = true } = {}) {
  const clock = new ManualClock();
  const lag = createEventLag();
  const under: { readonly unit: UnitName; readonly answer: (error?: Error) => void }[] = [];
  const shown: number[] = [];
  const failed: string[] = [];
  let begun = 0;
  const surroundings = { connected };
  const queue = createUnitQueue({
    clock,
    lag,
    read: (read) =>
      new Promise((resolve, reject) => {
        const number = (begun += 1);
        under.push({
          unit: read,
          answer: (error) => (error === undefined ? resolve(() => shown.push(number)) : reject(error)),
        });
      }),
    mayRetry: () => surroundings.connected,
    onFailure: ({ id }) => failed.push(id),
  });
  return {
    ...{ clock, lag, queue, shown, failed, under, surroundings },
    /** Answers the oldest read under way. */
    answer: async (error?: Error) => {
      under.shift()?.answer(error);
      await turn();
    },
  };
}

describe('the queue of units to read', () => {
  it('makes one read of many events in one turn', async () => {
    const { queue, under, shown, answer } = setUp();
    for (let count = 0; count < 100; count += 1) queue.changed(unit);
    queue.changed({ kind: 'pool', id: 'u' });
    expect(under).toEqual([]);
    await turn();
    expect(under.map((read) => read.unit.kind)).toEqual(['domain', 'pool']);
    await answer();
    await answer();
    expect(shown).toEqual([1, 2]);
    expect(under).toEqual([]);
  });

  it('repeats a read that a newer event overtook, and does not show it', async () => {
    const { queue, under, shown, answer } = setUp();
    queue.changed(unit);
    await turn();
    queue.changed(unit);
    queue.changed(unit);
    await turn();
    expect(under).toHaveLength(1);
    await answer();
    expect(shown).toEqual([]);
    expect(under).toHaveLength(1);
    await answer();
    expect(shown).toEqual([2]);
  });

  it('shows something now and then although every read is overtaken', async () => {
    const { queue, shown, answer } = setUp();
    queue.changed(unit);
    await turn();
    for (let count = 0; count < 8; count += 1) {
      queue.changed(unit);
      await answer();
    }
    expect(shown).toEqual([4, 8]);
  });

  it('reads at most eight units at the same time', async () => {
    const { queue, under, answer } = setUp();
    for (let id = 0; id < 20; id += 1) queue.changed({ kind: 'domain', id: String(id) });
    await turn();
    expect(under.map((read) => read.unit.id)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    await answer();
    expect(under.at(-1)?.unit.id).toBe('8');
  });

  it('resolves a refresh by a read that began after it', async () => {
    const { queue, shown, answer } = setUp();
    queue.changed(unit);
    await turn();
    let done = false;
    const refreshed = queue.refresh(unit).then(() => (done = true));
    await answer();
    expect([done, shown]).toEqual([false, []]);
    await answer();
    await refreshed;
    expect(shown).toEqual([2]);
  });

  it('rejects a refresh with the error of its read', async () => {
    const { queue, answer } = setUp();
    const refreshed = queue.refresh(unit);
    const rejected = expect(refreshed).rejects.toThrow('broken');
    await turn();
    await answer(new Error('broken'));
    await rejected;
  });

  it('tries a failed read again, later and later, until it goes well', async () => {
    const { clock, queue, under, failed, shown, answer } = setUp();
    queue.changed(unit);
    await turn();
    await answer(new Error('first'));
    const since = new Date(clock.now()).toISOString();
    expect(queue.failures()).toEqual([{ kind: 'domain', id: 'u', error: 'first', since }]);
    for (const delayMs of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      clock.advance(delayMs - 1);
      await turn();
      expect(under).toEqual([]);
      clock.advance(1);
      await turn();
      expect(under).toHaveLength(1);
      await answer(new Error('again'));
    }
    expect(queue.failures()).toEqual([{ kind: 'domain', id: 'u', error: 'again', since }]);
    clock.advance(30_000);
    await turn();
    await answer();
    expect(failed).toEqual(['u']);
    expect(shown).toHaveLength(1);
    expect(queue.failures()).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('tries again at once when an event comes', async () => {
    const { clock, queue, under, answer } = setUp();
    queue.changed(unit);
    await turn();
    await answer(new Error('first'));
    queue.changed(unit);
    await turn();
    expect(under).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });

  it('tries nothing again without a connection', async () => {
    const { clock, queue, answer } = setUp({ connected: false });
    queue.changed(unit);
    await turn();
    await answer(new Error('no connection'));
    expect(clock.timers).toBe(0);
    expect(queue.failures()).toHaveLength(1);
  });

  it('stops trying when it is paused', async () => {
    const { clock, queue, answer } = setUp();
    queue.changed(unit);
    await turn();
    await answer(new Error('broken'));
    expect(clock.timers).toBe(1);
    queue.pause();
    expect(clock.timers).toBe(0);
  });
});

describe('a full read', () => {
  it('makes the failures of before count no more', async () => {
    const { clock, queue, answer } = setUp();
    queue.changed(unit);
    await turn();
    await answer(new Error('broken'));
    clock.advance(100);
    expect(queue.oldestEventMs()).toBe(100);
    queue.allRead('domain', queue.mark());
    expect(queue.failures()).toEqual([]);
    expect(queue.oldestEventMs()).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it('leaves alone the failures of other kinds, and of reads that began after it', async () => {
    const { clock, queue, answer } = setUp();
    const since = queue.mark();
    queue.changed(unit);
    await turn();
    await answer(new Error('broken'));
    queue.allRead('domain', since);
    queue.allRead('pool', queue.mark());
    expect(queue.failures()).toHaveLength(1);
    expect(clock.timers).toBe(1);
  });

  it('hands over what it could not read', async () => {
    const { clock, queue, under, failed, shown, answer } = setUp();
    queue.failed(unit, new Error('broken'));
    expect(queue.failures()).toMatchObject([{ id: 'u', error: 'broken' }]);
    expect(failed).toEqual(['u']);
    clock.advance(500);
    await turn();
    expect(under).toHaveLength(1);
    await answer();
    expect(shown).toEqual([1]);
    expect(queue.failures()).toEqual([]);
  });
});

describe('the lag of events', () => {
  it('counts from the oldest event until what was read after it is shown', async () => {
    const { clock, lag, queue, answer } = setUp();
    expect(queue.oldestEventMs()).toBe(0);
    queue.changed(unit);
    clock.advance(10);
    queue.changed({ kind: 'domain', id: 'other' });
    expect(queue.oldestEventMs()).toBe(10);
    await turn();
    clock.advance(10);
    expect(queue.oldestEventMs()).toBe(20);
    queue.changed(unit);
    await answer();
    expect(queue.oldestEventMs()).toBe(20);
    await answer();
    expect(lag.maxOfLastMinute(clock.now())).toBe(10);
    await answer();
    expect(queue.oldestEventMs()).toBe(0);
    expect(lag.maxOfLastMinute(clock.now())).toBe(20);
  });

  it('does not count what we asked for ourselves', async () => {
    const { clock, lag, queue, answer } = setUp();
    const refreshed = queue.refresh(unit);
    clock.advance(10);
    expect(queue.oldestEventMs()).toBe(0);
    await turn();
    await answer();
    await refreshed;
    expect(lag.maxOfLastMinute(clock.now())).toBe(0);
  });
});
