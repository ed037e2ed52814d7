import type { Logger } from '../observability/log.ts';
import type { Announce } from './announce.ts';
import { isInterrupted } from './interrupted.ts';
import { backfillId, bookBackfill } from './holds.ts';
import type { LeaseBook } from './lease.ts';
import type { LeaseInstances } from './lease-instances.ts';
import type { TimedInstance } from './lease-record.ts';
import type { Outlook } from './outlook.ts';
import { shownTime } from './shown-time.ts';
import { pauseMs } from './steps.ts';
import type { TimedInstanceStore } from './timed-instance-store.ts';

export interface BackfillTimes {
  /** It is asked to shut down so long before it has to be off. */
  readonly stopBeforeMs: number;
  /** It is warned so long before it has to be off. */
  readonly warnBeforeMs: readonly number[];
}

export interface BackfillDeed {
  /** One of the same key is not begun while this is being done. */
  readonly key: string;
  /** True: what it had is given back. */
  readonly deed: (signal: AbortSignal) => Promise<boolean>;
}

/** Sees to it that instances on leased room are off before the lease starts. */
export interface BackfillKeeper {
  /** What is due. Forgets instances that are gone. */
  look(now: number): readonly BackfillDeed[];
}

export function createBackfillKeeper(options: {
  readonly timed: TimedInstanceStore;
  readonly book: Pick<LeaseBook, 'put' | 'remove'>;
  readonly instances: Pick<LeaseInstances, 'state' | 'stop' | 'tell'>;
  readonly announce: Announce;
  readonly times: () => BackfillTimes;
  /** How long it may go on as things are by now: leases may have been given up. */
  readonly outlook: (instance: string) => Promise<Outlook>;
  readonly now: () => number;
  readonly log: Pick<Logger, 'warn' | 'info'>;
}): BackfillKeeper {
  const { timed, book, instances, announce, times, now, log } = options;
  const failures = new Map<string, { readonly attempts: number; readonly retryAt: number }>();

  const forget = (instance: string): void => {
    timed.remove(instance);
    book.remove(backfillId(instance));
    failures.delete(instance);
  };
  const release = (entry: TimedInstance): void => {
    timed.put({ ...entry, kind: 'released', until: null });
    book.remove(backfillId(entry.instance));
    failures.delete(entry.instance);
  };

  const stop = async (entry: TimedInstance, until: number): Promise<boolean> => {
    const { instance } = entry;
    try {
      const outlook = await options.outlook(instance);
      if (outlook.kind === 'free') {
        forget(instance);
        return false;
      }
      if (outlook.kind === 'until' && outlook.until > until) {
        const longer = { ...entry, until: outlook.until, warned: null };
        timed.put(longer);
        bookBackfill(book, longer);
        return false;
      }
      if (instances.state(instance) === 'on') {
        // What is left of the time, but for what it takes to pull the plug.
        await instances.stop(instance, Math.max(0, until - now() - 3000));
      }
      release(entry);
      void announce.backfill(entry, 'stopped');
      return true;
    } catch (error) {
      if (isInterrupted(error)) return false;
      const attempts = (failures.get(instance)?.attempts ?? 0) + 1;
      failures.set(instance, { attempts, retryAt: now() + pauseMs(attempts) });
      log.warn({ err: error, instance, attempts }, 'an instance on leased room could not be stopped');
      return false;
    }
  };

  const warn = async (entry: TimedInstance, until: number, beforeMs: number, signal: AbortSignal) => {
    const warned = { ...entry, warned: { end: until, beforeMs } };
    timed.put(warned);
    const told = announce.backfill(warned, 'warning');
    const text = `This VM runs on room that is leased from ${shownTime(until)} on: it is shut down before. Save your work.`;
    await instances.tell(entry.instance, text, signal).catch((error: unknown) => {
      log.info({ err: error, instance: entry.instance }, 'the guest could not be told that it is to end');
    });
    await told;
    return false;
  };

  return {
    look(at) {
      const { stopBeforeMs, warnBeforeMs } = times();
      return timed.all().flatMap((entry): readonly BackfillDeed[] => {
        const { instance, kind, until } = entry;
        if (instances.state(instance) === 'absent') {
          forget(instance);
          return [];
        }
        if (kind !== 'backfill' || until === null) return [];
        if (at >= until - stopBeforeMs) {
          if (at < (failures.get(instance)?.retryAt ?? 0)) return [];
          return [{ key: `instance ${instance}`, deed: () => stop(entry, until) }];
        }
        const beforeMs = dueBefore(entry, until, warnBeforeMs, at);
        if (beforeMs === null) return [];
        // The telling must not hold up the stop.
        const key = `warning ${instance} ${until} ${beforeMs}`;
        return [{ key, deed: (signal) => warn(entry, until, beforeMs, signal) }];
      });
    },
  };
}

/** Of several that were missed the last one is given; none is longer than its time. */
function dueBefore(
  { since, warned }: TimedInstance,
  until: number,
  windows: readonly number[],
  at: number,
): number | null {
  const due = windows.filter((beforeMs) => beforeMs <= until - since && until - beforeMs <= at);
  if (due.length === 0) return null;
  const shortest = Math.min(...due);
  return warned !== null && warned.end === until && warned.beforeMs <= shortest ? null : shortest;
}
