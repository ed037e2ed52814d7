import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyedLock } from '../../../internal/operations/keyed-lock.ts';
import { gate } from './fixture.ts';

describe('a keyed lock', () => {
  it('serves each key in order of asking, never two at once, and never stands still', async () => {
    const names = ['a', 'b', 'c', 'd'] as const;
    const request = fc.record({
      keys: fc.array(fc.constantFrom(...names), { maxLength: 4 }),
      turns: fc.integer({ min: 0, max: 4 }),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 20 }), async (requests) => {
        const lock = createKeyedLock();
        const holders = new Map<string, number>();
        const served = new Map<string, number[]>();
        const outcomes = requests.map(({ keys, turns, fails }, index) =>
          lock.run(keys, async () => {
            for (const key of new Set(keys)) {
              expect(holders.has(key)).toBe(false);
              holders.set(key, index);
              served.set(key, [...(served.get(key) ?? []), index]);
            }
            for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
            for (const key of keys) holders.delete(key);
            if (fails) throw new Error('failed');
          }),
        );
        const settled = await Promise.allSettled(outcomes);
        expect(settled.map(({ status }) => status === 'rejected')).toEqual(
          requests.map(({ fails }) => fails),
        );
        for (const key of names) {
          const asked = requests.flatMap(({ keys }, index) => (keys.includes(key) ? [index] : []));
          expect(served.get(key) ?? []).toEqual(asked);
          expect(lock.isHeld([key])).toBe(false);
        }
      }),
    );
  });

  it('gives up waiting when aborted, and lets those behind pass', async () => {
    const lock = createKeyedLock();
    const release = await lock.acquire(['a']);
    const controller = new AbortController();
    const given = lock.acquire(['a', 'b'], { signal: controller.signal });
    const behind = gate();
    const passed = lock.run(['b'], () => behind.open());
    expect(lock.isHeld(['b'])).toBe(true);
    controller.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    await passed;
    await behind.passed;
    expect(lock.isHeld(['b'])).toBe(false);
    await expect(lock.acquire(['b'], { signal: controller.signal })).rejects.toThrow('enough');
    release();
    release();
    expect(lock.isHeld(['a', 'b'])).toBe(false);
  });

  it('that is held is not lost by an abort', async () => {
    const lock = createKeyedLock();
    const controller = new AbortController();
    const release = await lock.acquire(['a'], { signal: controller.signal });
    controller.abort();
    expect(lock.isHeld(['a'])).toBe(true);
    release();
    expect(lock.isHeld(['a'])).toBe(false);
  });
});
