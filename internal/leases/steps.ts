import type { LeaseRecord } from './lease-record.ts';

/** What is to be done with a lease now, and when next something may be. */
export interface LeaseStep {
  /** `miss`: it ended before it could start. `resume`: the host has booted since its instance was started. */
  readonly step: 'start' | 'miss' | 'end' | 'warn' | 'resume' | null;
  /** Of `warn`: how long before the end. */
  readonly beforeMs: number | null;
  /** Milliseconds since 1970; Infinity: never. */
  readonly next: number;
}

/**
 * The next step of a lease. Ends are looked at before starts: a lease whose end is past is never started. Pure.
 *
 * @param bootId of this run of the host
 * @param freedSince something was given back since it was tried last: it need not wait for its next try
 */
export function stepOf(
  lease: LeaseRecord,
  {
    now,
    bootId,
    freedSince,
  }: { readonly now: number; readonly bootId: string; readonly freedSince: boolean },
): LeaseStep {
  const { state, interval, retryAt } = lease;
  const at = (next: number): LeaseStep => ({ step: null, beforeMs: null, next });
  const todo = (step: NonNullable<LeaseStep['step']>, beforeMs: number | null = null): LeaseStep => ({
    step,
    beforeMs,
    next: now,
  });
  const waits = now < retryAt && !freedSince;
  switch (state) {
    case 'pending': {
      if (now >= interval.end) return todo('miss');
      if (now < interval.start) return at(interval.start);
      return waits ? at(Math.min(retryAt, interval.end)) : todo('start');
    }
    case 'active': {
      if (now >= interval.end) return todo('end');
      if (lease.bootId !== bootId && !waits) return todo('resume');
      const due = dueWarning(lease, now);
      return due === null ? at(Math.min(interval.end, nextWarning(lease, now))) : todo('warn', due);
    }
    case 'ending':
      return now < retryAt ? at(retryAt) : todo('end');
    default:
      return at(Infinity);
  }
}

/** Windows that are not longer than the time that there is: a warning never comes before the start. */
function windows({ interval: { start, end }, warnBeforeMs }: LeaseRecord): readonly number[] {
  return warnBeforeMs.filter((beforeMs) => beforeMs > 0 && beforeMs <= end - start);
}

/** Of several that were missed the last one is given. */
function dueWarning(lease: LeaseRecord, now: number): number | null {
  const { interval, warned } = lease;
  const due = windows(lease).filter((beforeMs) => interval.end - beforeMs <= now);
  if (due.length === 0) return null;
  const shortest = Math.min(...due);
  const given = warned !== null && warned.end === interval.end && warned.beforeMs <= shortest;
  return given ? null : shortest;
}

function nextWarning(lease: LeaseRecord, now: number): number {
  const times = windows(lease).map((beforeMs) => lease.interval.end - beforeMs);
  return Math.min(Infinity, ...times.filter((time) => time > now));
}

/** After so many failures in a row, so long: 1, 2, 4 … 60 seconds. */
export function pauseMs(attempts: number): number {
  return Math.min(60_000, 1000 * 2 ** Math.max(0, attempts - 1));
}
