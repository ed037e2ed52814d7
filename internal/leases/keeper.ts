import type { Clock } from '../computations/clock.ts';
import type { Logger } from '../observability/log.ts';
import type { BackfillKeeper } from './backfill-keeper.ts';
import type { LeaseRecord } from './lease-record.ts';
import type { LeaseStore } from './lease-store.ts';
import { stepOf, type LeaseStep } from './steps.ts';

/** What is done with leases when their time comes. None of it rejects: what fails is noted in the store. */
export interface LeaseDeeds {
  start(id: string): Promise<void>;
  /** Starts what the host's end has stopped. */
  resume(id: string): Promise<void>;
  miss(id: string): void;
  /** True: it is over, and what it had is given back. */
  end(id: string): Promise<boolean>;
  /** Marks the warning as given at once; resolves when everybody was told that could be. */
  warn(id: string, beforeMs: number, signal: AbortSignal): Promise<void>;
}

/** Sees to it that leases start, warn and end at their time. */
export interface LeaseKeeper {
  /** Looks at once, and from then on. What fell due before is done now. */
  start(): void;
  /** Something has changed: looks again now. */
  poke(): void;
  /** Looks no more. What is being done is ended with its operation, and done after the next start. */
  stop(): void;
  /** Resolves when nothing is being done. */
  idle(): Promise<void>;
}

export interface LeaseKeeperOptions {
  readonly store: Pick<LeaseStore, 'live' | 'get'>;
  readonly deeds: LeaseDeeds;
  readonly backfill: Pick<BackfillKeeper, 'look'>;
  readonly clock: Clock;
  /** Of this run of the host. */
  readonly bootId: string;
  /** Whether instances can be seen just now; while not, everything waits. */
  readonly sees: () => boolean;
  readonly log: Pick<Logger, 'error'>;
}

/**
 * Longest time between two looks at the clock. Somebody may set it, and timers stand still while the machine sleeps; and no
 * timer is ever so long that it overflows.
 */
const longestWaitMs = 500;

export function createLeaseKeeper(options: LeaseKeeperOptions): LeaseKeeper {
  const { store, deeds, backfill, clock, bootId, log } = options;
  const underway = new Map<string, Promise<void>>();
  /** Of leases that were tried: what had been given back by then. */
  const triedAt = new Map<string, number>();
  const stopping = new AbortController();
  let freed = 0;
  let callOff: () => void = () => undefined;
  let started = false;

  const freedSince = (id: string): boolean => (triedAt.get(id) ?? freed) < freed;

  const run = (key: string, deed: () => Promise<unknown>): void => {
    const done = deed()
      .then((givenBack) => {
        if (givenBack === true) freed += 1;
      })
      .catch((error: unknown) => log.error({ err: error, lease: key }, 'a lease could not be seen to'))
      .finally(() => {
        underway.delete(key);
        poke();
      });
    underway.set(key, done);
  };

  const begin = ({ id }: LeaseRecord, { step, beforeMs }: LeaseStep): void => {
    const { signal } = stopping;
    if (step === 'start') {
      triedAt.set(id, freed);
      run(id, () => deeds.start(id));
      return;
    }
    triedAt.delete(id);
    if (step === 'end') run(id, () => deeds.end(id));
    else if (step === 'resume') run(id, () => deeds.resume(id));
    // The telling must not hold up the end.
    else if (step === 'warn') run(`warning ${id} ${beforeMs}`, () => deeds.warn(id, beforeMs ?? 0, signal));
    else deeds.miss(id);
  };

  const look = (): void => {
    callOff();
    if (!started || stopping.signal.aborted) return;
    const now = clock.now();
    let next = now + longestWaitMs;
    try {
      const due: { readonly lease: LeaseRecord; readonly step: LeaseStep }[] = [];
      for (const lease of options.sees() ? store.live() : []) {
        if (underway.has(lease.id)) continue;
        const step = stepOf(lease, { now, bootId, freedSince: freedSince(lease.id) });
        if (step.step === null) next = Math.min(next, step.next);
        else due.push({ lease, step });
      }
      for (const kind of ['end', 'backfill', 'miss', 'warn', 'resume', 'start'] as const) {
        if (kind === 'backfill') {
          for (const { key, deed } of options.sees() ? backfill.look(now) : []) {
            if (!underway.has(key)) run(key, () => deed(stopping.signal));
          }
        } else for (const { lease, step } of due) if (step.step === kind) begin(lease, step);
      }
    } catch (error) {
      // A full disk: it is looked at again.
      log.error({ err: error }, 'the leases could not be looked at');
    }
    callOff = clock.after(Math.max(1, next - now), look);
  };

  const poke = (): void => {
    if (!started || stopping.signal.aborted) return;
    callOff();
    callOff = clock.after(0, look);
  };

  return {
    start() {
      started = true;
      look();
    },
    poke,
    stop() {
      stopping.abort();
      callOff();
    },
    async idle() {
      while (underway.size > 0) await Promise.all(underway.values());
    },
  };
}
