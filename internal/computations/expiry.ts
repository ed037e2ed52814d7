import type { Clock } from './clock.ts';
import type { ComputationStore } from './computation-store.ts';

/**
 * Longest time between two looks at the clock. Timers stand still while the machine sleeps, the clock does not: what
 * fell due meanwhile is found this soon after it wakes.
 */
const longestWaitMs = 60_000;

export interface Expiry {
  /** Expires and removes what is due, then sets the timer for what comes next. Never throws. */
  sweep(): void;
  stop(): void;
}

export interface ExpiryOptions {
  readonly store: ComputationStore;
  readonly clock: Clock;
  /** How long an expired computation stays listed. */
  readonly retentionMs: number;
  /** Gets the ids of what has just expired. */
  readonly onExpired: (ids: readonly string[]) => void;
  /** The store failed (a full disk); it is tried again. */
  readonly onFailure: (error: unknown) => void;
}

export function createExpiry({ store, clock, retentionMs, onExpired, onFailure }: ExpiryOptions): Expiry {
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
    // It runs in a timer and before reads: neither may fail because nothing can be written just now.
    try {
      const expired = store.expireDue(now);
      if (expired.length > 0) onExpired(expired);
      store.pruneExpired(now - retentionMs);
      arm(now);
    } catch (error) {
      onFailure(error);
      callOff();
      if (!stopped) callOff = clock.after(longestWaitMs, sweep);
    }
  };

  return {
    sweep,
    stop: () => {
      stopped = true;
      callOff();
    },
  };
}
