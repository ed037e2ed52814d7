import type { V1Sources } from '../../internal/api/v1/services.ts';
import type { Config } from '../../internal/config/config.ts';
import type { EventLog } from '../../internal/events/event-log.ts';
import type { Flavors } from '../../internal/flavors/flavor.ts';
import type { GuestAgent } from '../../internal/guest-agent/guest-agent.ts';
import type { HostReader } from '../../internal/host/reader.ts';
import type { Images } from '../../internal/images/image.ts';
import type { KeyPairs } from '../../internal/key-pairs/key-pair.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { KeyedLock } from '../../internal/operations/keyed-lock.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import type { Volumes } from '../../internal/storage/volumes/volumes.ts';
import type { Database } from '../../internal/store/database.ts';
import { secretKey } from '../../internal/store/secret-key.ts';
import type { OpenAddressRooms } from './address-rooms.ts';
import { createBookingRoom } from './booking-room.ts';
import { ClosingStack } from './closing-stack.ts';
import type { InstanceUseCases } from './instance-room.ts';
import { leaseInstances } from './lease-instances.ts';
import { createLeaseRoom, type LeaseRoom } from './lease-room.ts';
import type { ProjectsRoom } from './projects-room.ts';
import { createProvisionRoom } from './provision-room.ts';

/** The rooms of leases, of provisions, which are leases for a text, and of bookings in AIVC's way. */
export interface RentalRooms extends Pick<LeaseRoom, 'holds' | 'reclaim'> {
  open(uses: RentalUses): {
    readonly leases: V1Sources['leases']['leases'];
    readonly services: Pick<V1Sources, 'leases' | 'provisions' | 'bookings'>;
    /** Begins to keep the times; after the live view was started. */
    start(): void;
    stop(): Promise<void>;
  };
}

/** What rentals are made of. */
export interface RentalUses {
  readonly operations: Operations;
  readonly instanceUseCases: Pick<InstanceUseCases, 'instances' | 'lifecycle' | 'changes' | 'wait'>;
  readonly agent: GuestAgent;
  readonly addresses: Pick<OpenAddressRooms, 'floatingAddresses' | 'portForwards'>;
  readonly images: Images;
  readonly volumes: Volumes;
  readonly flavors: Flavors;
  readonly events: EventLog;
  readonly ready: () => Promise<void>;
}

/** Wires these rooms. */
export function createRentalRooms(parts: {
  readonly config: Pick<Config, 'hostRoot' | 'leasesFile' | 'stateDirectory' | 'storage' | 'bookingDataset'>;
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly database: Database;
  readonly locks: KeyedLock;
  readonly host: HostReader;
  readonly keyPairs: KeyPairs;
  readonly projects: Pick<ProjectsRoom, 'store' | 'quotaOfUser'>;
  readonly log: Logger;
}): RentalRooms {
  const { config, client, view, database, locks, host, keyPairs, projects, log } = parts;
  const quotaOf = (owner: string) => projects.store.quota(owner);
  const leaseRoom = createLeaseRoom({
    config,
    database,
    view,
    locks,
    quotaOf,
    quotaOfUser: projects.quotaOfUser,
    log,
  });
  return {
    holds: leaseRoom.holds,
    reclaim: (instances) => leaseRoom.reclaim(instances),
    open(uses) {
      const { operations, agent, addresses, images, volumes, flavors, events, ready } = uses;
      const { instances, lifecycle, changes, wait } = uses.instanceUseCases;
      const requestKey = secretKey(config.stateDirectory);
      const doing = leaseInstances({ view, instances, lifecycle, changes, operations, agent });
      const closing = new ClosingStack();
      const lease = leaseRoom.open({ instances, doing, events, requestKey, ready });
      closing.add(() => lease.stop());
      const { leases } = lease;
      const provision = createProvisionRoom({
        database,
        leases,
        instances,
        doing,
        wait,
        view,
        agent,
        floating: addresses.floatingAddresses,
        images,
        requestKey,
        ready,
        log,
      });
      closing.add(() => provision.stop());
      const booking = createBookingRoom({
        client,
        database,
        operations,
        leases,
        host,
        images,
        volumes,
        storage: config.storage,
        dataset: config.bookingDataset,
        portForwards: addresses.portForwards,
        lifecycle,
        view,
        events,
        log,
      });
      closing.add(() => booking.stop());
      return {
        leases,
        services: {
          leases: { leases, flavors, images, keyPairs },
          provisions: { provisions: provision.provisions, pciNames: provision.pciNames, keyPairs },
          bookings: booking.bookings,
        },
        start() {
          lease.start();
          provision.start();
          booking.start();
        },
        stop: () => closing.close(),
      };
    },
  };
}
