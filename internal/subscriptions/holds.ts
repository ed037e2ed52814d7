import { isDeepStrictEqual } from 'node:util';
import { ProtiumError } from '../errors/protium-error.ts';
import type { Claim } from '../placement/claim.ts';
import type { Plan } from '../placement/plan.ts';
import type { Spec } from '../spec/spec.ts';
import { subscriptionClaims } from './claims.ts';
import type { HeldAddress } from '../floating-addresses/held-address.ts';
import { heldStorage } from './held-storage.ts';
import type { Asked, Subscription } from './subscription.ts';
import { keptPlan, type SubscriptionStore } from './subscription-store.ts';

/** What subscriptions mean for the placing of instances. All of it is to be used under the lock `allocation`. */
export interface SubscriptionHolds {
  /** What they hold beside what is taken; of `without` (an id) nothing. */
  claims(taken: readonly Claim[], without?: string | null): readonly Claim[];
  /** Bytes of the pool that are kept for others than `except`. */
  storageOf(pool: string, usedBy: (owner: string) => number, except: string | null): number;
  /** Addresses that are held, the longest held first, whether they lead to an instance or not. */
  addresses(): readonly HeldAddress[];
  /** In which something is held. */
  pools(): readonly string[];
  /**
   * That the owner may have an instance like this placed on it. Throws `not-found`, `argument-invalid` when the instance asks
   * for something else than is held, and `resource-in-use` when another one lives there.
   */
  requireFree(
    id: string,
    request: { readonly owner: string; readonly spec: Spec },
    isThere: (uuid: string) => boolean,
  ): void;
  /** The instance lives on it from now on, while it is there. */
  occupy(id: string, instance: string, plan: Plan): void;
  /** The one that the instance was placed on and that goes on; null: there is none. */
  paying(instance: string): string | null;
  /** Differs whenever `claims` or `storageOf` may answer otherwise. */
  revision(): number;
}

export function createSubscriptionHolds(store: SubscriptionStore): SubscriptionHolds {
  const active = (): readonly Subscription[] => store.all().filter(({ endedAt }) => endedAt === null);
  return {
    claims: (taken, without = null) => subscriptionClaims(active(), taken, without),
    storageOf: (pool, usedBy, except) => heldStorage(active(), pool, usedBy, except),
    addresses: () =>
      active().flatMap(({ owner, held }) =>
        held.kind === 'address' ? [{ address: held.address, owner }] : [],
      ),
    pools: () => [...new Set(active().flatMap(({ held }) => (held.kind === 'storage' ? [held.pool] : [])))],
    requireFree(id, { owner, spec }, isThere) {
      const found = store.get(id);
      if (found?.owner !== owner || found.endedAt !== null) throw noSubscription(id);
      const { held, instance, plan } = found;
      if (held.kind !== 'flavor') {
        throw new ProtiumError(
          'argument-invalid',
          `That subscription is of ${held.kind === 'storage' ? 'storage' : 'an address'}: no VM can live on it.`,
          {
            details: { field: 'subscription' },
          },
        );
      }
      if (!isDeepStrictEqual(askedOf(spec), held.asked)) {
        throw new ProtiumError(
          'argument-invalid',
          `The subscription holds the processor, memory and devices of the flavor "${plan}"; this VM asks for others.`,
          { details: { field: 'subscription', flavor: plan } },
        );
      }
      if (instance !== null && isThere(instance)) throw inUse(id, instance);
    },
    occupy(id, instance, plan) {
      const found = store.get(id);
      if (found?.held.kind !== 'flavor') throw noSubscription(id);
      store.occupy(id, instance, { ...found.held, plan: keptPlan(plan) });
    },
    paying: (instance) => active().find((subscription) => subscription.instance === instance)?.id ?? null,
    revision: () => store.revision(),
  };
}

/** Of a spec what takes a part of the host. */
export function askedOf({ cpu, memory, pci, tuning }: Spec): Asked {
  return {
    slots: cpu.slots,
    allowSmt: cpu.allowSmt,
    overprovision: cpu.overprovision,
    topology: tuning.topology,
    memoryMib: memory.mib,
    hugepages: tuning.hugepages,
    devices: pci
      .map(({ vendor, model, quantity }) => ({ vendor, model, quantity }))
      .sort((a, b) => (`${a.vendor}:${a.model}` < `${b.vendor}:${b.model}` ? -1 : 1)),
  };
}

export function noSubscription(id: string): ProtiumError {
  return new ProtiumError('not-found', `There is no subscription "${id}".`, {
    details: { subscription: id },
  });
}

export function inUse(id: string, instance: string): ProtiumError {
  return new ProtiumError(
    'resource-in-use',
    `The VM ${instance} lives on the subscription "${id}". Remove the VM first.`,
    { details: { subscription: id, instance } },
  );
}
