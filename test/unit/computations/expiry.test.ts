import { expect, it } from 'vitest';
import type { ComputationStore } from '../../../internal/computations/computation-store.ts';
import { createExpiry } from '../../../internal/computations/expiry.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { ManualClock } from './fixtures.ts';

it('is tried again when the disk was full', () => {
  const clock = new ManualClock();
  const dueAt = clock.now() + 1000;
  let full = true;
  let isExpired = false;
  const store = {
    expireDue: (now: number) => {
      if (now < dueAt || isExpired) return [];
      if (full) throw new ProtiumError('storage-full', 'database or disk is full');
      isExpired = true;
      return ['a'];
    },
    pruneExpired: () => undefined,
    nextExpiry: () => (isExpired ? null : dueAt),
    oldestExpired: () => null,
  } as unknown as ComputationStore;
  const expired: string[] = [];
  const failures: unknown[] = [];
  const expiry = createExpiry({
    store,
    clock,
    retentionMs: 1000,
    onExpired: (ids) => expired.push(...ids),
    onFailure: (error) => failures.push(error),
  });
  expiry.sweep();
  clock.pass(1000);
  expect(failures).toMatchObject([{ code: 'storage-full' }]);
  full = false;
  clock.pass(60_000);
  expect(expired).toEqual(['a']);
  expiry.stop();
  expect(clock.timers).toBe(0);
});
