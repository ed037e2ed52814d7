import { describe, expect, it } from 'vitest';
import { createLimit } from '../../../../internal/libvirt/live-view/limit.ts';

describe('a limit', () => {
  it('runs so many tasks at once, in their order, and goes on after a failure', async () => {
    const limit = createLimit(2);
    const log: string[] = [];
    let running = 0;
    let most = 0;
    const task = (name: string) => async (): Promise<string> => {
      running += 1;
      most = Math.max(most, running);
      log.push(name);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (name === 'b') throw new Error('b fails');
      return name;
    };
    const results = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((name) => limit(task(name))));
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed'))).toEqual([
      'a',
      'failed',
      'c',
      'd',
      'e',
    ]);
    expect(log).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(most).toBe(2);
  });
});
