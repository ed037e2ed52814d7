import { randomUUID } from 'node:crypto';
import { ProtiumError } from '../errors/protium-error.ts';
import type { FloatingAddresses } from '../floating-addresses/floating-address.ts';
import { refusedByHost } from '../instances/changes/refused-by-host.ts';
import type { KeyedLock } from '../operations/keyed-lock.ts';
import type { PlacementAnswer } from '../placement/plan.ts';
import type { Spec } from '../spec/spec.ts';
import { askedOf, inUse, noSubscription } from './holds.ts';
import {
  addressPlan,
  plansOf,
  storagePlan,
  storagePlanBytes,
  type PlannedFlavor,
  type SubscriptionPrices,
} from './plans.ts';
import type { Held, Subscription, Subscriptions } from './subscription.ts';
import { keptPlan, type SubscriptionStore } from './subscription-store.ts';

/** Where flavors come from. */
export interface FlavorSource {
  list(): Promise<readonly PlannedFlavor[]>;
  /** What an instance of the flavor asks for; undefined: there is no such flavor. */
  specOf(name: string): Promise<Spec | undefined>;
}

export interface SubscriptionsOptions {
  readonly store: SubscriptionStore;
  readonly flavors: FlavorSource;
  readonly prices: SubscriptionPrices;
  /** As instances are placed with. */
  readonly locks: KeyedLock;
  /** Whether the host has room for it now, and where. */
  readonly check: (spec: Spec) => Promise<PlacementAnswer>;
  /** Where storage is held, and how many of its bytes are neither used nor held. */
  readonly storage: { readonly pool: string; readonly freeBytes: () => number | null };
  readonly addresses: Pick<FloatingAddresses, 'hold' | 'list' | 'condition'>;
  /** Whether there is such an instance, or is about to be. */
  readonly isThere: (instance: string) => boolean;
  /** Resolves when nothing is left of what an earlier daemon began; rejects when libvirt cannot be reached. */
  readonly ready: () => Promise<void>;
  /** An instance is no longer paid for by its subscription. */
  readonly onReleased: (instance: string) => void;
  readonly now?: () => number;
}

/** The use cases of subscriptions. */
export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { store, flavors, prices, locks, storage, addresses, isThere, now = Date.now } = options;
  const plans = async () => plansOf(await flavors.list(), prices, addresses.condition().addresses !== null);

  const planOf = async (id: string) => {
    const plan = (await plans()).find((offered) => offered.id === id);
    if (plan !== undefined) return plan;
    throw new ProtiumError('not-found', `There is no plan "${id}" to subscribe to.`, {
      details: { plan: id },
    });
  };
  const usedBy = ({ owner, held, instance, endedAt }: Subscription): string | null => {
    if (endedAt !== null) return null;
    if (held.kind === 'address') {
      return addresses.list(owner).find(({ address }) => address === held.address)?.instance ?? null;
    }
    return instance !== null && isThere(instance) ? instance : null;
  };
  const get = (id: string, owner?: string): Subscription => {
    const found = store.get(id);
    if (found === undefined || (owner !== undefined && found.owner !== owner)) throw noSubscription(id);
    return found;
  };
  const repeated = (owner: string, key: string, plan: string): Subscription | null => {
    const before = key === '' ? undefined : store.byIdempotencyKey(owner, key);
    if (before === undefined) return null;
    if (before.plan === plan) return before;
    throw new ProtiumError(
      'definition-conflict',
      'The idempotency key was used before, for another request. Use a new key for a new request.',
      { details: { subscription: before.id } },
    );
  };
  const room = async (plan: string): Promise<Held> => {
    if (plan === storagePlan) return roomForStorage();
    const spec = await flavors.specOf(plan);
    if (spec === undefined) {
      throw new ProtiumError('not-found', `The flavor "${plan}" is gone.`, { details: { plan } });
    }
    const bare: Spec = { ...spec, volumes: [], networks: [], guest: null };
    const answer = await options.check(bare);
    if (!answer.ok) throw refusedByHost(answer.refusal);
    return { kind: 'flavor', flavor: plan, asked: askedOf(bare), plan: keptPlan(answer.plan) };
  };
  const roomForStorage = (): Held => {
    const { pool } = storage;
    const freeBytes = storage.freeBytes();
    if (freeBytes === null) {
      throw new ProtiumError(
        'storage-full',
        `The storage pool "${pool}" is not there or not active: how much it could hold is not known.`,
        { details: { pool } },
      );
    }
    if (freeBytes < storagePlanBytes) {
      throw new ProtiumError(
        'storage-full',
        `Of the storage pool "${pool}" ${Math.floor(Math.max(0, freeBytes) / 1024 ** 3)} GiB are neither used nor held for others; the plan is of ${storagePlanBytes / 1024 ** 3} GiB.`,
        { details: { pool, freeBytes } },
      );
    }
    return { kind: 'storage', pool, bytes: storagePlanBytes };
  };

  return {
    plans,
    list: ({ owner, ended = false }) =>
      store
        .all()
        .filter(
          (found) => (owner === undefined || found.owner === owner) && (ended || found.endedAt === null),
        ),
    get,
    usedBy,
    async create({ owner, plan: id, idempotencyKey = '', validateOnly = false }) {
      await options.ready();
      // What is held for one must not go to another: planned and written as instances are.
      return locks.run(['allocation'], async () => {
        const before = repeated(owner, idempotencyKey, id);
        if (before !== null) return before;
        const { pricePerMonth } = await planOf(id);
        const begin = (held: Held): Subscription => {
          const made: Subscription = {
            id: randomUUID(),
            owner,
            plan: id,
            pricePerMonth,
            held,
            instance: null,
            createdAt: now(),
            endedAt: null,
          };
          if (!validateOnly) store.insert(made, idempotencyKey === '' ? null : idempotencyKey);
          return made;
        };
        if (id !== addressPlan) return begin(await room(id));
        return addresses.hold((address) => begin({ kind: 'address', address }));
      });
    },
    async end({ id, owner, keepInstance = false, validateOnly = false }) {
      await options.ready();
      return locks.run(['allocation'], () => {
        const found = get(id, owner);
        if (found.endedAt !== null) throw noSubscription(id);
        const user = usedBy(found);
        // An address goes on leading where it leads: nothing of the instance is given up by it.
        const livesOnIt = found.held.kind === 'flavor' ? user : null;
        if (livesOnIt !== null && !keepInstance) throw inUse(id, livesOnIt);
        if (validateOnly) return found;
        store.end(id, now());
        if (livesOnIt !== null) options.onReleased(livesOnIt);
        return get(id);
      });
    },
  };
}
