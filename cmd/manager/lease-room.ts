import { systemClock } from '../../internal/computations/clock.ts';
import type { Config } from '../../internal/config/config.ts';
import type { EventLog } from '../../internal/events/event-log.ts';
import type { HostFacts } from '../../internal/host/facts.ts';
import { readBootId } from '../../internal/host/boot-id.ts';
import type { Instances } from '../../internal/instances/instance.ts';
import { createAnnounce } from '../../internal/leases/announce.ts';
import { createBackfillKeeper } from '../../internal/leases/backfill-keeper.ts';
import { bindDevices } from '../../internal/leases/bind-devices.ts';
import { createLeaseBook } from '../../internal/leases/book.ts';
import { leaseCapacity } from '../../internal/leases/capacity.ts';
import { createLeases } from '../../internal/leases/create-leases.ts';
import { createLeaseDeeds } from '../../internal/leases/deeds.ts';
import {
  bookBackfill,
  createCurrentCapacity,
  createLeaseHolds,
  type LeaseHolds,
} from '../../internal/leases/holds.ts';
import { createLeaseKeeper } from '../../internal/leases/keeper.ts';
import type { BookedLease, LeaseCapacity } from '../../internal/leases/lease.ts';
import type { LeaseInstances } from '../../internal/leases/lease-instances.ts';
import { leaseRules } from '../../internal/leases/lease-rules.ts';
import { createLeaseStore } from '../../internal/leases/lease-store.ts';
import type { LeasePolicy } from '../../internal/leases/policy.ts';
import type { Leases } from '../../internal/leases/leases.ts';
import { createLeasePruner } from '../../internal/leases/pruner.ts';
import { createReclaim } from '../../internal/leases/reclaim.ts';
import { createLeaseSettings } from '../../internal/leases/settings.ts';
import { createTimedInstanceStore } from '../../internal/leases/timed-instance-store.ts';
import { createWebhook } from '../../internal/leases/webhook.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { KeyedLock } from '../../internal/operations/keyed-lock.ts';
import type { Database } from '../../internal/store/database.ts';

export interface LeaseRoom {
  /** For the placing of instances. */
  readonly holds: LeaseHolds;
  /** Once there are instances: what comes before one is started. */
  reclaim(
    instances: Pick<Instances, 'get' | 'situation'>,
  ): (uuid: string, dryRun: boolean) => Promise<readonly string[]>;
  /** The use cases, and what keeps the times, once there is all that it is done with. */
  open(parts: {
    readonly instances: Pick<Instances, 'check' | 'situation' | 'get'>;
    readonly doing: LeaseInstances;
    readonly events: Pick<EventLog, 'append'>;
    readonly requestKey: Uint8Array;
    readonly ready: () => Promise<void>;
  }): { readonly leases: Leases; start(): void; stop(): void };
}

/** How long until it is looked again whether libvirt is there. */
const againMs = 1000;

/** Display controllers and processing accelerators, by PCI's class. */
function gpuClassesOf({ pci }: HostFacts): ReadonlySet<string> {
  const gpus = pci.filter((device) => device.class.startsWith('03') || device.class.startsWith('12'));
  return new Set(gpus.map(({ vendor, model }) => `${vendor}:${model}`));
}

/** Wires the room of leases. */
export function createLeaseRoom(parts: {
  readonly config: Pick<Config, 'hostRoot' | 'leasesFile'>;
  readonly database: Database;
  readonly view: Pick<LiveView, 'status'>;
  readonly locks: KeyedLock;
  /** What an owner's project may have. */
  readonly quotaOf: NonNullable<LeasePolicy['quotaOf']>;
  /** What a user may have, of all that they make. */
  readonly quotaOfUser: NonNullable<LeasePolicy['quotaOfUser']>;
  readonly log: Logger;
}): LeaseRoom {
  const { config, database, view, locks, quotaOf, quotaOfUser, log } = parts;
  const clock = systemClock;
  const now = () => clock.now();
  const settings = createLeaseSettings(config.leasesFile);
  const store = createLeaseStore(database);
  const timed = createTimedInstanceStore(database);
  const book = createLeaseBook();
  for (const lease of store.live()) if (lease.interval.start < lease.interval.end) book.put(lease);
  for (const entry of timed.all()) bookBackfill(book, entry);
  const holds = createLeaseHolds({
    store,
    timed,
    book,
    capacityOf: leaseCapacity,
    now,
    leastBackfillMs: () => settings.last().backfill.leastMs,
  });

  return {
    holds,
    reclaim: ({ get: instance, situation }) =>
      createReclaim({ store, timed, book, holds, locks, instance, situation }),
    open({ instances, doing, events, requestKey, ready }) {
      const stopping = new AbortController();
      const capacity = createCurrentCapacity({
        store,
        timed,
        capacityOf: leaseCapacity,
        situation: () => instances.situation(),
      });
      const bind = (lease: BookedLease, there: LeaseCapacity): readonly string[] | null => {
        const hours = store.deviceHours();
        const bound = bindDevices(
          lease,
          there,
          book.meeting(lease.interval),
          (address) => hours.get(address) ?? 0,
        );
        return bound.ok ? bound.devices : null;
      };
      const post = createWebhook({
        settings: async () => (await settings.read()).webhook,
        signal: stopping.signal,
      });
      const announce = createAnnounce({ events, post, now, log });
      const bootId = readBootId(config.hostRoot);
      const deeds = createLeaseDeeds({
        store,
        timed,
        book,
        instances: doing,
        announce,
        locks,
        bind: (lease) => bind(lease, capacity()),
        check: (spec, options) => instances.check(spec, options),
        bootId,
        now,
        log,
      });
      const backfill = createBackfillKeeper({
        timed,
        book,
        instances: doing,
        announce,
        times: () => settings.last().backfill,
        outlook: (uuid) =>
          locks.run(['allocation'], () => {
            const instance = instances.get(uuid);
            if (instance === undefined) return { kind: 'free' };
            const { spec, plan } = instance;
            const { facts: host, claims, conditions, policy } = instances.situation();
            return holds.outlook(
              { spec, plan, instance: uuid, permanent: false },
              { host, claims, conditions, policy },
            );
          }),
        now,
        log,
      });
      const sees = () => view.status().connected && view.status().ageMs !== null;
      const keeper = createLeaseKeeper({ store, deeds, backfill, clock, bootId, sees, log });
      const leases = createLeases({
        store,
        book,
        capacity,
        locks,
        check: (spec) => instances.check(spec),
        rules: async () =>
          leaseRules(
            { ...(await settings.read()).policy, quotaOf, quotaOfUser },
            gpuClassesOf(instances.situation().facts),
          ),
        bind,
        announce,
        onChange: () => keeper.poke(),
        ready,
        requestKey,
        now,
      });
      const pruner = createLeasePruner({ store, keepMs: () => settings.last().keepMs, clock, log });
      let callOff: () => void = () => undefined;
      const begin = (): void => {
        if (stopping.signal.aborted) return;
        Promise.all([ready(), settings.read()]).then(
          () => {
            keeper.start();
            pruner.start();
          },
          (error: unknown) => {
            log.debug({ err: error }, 'leases wait');
            callOff = clock.after(againMs, begin);
          },
        );
      };
      return {
        leases,
        start: begin,
        stop() {
          callOff();
          stopping.abort();
          keeper.stop();
          pruner.stop();
        },
      };
    },
  };
}
