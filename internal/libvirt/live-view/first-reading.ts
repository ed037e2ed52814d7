import { setTimeout as delay } from 'node:timers/promises';
import type { LiveView } from './live-view.ts';

const lookEveryMs = 25;

/**
 * Waits while libvirt is read for the first time, as after a start of the daemon. Resolves with whether it was read: not where
 * it cannot be reached, which is known at once, or takes longer than the deadline.
 */
export async function wasRead(view: Pick<LiveView, 'status'>, deadlineMs: number): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const { ageMs, error } = view.status();
    if (ageMs !== null) return true;
    if (error !== null || performance.now() >= end) return false;
    await delay(lookEveryMs);
  }
}
