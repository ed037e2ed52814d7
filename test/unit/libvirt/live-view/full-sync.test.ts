import { describe, expect, it } from 'vitest';
import { createFullSync } from '../../../../internal/libvirt/live-view/full-sync.ts';
import type { ViewKind } from '../../../../internal/libvirt/live-view/views.ts';
import { ManualClock } from './manual-clock.ts';

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function setUp() {
  const clock = new ManualClock();
  const reads: {
    readonly kind: ViewKind;
    readonly signal: AbortSignal;
    readonly answer: (error?: Error) => void;
  }[] = [];
  const told: string[] = [];
  const sync = createFullSync({
    clock,
    kinds: ['domain', 'pool'],
    intervalMs: 100_000,
    readKind: (kind, signal) =>
      new Promise((resolve, reject) => {
        reads.push({ kind, signal, answer: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
    onDone: (ms) => told.push(`done ${ms}`),
    onFailure: (kind, error) => told.push(`${kind}: ${error instanceof Error ? error.message : 'unknown'}`),
  });
  return {
    ...{ clock, told, sync },
    /** The kinds that are being read, which are then answered. */
    answer: async (errors: Partial<Record<ViewKind, Error>> = {}) => {
      const under = reads.splice(0);
      for (const { kind, answer } of under) answer(errors[kind]);
      await turn();
      return under.map(({ kind }) => kind);
    },
    signals: () => reads.map(({ signal }) => signal.aborted),
  };
}

describe('reading everything', () => {
  it('reads all kinds at once, and again after a while', async () => {
    const { clock, told, sync, answer } = setUp();
    const done = sync.run();
    clock.advance(7);
    expect(await answer()).toEqual(['domain', 'pool']);
    await done;
    expect(sync.status()).toEqual({ lastSyncAt: clock.now(), lastSyncMs: 7, error: null });
    clock.advance(99_999);
    expect(await answer()).toEqual([]);
    clock.advance(1);
    expect(await answer()).toEqual(['domain', 'pool']);
    expect(told).toEqual(['done 7', 'done 0']);
  });

  it('reads only what failed again, later and later, and says so', async () => {
    const { clock, told, sync, answer } = setUp();
    const done = sync.run();
    const rejected = expect(done).rejects.toThrow('broken');
    await answer({ pool: new Error('broken') });
    await rejected;
    expect(sync.status()).toMatchObject({ lastSyncAt: null, error: { message: 'broken' } });
    clock.advance(500);
    expect(await answer({ pool: new Error('still') })).toEqual(['pool']);
    clock.advance(999);
    expect(await answer()).toEqual([]);
    clock.advance(1);
    expect(await answer()).toEqual(['pool']);
    expect(sync.status()).toEqual({ lastSyncAt: clock.now(), lastSyncMs: 1500, error: null });
    expect(told).toEqual(['pool: broken', 'done 1500']);
  });

  it('gives up what is under way when it begins anew, and keeps the waiting', async () => {
    const { told, sync, answer, signals } = setUp();
    let first = 'waits';
    const done = sync.run().then(() => (first = 'done'));
    const second = sync.run();
    expect(signals()).toEqual([true, true, false, false]);
    await answer();
    await Promise.all([done, second]);
    expect(first).toBe('done');
    expect(told).toEqual(['done 0']);
  });

  it('stops everything', async () => {
    const { clock, told, sync, answer, signals } = setUp();
    const done = sync.run();
    const rejected = expect(done).rejects.toMatchObject({ name: 'LibvirtConnectionError' });
    sync.stop();
    await rejected;
    expect(signals()).toEqual([true, true]);
    await answer({ pool: new Error('lost') });
    expect([clock.timers, told]).toEqual([0, []]);
    await Promise.all([sync.run(), answer()]);
    expect(clock.timers).toBe(1);
    sync.stop();
    expect(clock.timers).toBe(0);
  });
});
