import type { StartWindow } from './bookable-starts.ts';
import type { LeaseBook, LeaseCapacity, LeaseDemand } from './lease.ts';
import type { LeaseRecord } from './lease-record.ts';
import type { LeaseRules } from './lease-rules.ts';
import type { LeaseStore } from './lease-store.ts';

/** Further back no quota over time looks. */
const quotaBackMs = 32 * 24 * 3_600_000;

/** The owner's leases that rules may count: those that are not over, and what ended not long ago. */
export function ownedBy(
  store: Pick<LeaseStore, 'live' | 'endedOf'>,
  owner: string,
  now: number,
): readonly LeaseRecord[] {
  const live = store.live().filter((lease) => lease.owner === owner);
  return [...live, ...store.endedOf(owner, now - quotaBackMs)];
}

/** The same of those that the user made, whatever their projects. */
export function madeBy(
  store: Pick<LeaseStore, 'live' | 'endedMadeBy'>,
  creator: string | undefined,
  now: number,
): readonly LeaseRecord[] {
  if (creator === undefined) return [];
  const live = store.live().filter((lease) => lease.creator === creator);
  return [...live, ...store.endedMadeBy(creator, now - quotaBackMs)];
}

export interface StartsWanted {
  readonly owner: string;
  readonly demand: LeaseDemand;
  readonly lengthMs: number;
  readonly from: number;
  /** null and undefined: as far ahead as may be booked. */
  readonly until?: number | null;
  /** How many windows; undefined: one. */
  readonly limit?: number;
  readonly now: number;
  readonly own: readonly LeaseRecord[];
  /** Who makes it, and their other leases. */
  readonly creator?: string | undefined;
  readonly made: readonly LeaseRecord[];
}

/** The first starts at which a lease both fits and is allowed: what `create` then takes. */
export function findStarts(
  { from, until = null, limit = 1, ...wanted }: StartsWanted,
  host: {
    readonly book: Pick<LeaseBook, 'earliest'>;
    readonly rules: LeaseRules;
    readonly capacity: LeaseCapacity;
  },
): readonly StartWindow[] {
  const { book, rules, capacity } = host;
  const horizon = Math.min(until ?? Infinity, rules.horizon(wanted.now));
  const found: StartWindow[] = [];
  for (const window of rules.starts(wanted, roomFrom(from))) {
    found.push(window);
    if (found.length === limit) break;
  }
  return found;

  function* roomFrom(first: number): Generator<StartWindow> {
    const { lengthMs, demand } = wanted;
    for (let next = first; next <= horizon;) {
      const some = book.earliest({ from: next, horizon, lengthMs, demand, limit: someAtOnce }, capacity);
      yield* some;
      const last = some.at(-1);
      if (last === undefined || some.length < someAtOnce) return;
      next = last.latestStart + 1;
    }
  }
}

/** How many windows of the book are looked at before more are searched for. */
const someAtOnce = 20;
