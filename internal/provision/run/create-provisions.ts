import { createHash, createHmac, randomUUID } from 'node:crypto';
import { ProtiumError } from '../../errors/protium-error.ts';
import { InvalidFields } from '../../errors/invalid-fields.ts';
import type { HostSituation } from '../../instances/instance.ts';
import type { LeaseState } from '../../leases/lease.ts';
import type { BookedWish, CreateLease, Leases } from '../../leases/leases.ts';
import { readCanallocateBody } from '../../spec/register-body.ts';
import type { ImageOnOffer } from './choose-image.ts';
import { hostOnOffer } from './host-on-offer.ts';
import { planProvision, type ProvisionPlan } from './plan.ts';
import { isOver, type Provision, type ProvisionRequest, type Provisions } from './provision.ts';
import type { ProvisionKeeper } from './provision-keeper.ts';
import type { ProvisionStore } from './provision-store.ts';

export interface ProvisionsOptions {
  readonly store: ProvisionStore;
  readonly keeper: Pick<ProvisionKeeper, 'tend'>;
  readonly leases: Pick<Leases, 'create' | 'get'>;
  readonly situation: () => HostSituation;
  readonly images: () => readonly ImageOnOffer[];
  /** Why no floating address can be had; null: one can. */
  readonly floatingProblem: () => string | null;
  /** Keeps the digests of requests from telling what was asked for. */
  readonly requestKey: Uint8Array;
  readonly now: () => number;
}

/** Codes with which a booking says that it cannot be; others are no answer to the question. */
const refusing: readonly string[] = ['lease-conflict', 'lease-refused', 'host-incapable', 'already-exists'];

export function createProvisions(options: ProvisionsOptions): Provisions {
  const { store, keeper, leases, requestKey, now } = options;

  const plan = async (request: ProvisionRequest): Promise<ProvisionPlan> => {
    const drafted = planProvision({
      analysis: request.analysis,
      choices: request.choices,
      host: { ...hostOnOffer(options.situation()), floatingProblem: options.floatingProblem() },
      images: options.images(),
      now: now(),
    });
    if (drafted.refusals.length > 0) return drafted;
    try {
      const booking = { ...bookingOf(request, drafted, ''), validateOnly: true };
      const { leases: possible, notices } = await leases.create(booking);
      // The policy may have it begin with a slot.
      return { ...drafted, ...possible[0]?.interval, notes: [...drafted.notes, ...notices] };
    } catch (error) {
      if (!(error instanceof ProtiumError) || !refusing.includes(error.code)) throw error;
      return { ...drafted, refusals: [error.message] };
    }
  };

  const get = (named: string): Provision => {
    const found = store.get(named.toLowerCase()) ?? store.named(named);
    if (found === undefined) throw new ProtiumError('not-found', `There is no provision "${named}".`);
    return withLease(found, leases);
  };

  return {
    plan,
    async run(request, { idempotencyKey, planEtag }) {
      const { creator, ...asked } = request;
      const { owner, choices, endAction, analysis } = asked;
      const digest = createHmac('sha256', requestKey).update(JSON.stringify(asked)).digest('base64url');
      const before = idempotencyKey === '' ? null : store.byKey(owner, idempotencyKey);
      if (before !== null) {
        if (before.digest === digest) return withLease(before.provision, leases);
        throw new ProtiumError(
          'definition-conflict',
          'The idempotency key was used before, for another request. Use a new key for a new request.',
          { details: { provision: before.provision.id } },
        );
      }
      const planned = await plan(request);
      if (planned.refusals.length > 0) {
        throw new ProtiumError('host-incapable', planned.refusals.join(' '), {
          details: { reasons: planned.refusals },
        });
      }
      if (planEtag !== '' && planEtag !== planEtagOf(planned)) {
        throw new ProtiumError('precondition-failed', 'The plan is another one by now. Look at it again.');
      }
      const id = randomUUID();
      const provision: Provision = {
        id,
        owner,
        ...(creator === undefined ? {} : { creator }),
        name: choices.name,
        state: 'booking',
        plan: planned,
        requirement: analysis.requirement,
        endAction,
        lease: null,
        instance: null,
        access: null,
        progress: 'book the lease',
        problem: null,
        outcome: null,
        createdAt: now(),
        version: 1,
      };
      // Kept first: whoever is cut short finds the lease that it booked by its key.
      store.insert(provision, idempotencyKey === '' ? null : { key: idempotencyKey, digest });
      try {
        const { leases: booked } = await leases.create(bookingOf(request, planned, id));
        const changed = store.update(id, {
          state: 'waiting',
          lease: booked[0]?.id ?? null,
          progress: 'wait for the start',
        });
        keeper.tend(id);
        return changed;
      } catch (error) {
        store.remove(id);
        throw error;
      }
    },
    list: (query) => store.list(query).map((each) => withLease(each, leases)),
    get,
    cancel(named, { validateOnly }) {
      const provision = get(named);
      const { id, name, state, lease } = provision;
      if (isOver(provision) || state === 'ready') {
        const way = state === 'ready' ? ` To end it now: protium lease cancel ${lease ?? ''}.` : '';
        throw new ProtiumError('state-conflict', `The provision "${name}" is ${state}.${way}`, {
          details: { provision: id, state },
        });
      }
      if (state === 'booking') {
        throw new ProtiumError('busy', `The lease of "${name}" is just being booked: try again.`);
      }
      if (validateOnly || state === 'undoing') return provision;
      const changed = store.update(id, { state: 'undoing', outcome: 'cancelled', progress: 'take it back' });
      keeper.tend(id);
      return changed;
    },
  };
}

/** Differs whenever what would be made does. */
export function planEtagOf({ config, end, start, floatingAddress }: ProvisionPlan): string {
  return createHash('sha256')
    .update(JSON.stringify([config, end - start, floatingAddress]))
    .digest('base64url')
    .slice(0, 22);
}

/** The booking that a plan means. @param id of the provision; empty: none is kept */
export function bookingOf(
  { owner, creator, endAction }: Pick<ProvisionRequest, 'owner' | 'creator' | 'endAction'>,
  { name, config, atOnce, start, end }: ProvisionPlan,
  id: string,
): CreateLease {
  return {
    owner,
    ...(creator === undefined ? {} : { creator }),
    name,
    wish: wishOf(config, name),
    start: atOnce ? null : start,
    end: null,
    durationMs: end - start,
    launch: true,
    endAction,
    graceMs: 120_000,
    warnBeforeMs: [3_600_000, 600_000].filter((before) => before < end - start),
    repeat: null,
    idempotencyKey: id === '' ? '' : `provision ${id}`,
    validateOnly: false,
  };
}

function wishOf(config: ProvisionPlan['config'], name: string): BookedWish {
  const read = readCanallocateBody(config);
  if (!read.ok) throw new InvalidFields(read.errors);
  return { spec: { ...read.spec, name }, flavor: null, namedDevices: [] };
}

/** A ready one is over when its lease is. */
function withLease(provision: Provision, leases: Pick<Leases, 'get'>): Provision {
  const { state, lease } = provision;
  if (state !== 'ready' || lease === null) return provision;
  const now = leaseState(lease, leases);
  return now === 'active' || now === 'pending' ? provision : { ...provision, state: 'ended' };
}

/** null: it was over long ago, and is not kept any more. */
function leaseState(id: string, leases: Pick<Leases, 'get'>): LeaseState | null {
  try {
    return leases.get(id).state;
  } catch (error) {
    if (error instanceof ProtiumError && error.code === 'not-found') return null;
    throw error;
  }
}
