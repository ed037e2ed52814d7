import { ProtiumError } from '../errors/protium-error.ts';
import type { HostFacts } from '../host/facts.ts';
import type { HostSituation } from '../instances/instance.ts';
import type { Claim, DeviceCondition } from '../placement/claim.ts';
import type { PlacementPolicy, Plan } from '../placement/plan.ts';
import type { Spec } from '../spec/spec.ts';
import { askedOf } from '../subscriptions/holds.ts';
import { keptPlan } from '../subscriptions/subscription-store.ts';
import { leaseClaims, namedClaims } from './claims.ts';
import { exceeds } from './exceeds.ts';
import type { LeaseBook, LeaseCapacity } from './lease.ts';
import type { LeaseRecord } from './lease-record.ts';
import type { LeaseStore } from './lease-store.ts';
import { shownTime } from './shown-time.ts';
import type { Asked } from '../subscriptions/subscription.ts';
import { outlookOf, type Outlook } from './outlook.ts';
import type { TimedInstanceStore } from './timed-instance-store.ts';

/** What the host has and who has it, as leases count it. */
export interface CapacityInput {
  readonly host: HostFacts;
  /** Without what leases hold. */
  readonly claims: readonly Claim[];
  readonly conditions: readonly DeviceCondition[];
  readonly policy: Pick<PlacementPolicy, 'reservedMemoryMib' | 'overheadMib'>;
}

/** What leases mean for the placing of instances. All of it is to be used under the lock `allocation`. */
export interface LeaseHolds {
  /** Whether it has no part of the host while it is off, as its time is over. */
  holdsNothing(instance: string): boolean;
  /** What leases hold beside what is taken; of `without` (an id) nothing. */
  claims(taken: readonly Claim[], without?: string | null): readonly Claim[];
  /** Devices that coming leases name, as claims. */
  named(without?: string | null): readonly Claim[];
  /** How long an instance without a lease may have what was planned for it. `instance`: it is there already. */
  outlook(
    planned: {
      readonly spec: Spec;
      readonly plan: Plan;
      readonly instance?: string;
      readonly permanent: boolean;
    },
    input: CapacityInput,
  ): Outlook;
  /** Of the owner's lease of that name that is not over; what no lease is called is an id. */
  idOf(owner: string, named: string): string;
  /**
   * That the owner may have an instance like this placed on it. Throws `not-found`, `state-conflict` when it has not begun or is
   * over, `argument-invalid` when the instance asks for more than is leased, `resource-in-use` when another one lives there.
   */
  requireFree(
    id: string,
    request: { readonly owner: string; readonly spec: Spec },
    isThere: (uuid: string) => boolean,
  ): void;
  /** The instance lives on the lease from now on. */
  occupy(id: string, instance: string, plan: Plan): void;
  /** The instance is backfill until then. */
  limit(
    instance: { readonly uuid: string; readonly owner: string; readonly name: string; readonly spec: Spec },
    plan: Plan,
    until: number,
  ): void;
  /** Differs whenever anything above may answer otherwise. */
  revision(): string;
}

export interface LeaseHoldsOptions {
  readonly store: LeaseStore;
  readonly timed: TimedInstanceStore;
  readonly book: LeaseBook;
  readonly capacityOf: (input: CapacityInput) => LeaseCapacity;
  readonly now: () => number;
  /** Backfill for a shorter time is refused. */
  readonly leastBackfillMs: () => number;
}

export function createLeaseHolds(options: LeaseHoldsOptions): LeaseHolds {
  const { store, timed, book, capacityOf, now } = options;
  return {
    holdsNothing: (instance) => timed.get(instance)?.kind === 'released',
    claims: (taken, without = null) => leaseClaims(store.bound(), taken, without),
    named: (without = null) => namedClaims(store.naming(), without),
    outlook({ spec, plan, instance, permanent }, input) {
      const standing = standingClaims(input.claims, store.bound(), timed).filter(
        ({ holder }) => holder !== instance,
      );
      const demand = { ...askedOf(spec), namedDevices: plan.pci.map(({ address }) => address).sort() };
      const home = store.bound().find((lease) => instance !== undefined && lease.instance === instance);
      if (home !== undefined) return withinLease(demand, home);
      const own = instance === undefined ? undefined : timed.get(instance);
      if (own !== undefined) book.remove(backfillId(own.instance));
      try {
        const outlook = outlookOf(book, capacityOf({ ...input, claims: standing }), {
          demand,
          now: now(),
          leastMs: options.leastBackfillMs(),
          // What is backfill already may be another one, for as long.
          permanent: permanent && own?.kind !== 'backfill',
          nameOf: (id) => store.get(id)?.name ?? timed.get(id.slice(backfillPrefix.length))?.name ?? id,
        });
        const promised = own?.until ?? null;
        if (!permanent || outlook.kind !== 'until' || promised === null || outlook.until >= promised) {
          return outlook;
        }
        return refusedBy(
          `From ${shownTime(outlook.until)} on ${outlook.lease} has what is asked for; the VM may run until ${shownTime(promised)}.`,
        );
      } finally {
        if (own !== undefined) bookBackfill(book, own);
      }
    },
    idOf: (owner, named) =>
      store.live().find((lease) => lease.owner === owner && lease.name === named)?.id ?? named.toLowerCase(),
    requireFree(id, { owner, spec }, isThere) {
      const found = store.get(id);
      if (found?.owner !== owner) throw noLease(id);
      requireBegun(found, now());
      const more = exceeds(askedOf(spec), found.demand);
      if (more !== null) {
        throw new ProtiumError('argument-invalid', `The lease "${found.name}" does not have that: ${more}`, {
          details: { field: 'lease', lease: id },
        });
      }
      const { instance } = found;
      if (instance !== null && isThere(instance)) {
        throw new ProtiumError(
          'resource-in-use',
          `The VM ${instance} lives on the lease "${found.name}". Remove the VM first.`,
          { details: { lease: id, instance } },
        );
      }
    },
    occupy(id, instance, plan) {
      const devices = plan.pci.map(({ address }) => address).sort();
      const lease = store.update(id, { instance, held: keptPlan(plan), devices });
      timed.remove(instance);
      book.put(lease);
    },
    limit({ uuid, owner, name, spec }, plan, until) {
      const entry = {
        instance: uuid,
        kind: 'backfill' as const,
        owner,
        name,
        demand: { ...askedOf(spec), namedDevices: [] },
        devices: plan.pci.map(({ address }) => address).sort(),
        since: now(),
        until,
        warned: null,
      };
      timed.put(entry);
      bookBackfill(book, entry);
    },
    revision: () => `${store.revision()}.${timed.revision()}`,
  };
}

/** An instance that lives on a lease has what that has, and no more. */
function withinLease(demand: Asked, lease: LeaseRecord): Outlook {
  const more = exceeds(demand, lease.demand);
  return more === null ? { kind: 'free' } : refusedBy(`It lives on the lease "${lease.name}": ${more}`);
}

function refusedBy(message: string): Outlook {
  const reason = {
    code: 'cores-taken',
    subject: 'lease',
    message,
    fix: null,
    temporary: true,
    details: {},
  } as const;
  return { kind: 'refused', reasons: [reason] };
}

/** What there is for leases as the host stands; computed once for each of its situations. */
export function createCurrentCapacity(
  parts: Pick<LeaseHoldsOptions, 'store' | 'timed' | 'capacityOf'> & {
    readonly situation: () => HostSituation;
  },
): () => LeaseCapacity {
  const known = new WeakMap<HostSituation, LeaseCapacity>();
  return () => {
    const situation = parts.situation();
    let found = known.get(situation);
    if (found === undefined) {
      const { facts: host, claims, conditions, policy } = situation;
      const standing = standingClaims(claims, parts.store.bound(), parts.timed);
      found = parts.capacityOf({ host, claims: standing, conditions, policy });
      known.set(situation, found);
    }
    return found;
  };
}

const backfillPrefix = 'instance ';

/** Under which a backfill stands in the book of leases. */
export function backfillId(instance: string): string {
  return `${backfillPrefix}${instance}`;
}

/** A backfill counts until it has to go; one that is over counts no more. */
export function bookBackfill(
  book: Pick<LeaseBook, 'put' | 'remove'>,
  { instance, kind, demand, devices, since, until }: NonNullable<ReturnType<TimedInstanceStore['get']>>,
): void {
  if (kind === 'backfill' && until !== null && until > since) {
    book.put({ id: backfillId(instance), interval: { start: since, end: until }, demand, devices });
  } else book.remove(backfillId(instance));
}

/** Of what is taken what has no known end: not what leases, their instances and backfills have. Pure. */
function standingClaims(
  claims: readonly Claim[],
  leases: readonly LeaseRecord[],
  timed: Pick<TimedInstanceStore, 'get'>,
): readonly Claim[] {
  const leased = new Set(leases.flatMap(({ instance }) => instance ?? []));
  return claims.filter(
    ({ kind, holder }) => kind !== 'lease' && !leased.has(holder) && timed.get(holder)?.kind !== 'backfill',
  );
}

export function noLease(id: string): ProtiumError {
  return new ProtiumError('not-found', `There is no lease "${id}".`, { details: { lease: id } });
}

function requireBegun({ id, name, state, interval }: LeaseRecord, now: number): void {
  const begun = state === 'active' || (state === 'pending' && interval.start <= now && now < interval.end);
  if (begun) return;
  const over = state !== 'pending' || now >= interval.end;
  throw new ProtiumError(
    'state-conflict',
    over ? `The lease "${name}" is over.` : `The lease "${name}" has not begun yet.`,
    { details: { lease: id, state } },
  );
}
