import type { Clock } from './clock.ts';
import type { ComputationStore } from './computation-store.ts';

/**
 * Longest time between two looks at the clock. Timers stand still while the machine sleeps, the clock does not: what
 * fell due meanwhile is found this soon after it wakes.
 */
const longestWaitMs = 60_000;

export interface Expiry {
  /** Expires and removes what is due, then sets the timer for what comes next. */
  sweep(): void;
  stop(): void;
}

/** @param onExpired gets the ids of what has just expired. */
export function createExpiry(
  store: ComputationStore,
  clock: Clock,
  retentionMs: number,
  onExpired: (ids: readonly string[]) => void,
): Expiry {
  let callOff: () => void = () => undefined;
  let stopped = false;

  const arm = (now: number): void => {
    callOff();
    if (stopped) return;
    const expiry = store.nextExpiry();
    const oldest = store.oldestExpired();
    const due = Math.min(expiry ?? Infinity, oldest === null ? Infinity : oldest + retentionMs);
    if (due === Infinity) return;
    callOff = clock.after(Math.min(Math.max(0, due - now), longestWaitMs), sweep);
  };

  const sweep = (): void => {
    const now = clock.now();
    const expired = store.expireDue(now);
    store.pruneExpired(now - retentionMs);
    if (expired.length > 0) onExpired(expired);
    arm(now);
  };

  return {
    sweep,
    stop: () => {
      stopped = true;
      callOff();
    },
  };
}
