import type { Reason } from '../placement/plan.ts';
import type { LeaseBook, LeaseCapacity, LeaseDemand, LeaseShortage } from './lease.ts';
import { shownTime } from './shown-time.ts';

/** How long an instance without a lease may have what it is to have. */
export type Outlook =
  /** As long as it likes. */
  | { readonly kind: 'free' }
  /** Backfill: until a lease needs it. */
  | { readonly kind: 'until'; readonly until: number; readonly lease: string }
  /** Not for long enough. */
  | { readonly kind: 'refused'; readonly reasons: readonly Reason[] };

/** The last moment that a date can be. */
const never = 8.64e15;

/**
 * Whether leases leave room for an instance that has no end. Pure.
 *
 * @param demand with all of its devices named: these are the ones that it takes
 * @param leastMs backfill for a shorter time is refused
 */
export function outlookOf(
  book: Pick<LeaseBook, 'check' | 'meeting'>,
  capacity: LeaseCapacity,
  request: {
    readonly demand: LeaseDemand;
    readonly now: number;
    readonly leastMs: number;
    /** It cannot be ended by a lease: it is free or refused. */
    readonly permanent: boolean;
    /** Names of leases by id. */
    readonly nameOf: (id: string) => string;
  },
): Outlook {
  const { demand, now, leastMs, permanent, nameOf } = request;
  // Whether there is room beside what stands the placement has decided: only from where a lease is can one be in the way.
  const leases = book.meeting({ start: now, end: never });
  if (leases.length === 0) return { kind: 'free' };
  const start = leases.reduce((least, { interval }) => Math.min(least, interval.start), never);
  const leased = { start: Math.max(now, start), end: never };
  const shortages = book.check({ interval: leased, demand }, capacity);
  const first = shortages?.reduce((earliest, each) => (each.at < earliest.at ? each : earliest));
  if (shortages === null || first === undefined) return { kind: 'free' };
  const leaseAt = (at: number): string => {
    const there = book.meeting({ start: at, end: at + 1 });
    // Of those that are there then, the last to begin is the one that there is no room for.
    const last = there.reduce<(typeof there)[number] | null>(
      (latest, each) => (latest === null || each.interval.start >= latest.interval.start ? each : latest),
      null,
    );
    return last === null ? 'a lease' : `the lease "${nameOf(last.id)}"`;
  };
  if (!permanent && first.at - now >= leastMs) {
    return { kind: 'until', until: first.at, lease: leaseAt(first.at) };
  }
  return {
    kind: 'refused',
    reasons: shortages.map((shortage) => leasedReason(shortage, leaseAt(shortage.at))),
  };
}

const codes = {
  cores: 'cores-taken',
  memory: 'memory-taken',
  hugepages: 'hugepages-insufficient',
  devices: 'device-taken',
} as const;

function leasedReason({ resource, device, at, wanted, available }: LeaseShortage, lease: string): Reason {
  const what = device ?? resource;
  return {
    code: codes[resource],
    subject: device === null ? resource : `pci ${device}`,
    message: `From ${shownTime(at)} on ${lease} has what is asked for: of ${what} ${available} of ${wanted} would be left.`,
    fix: 'Book a lease for the time that is free (protium lease availability), or ask for less.',
    temporary: true,
    details: { at: shownTime(at), wanted, available },
  };
}

/** What whoever makes a backfill must know. */
export function backfillNotice({ until, lease }: { readonly until: number; readonly lease: string }): string {
  return `It is backfill: from ${shownTime(until)} on ${lease} has what it uses, and it is shut down before.`;
}
