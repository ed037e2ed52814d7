import type { Clock } from '../computations/clock.ts';
import type { Logger } from '../observability/log.ts';
import type { LeaseStore } from './lease-store.ts';
import { hourMs } from './zone-time.ts';

/** Deletes leases that have been over for longer than they are kept: at once, and each hour. */
export interface LeasePruner {
  start(): void;
  stop(): void;
}

/** So many at a time: nobody waits long for the database. */
const someAtOnce = 200;

export function createLeasePruner(parts: {
  readonly store: Pick<LeaseStore, 'prune'>;
  /** null: for ever. */
  readonly keepMs: () => number | null;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'error'>;
}): LeasePruner {
  const { store, keepMs, clock, log } = parts;
  let callOff: () => void = () => undefined;
  const look = (): void => {
    let next = hourMs;
    try {
      const keep = keepMs();
      const gone = keep === null ? 0 : store.prune(clock.now() - keep, someAtOnce);
      if (gone > 0) log.info({ leases: gone }, 'leases that were over long ago were deleted');
      if (gone === someAtOnce) next = 1000;
    } catch (error) {
      // A full disk: it is tried again.
      log.error({ err: error }, 'old leases could not be deleted');
    }
    callOff = clock.after(next, look);
  };
  return { start: look, stop: () => callOff() };
}
