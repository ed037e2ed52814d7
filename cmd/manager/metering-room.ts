import type { Config } from '../../internal/config/config.ts';
import type { Flavors } from '../../internal/flavors/flavor.ts';
import type { FloatingAddresses } from '../../internal/floating-addresses/floating-address.ts';
import { readBootId } from '../../internal/host/boot-id.ts';
import type { Instances } from '../../internal/instances/instance.ts';
import type { InstanceRecords } from '../../internal/instances/records.ts';
import { createInvoices } from '../../internal/invoices/invoices.ts';
import type { Invoices } from '../../internal/invoices/invoices.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { KeyedLock } from '../../internal/operations/keyed-lock.ts';
import type { Database } from '../../internal/store/database.ts';
import { createSubscriptions } from '../../internal/subscriptions/create-subscriptions.ts';
import { flavorSource } from '../../internal/subscriptions/flavor-source.ts';
import { createSubscriptionHolds, type SubscriptionHolds } from '../../internal/subscriptions/holds.ts';
import type { Subscriptions } from '../../internal/subscriptions/subscription.ts';
import { createSubscriptionStore } from '../../internal/subscriptions/subscription-store.ts';
import { createUsage } from '../../internal/usage/follow-usage.ts';
import { machineNow } from '../../internal/usage/moment.ts';
import { createRunStore } from '../../internal/usage/run-store.ts';
import type { Usage } from '../../internal/usage/usage.ts';

export interface MeteringRoom {
  /** For the placing of instances. */
  readonly holds: SubscriptionHolds;
  /** The use cases, once there are instances. */
  open(parts: {
    readonly instances: Pick<Instances, 'check' | 'situation' | 'uuidOfUnmade'>;
    readonly flavors: Flavors;
    readonly floatingAddresses: FloatingAddresses;
    readonly ready: () => Promise<void>;
  }): {
    readonly services: {
      readonly usage: Usage;
      readonly invoices: Invoices;
      readonly subscriptions: Subscriptions;
    };
    /** Begins to follow what runs; before the live view is started. */
    start(): void;
    stop(): void;
  };
}

/** Wires the rooms of usage, invoices and subscriptions. */
export function createMeteringRoom(parts: {
  readonly config: Pick<Config, 'hostRoot' | 'storage' | 'subscriptions'>;
  readonly view: LiveView;
  readonly records: InstanceRecords;
  readonly database: Database;
  readonly locks: KeyedLock;
  readonly log: Logger;
}): MeteringRoom {
  const { config, view, records, database, locks, log } = parts;
  const store = createSubscriptionStore(database);
  const holds = createSubscriptionHolds(store);
  return {
    holds,
    open({ instances, flavors, floatingAddresses, ready }) {
      const usage = createUsage({
        view,
        records,
        store: createRunStore(database),
        now: machineNow(readBootId(config.hostRoot)),
        priceOf: async (flavor) => (await flavors.get(flavor))?.pricePerHour ?? 0,
        subscriptionOf: (instance) => holds.paying(instance),
        log,
      });
      const subscriptions = createSubscriptions({
        store,
        flavors: flavorSource(flavors),
        prices: config.subscriptions,
        locks,
        check: (spec) => instances.check(spec, { permanent: true }),
        storage: {
          pool: config.storage.pool,
          freeBytes: () => instances.situation().policy.pool.availableBytes,
        },
        addresses: floatingAddresses,
        isThere: (instance) =>
          view.domain(instance) !== undefined || instances.uuidOfUnmade(instance) !== undefined,
        ready,
        onReleased: (instance) => usage.recharge(instance),
      });
      return {
        services: { usage, invoices: createInvoices({ usage, subscriptions }), subscriptions },
        start: () => usage.start(),
        stop: () => usage.stop(),
      };
    },
  };
}
