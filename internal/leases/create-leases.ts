import { createHmac, randomUUID } from 'node:crypto';
import { ProtiumError } from '../errors/protium-error.ts';
import type { KeyedLock } from '../operations/keyed-lock.ts';
import type { PlacementAnswer, Reason } from '../placement/plan.ts';
import { specfileOf } from '../spec/specfile.ts';
import type { Spec } from '../spec/spec.ts';
import { askedOf } from '../subscriptions/holds.ts';
import type { Announce } from './announce.ts';
import { createLeaseBook } from './book.ts';
import { noLease } from './holds.ts';
import { launchOf, withoutSecretsOf } from './launch-config.ts';
import type { BookedLease, Interval, LeaseBook, LeaseCapacity, LeaseDemand } from './lease.ts';
import { isLive, type LeaseRecord } from './lease-record.ts';
import type { LeaseRules } from './lease-rules.ts';
import type { LeaseStore } from './lease-store.ts';
import { findStarts, madeBy, ownedBy, type StartsWanted } from './find-starts.ts';
import type { StartWindow } from './bookable-starts.ts';
import { etagOf, type BookedWish, type CreateLease, type Leases } from './leases.ts';
import { conflict, shownInterval, shownShortage } from './refusals.ts';
import { shownTime } from './shown-time.ts';

export interface LeasesOptions {
  readonly store: LeaseStore;
  readonly book: LeaseBook;
  /** As it is now. */
  readonly capacity: () => LeaseCapacity;
  /** As instances are placed with. */
  readonly locks: KeyedLock;
  /** Where it would go now, for what could never be. */
  readonly check: (spec: Spec) => Promise<PlacementAnswer>;
  readonly rules: () => Promise<LeaseRules>;
  /** Devices that a lease would get, as things are; null: none suit. */
  readonly bind: (lease: BookedLease, capacity: LeaseCapacity) => readonly string[] | null;
  readonly announce: Announce;
  /** The leases have changed. */
  readonly onChange: () => void;
  readonly ready: () => Promise<void>;
  /** Keeps the digests of requests from telling what was asked for. */
  readonly requestKey: Uint8Array;
  readonly now: () => number;
}

/** What the rules are asked about. */
interface Wanted {
  readonly owner: string;
  readonly creator: string | undefined;
  readonly intervals: readonly Interval[];
  readonly demand: LeaseDemand;
  readonly begun: boolean;
}

const nowhere = 'There is no time as long as that in which it fits and the rules allow it.';
/** A start that is so little past means now: requests take a moment, and clocks differ. */
const lateMs = 60_000;

export function createLeases(options: LeasesOptions): Leases {
  const { store, book, locks, announce, capacity, now } = options;
  const empty = createLeaseBook();

  const requireRoom = (
    { owner, creator, intervals, demand }: Omit<Wanted, 'begun'>,
    rules: LeaseRules,
    without?: string,
  ): void => {
    const there = capacity();
    for (const interval of intervals) {
      const shortages = book.check({ interval, demand }, there, without);
      if (shortages === null) continue;
      const { start, end } = interval;
      const next = () =>
        starts({ owner, creator, demand, from: start, lengthMs: end - start }, rules)[0]?.start;
      throw conflict({ shortages, interval, demand, next, empty, capacity: there });
    }
  };

  const starts = (
    wanted: Omit<StartsWanted, 'now' | 'own' | 'made'>,
    rules: LeaseRules,
  ): readonly StartWindow[] => {
    const own = ownedBy(store, wanted.owner, now());
    const made = madeBy(store, wanted.creator, now());
    return findStarts({ ...wanted, now: now(), own, made }, { book, rules, capacity: capacity() });
  };

  /** `at`: the time by which the intervals were made. */
  const requireAllowed = (
    rules: LeaseRules,
    { owner, ...request }: Wanted,
    { at = now(), without }: { readonly at?: number; readonly without?: string } = {},
  ): void => {
    const isOther = ({ id }: LeaseRecord): boolean => id !== without;
    const own = ownedBy(store, owner, at).filter(isOther);
    const made = madeBy(store, request.creator, at).filter(isOther);
    const problems = rules.problems({ ...request, owner, now: at, own, made });
    if (problems.length === 0) return;
    throw new ProtiumError('lease-refused', problems.join(' '), { details: { problems } });
  };

  const repeated = (request: CreateLease, digest: string): readonly LeaseRecord[] | null => {
    const { owner, idempotencyKey } = request;
    const before = idempotencyKey === '' ? null : store.byKey(owner, idempotencyKey);
    if (before === null) return null;
    if (before.digest === digest) return before.leases;
    throw new ProtiumError(
      'definition-conflict',
      'The idempotency key was used before, for another request. Use a new key for a new request.',
      { details: { leases: before.leases.map(({ id }) => id) } },
    );
  };

  const get = (named: string): LeaseRecord => {
    const found = store.get(named.toLowerCase());
    if (found !== undefined) return found;
    const called = store.live().filter(({ name }) => name === named);
    const [only] = called;
    if (only === undefined) throw noLease(named);
    if (called.length === 1) return only;
    throw new ProtiumError('argument-invalid', `Several leases are called "${named}": name one by its id.`, {
      details: { field: 'lease', leases: called.map(({ id }) => id) },
    });
  };
  const current = (named: string, etag: string): LeaseRecord => {
    const lease = get(named);
    if (etag !== '' && etag !== etagOf(lease)) {
      throw new ProtiumError(
        'precondition-failed',
        `The lease "${lease.name}" has changed since. Read it again.`,
        {
          details: { lease: lease.id, etag: etagOf(lease) },
        },
      );
    }
    return lease;
  };

  const keep = (lease: LeaseRecord): void => {
    const { start, end } = lease.interval;
    if (isLive(lease) && start < end) book.put(lease);
    else book.remove(lease.id);
  };

  const ended = (lease: LeaseRecord): ProtiumError =>
    new ProtiumError('state-conflict', `The lease "${lease.name}" is over (${lease.state}).`, {
      details: { lease: lease.id, state: lease.state },
    });

  /** A running one ends now; one that has not begun is cancelled. */
  const givenUp = (lease: LeaseRecord): Partial<LeaseRecord> => {
    const { state, interval, instance, held } = lease;
    if (state === 'pending' && instance === null && held === null) return { state: 'cancelled' };
    const end = Math.max(interval.start, Math.min(interval.end, now()));
    return { state: 'ending', interval: { start: interval.start, end }, attempts: 0, retryAt: 0 };
  };

  return {
    async create(request) {
      await options.ready();
      const { owner, creator, name, wish, validateOnly } = request;
      const digest = createHmac('sha256', options.requestKey).update(digestText(request)).digest('base64url');
      const before = repeated(request, digest);
      if (before !== null) return { leases: before, notices: [] };
      const rules = await options.rules();
      const demand: LeaseDemand = {
        ...askedOf(wish.spec),
        namedDevices: [...new Set(wish.namedDevices)].sort(),
      };
      const notices = request.launch ? await neverPossible(options.check, wish) : [];
      return locks.run(['allocation'], () => {
        const again = repeated(request, digest);
        if (again !== null) return { leases: again, notices: [] };
        // Read once: what starts now would be past when the next second begins on the way.
        const at = now();
        const intervals = intervalsOf(request, rules, at);
        requireAllowed(rules, { owner, creator, intervals, demand, begun: false }, { at });
        const recurrence = request.repeat === null ? null : randomUUID();
        const leases = intervals.map((interval, index): LeaseRecord => ({
          id: randomUUID(),
          owner,
          ...(creator === undefined ? {} : { creator }),
          name: recurrence === null ? name : `${name}-${index + 1}`,
          interval,
          demand,
          state: 'pending',
          launch: request.launch ? launchOf(wish.spec, wish.flavor) : null,
          endAction: request.endAction,
          graceMs: request.graceMs,
          warnBeforeMs: [...new Set(request.warnBeforeMs)].sort((a, b) => b - a),
          devices: [],
          instance: null,
          recurrence,
          problem: null,
          createdAt: now(),
          version: 1,
          held: null,
          warned: null,
          attempts: 0,
          retryAt: 0,
          bootId: null,
        }));
        requireFreeNames(store, owner, leases);
        requireRoom({ owner, creator, intervals, demand }, rules);
        if (!validateOnly) {
          store.insert(
            leases,
            request.idempotencyKey === '' ? null : { key: request.idempotencyKey, digest },
          );
          leases.forEach(keep);
          for (const lease of leases) void announce.lease(lease, 'booked');
          options.onChange();
        }
        return { leases, notices };
      });
    },
    list: (query) => store.list(query),
    get,
    async update({ lease: named, start, end, etag, validateOnly }) {
      await options.ready();
      const rules = await options.rules();
      return locks.run(['allocation'], () => {
        const lease = current(named, etag);
        if (!isLive(lease) || lease.state === 'ending') throw ended(lease);
        const { interval, owner, creator, state, devices } = lease;
        const begun = state === 'active' || interval.start <= now();
        if (begun && start !== null && start !== interval.start) {
          throw new ProtiumError(
            'state-conflict',
            `The lease "${lease.name}" has begun: its start is fixed.`,
            {
              details: { lease: lease.id },
            },
          );
        }
        const from = start ?? interval.start;
        const moved = { start: from, end: end ?? from + (interval.end - interval.start) };
        requireInterval(moved, begun ? now() : rules.startNow(now()), begun);
        // What it has by now it must have to its end.
        const held = state === 'active' ? devices : [];
        const namedDevices = [...new Set([...lease.demand.namedDevices, ...held])].sort();
        const demand = { ...lease.demand, namedDevices };
        requireAllowed(
          rules,
          { owner, creator, intervals: [moved], demand: lease.demand, begun },
          { without: lease.id },
        );
        const ahead = begun ? { ...moved, start: Math.max(moved.start, now()) } : moved;
        requireRoom({ owner, creator, intervals: [ahead], demand }, rules, lease.id);
        if (validateOnly) return { ...lease, interval: moved };
        const changed = store.update(lease.id, { interval: moved, attempts: 0, retryAt: 0 });
        keep(changed);
        void announce.lease(changed, 'changed');
        options.onChange();
        return changed;
      });
    },
    async cancel({ lease: named, etag, validateOnly }) {
      await options.ready();
      return locks.run(['allocation'], () => {
        const series = store.list({ recurrence: named.toLowerCase(), states: [], limit: 10_000 });
        const leases = series.length > 0 ? series.filter(isLive) : [current(named, etag)];
        const [first] = series.length > 0 ? series : leases;
        if (first !== undefined && !leases.some(isLive)) throw ended(first);
        if (validateOnly) return leases;
        return leases.map((lease) => {
          if (lease.state === 'ending') return lease;
          const changed = store.update(lease.id, givenUp(lease));
          keep(changed);
          void announce.lease(changed, changed.state === 'cancelled' ? 'cancelled' : 'ending');
          options.onChange();
          return changed;
        });
      });
    },
    async availability({ owner, creator, wish, durationMs: lengthMs, from, until, limit }) {
      await options.ready();
      const rules = await options.rules();
      const there = capacity();
      const demand: LeaseDemand = { ...askedOf(wish.spec), namedDevices: [...wish.namedDevices].sort() };
      // What starts now starts with the slot that it is.
      const first = Math.max(rules.startNow(now()), from ?? 0);
      const found = starts({ owner, creator, demand, lengthMs, from: first, until, limit }, rules);
      const interval = { start: first, end: first + lengthMs };
      const begun = false;
      const own = ownedBy(store, owner, now());
      const made = madeBy(store, creator, now());
      const reasons =
        found.length > 0
          ? []
          : [
              ...rules.problems({
                owner,
                creator,
                intervals: [interval],
                demand,
                now: now(),
                own,
                made,
                begun,
              }),
              ...(book.check({ interval, demand }, there) ?? []).map(shownShortage),
            ];
      return {
        windows: found.map(({ start, latestStart }) => ({
          start,
          latestStart,
          devices:
            options.bind(
              { id: '', interval: { start, end: start + lengthMs }, demand, devices: [] },
              there,
            ) ?? [],
        })),
        shortages: found.length > 0 || reasons.length > 0 ? reasons : [nowhere],
      };
    },
    async calendar(interval) {
      await options.ready();
      const there = capacity();
      const leases = store
        .list({ from: interval.start, until: interval.end, states: [], limit: 100_000 })
        .filter(({ state }) => state !== 'cancelled');
      return { interval, capacity: there, steps: book.profile(interval, there), leases };
    },
  };
}

function requireFreeNames(store: LeaseStore, owner: string, leases: readonly LeaseRecord[]): void {
  const names = new Set(leases.map(({ name }) => name));
  const taken = store.live().find((lease) => lease.owner === owner && names.has(lease.name));
  if (taken === undefined) return;
  throw new ProtiumError('already-exists', `There is a lease "${taken.name}" already that is not over.`, {
    details: { lease: taken.id },
  });
}

function intervalsOf(request: CreateLease, rules: LeaseRules, now: number): readonly Interval[] {
  const { repeat, durationMs } = request;
  const said = request.start ?? now;
  const start = said <= now && said > now - lateMs ? rules.startNow(now) : said;
  const first = { start, end: request.end ?? start + durationMs };
  requireInterval(first, rules.startNow(now), false);
  return repeat === null ? [first] : rules.occurrences(first, repeat);
}

function requireInterval(interval: Interval, now: number, begun: boolean): void {
  const { start, end } = interval;
  const wrong = (field: string, message: string): ProtiumError =>
    new ProtiumError('argument-invalid', message, { details: { field, now: shownTime(now) } });
  if (end <= start) {
    throw wrong('end_time', `A lease ends after it starts; from ${shownInterval(interval)} is no time.`);
  }
  if (!begun && start < now) {
    throw wrong('start_time', `${shownTime(start)} is past: it is ${shownTime(now)}. Start now, or later.`);
  }
  if (end <= now) {
    throw wrong('end_time', `${shownTime(end)} is past: it is ${shownTime(now)}. To end it now, cancel it.`);
  }
}

/** What is taken now may be free then; what is missing for good is missing then too. */
async function neverPossible(
  check: LeasesOptions['check'],
  { spec }: BookedWish,
): Promise<readonly string[]> {
  const answer = await check(spec);
  if (answer.ok) return [];
  const lasting = answer.refusal.reasons.filter(({ temporary }) => !temporary);
  if (lasting.length === 0) return [];
  const texts = lasting.map(({ code, message }: Reason) => `${code}: ${message}`);
  throw new ProtiumError('host-incapable', texts.join(' '), { details: { reasons: texts } });
}

function digestText({
  wish,
  // The same request of another who may make it means the same lease.
  creator: _creator,
  idempotencyKey: _key,
  validateOnly: _validateOnly,
  ...request
}: CreateLease): string {
  const { spec, flavor, namedDevices } = wish;
  return JSON.stringify([request, specfileOf(spec, { secrets: true }), flavor, namedDevices]);
}

/** A lease as it may be shown: its launch without secrets. */
export function shownLaunch(lease: LeaseRecord): LeaseRecord['launch'] {
  return withoutSecretsOf(lease.launch);
}
