import { createBookingStore } from '../../internal/booking/booking-store.ts';
import type { Bookings } from '../../internal/booking/booking.ts';
import { cardClasses } from '../../internal/booking/card-classes.ts';
import { createBookings } from '../../internal/booking/create-bookings.ts';
import { leasesOfBookings } from '../../internal/booking/leases-of-bookings.ts';
import { createPortKeeper } from '../../internal/booking/port-keeper.ts';
import { createUserVolumes } from '../../internal/booking/user-volumes.ts';
import type { EventLog } from '../../internal/events/event-log.ts';
import type { HostReader } from '../../internal/host/reader.ts';
import type { Images } from '../../internal/images/image.ts';
import type { Lifecycle } from '../../internal/instances/lifecycle/lifecycle.ts';
import type { Leases } from '../../internal/leases/leases.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import type { PortForwards } from '../../internal/port-forwards/port-forwards.ts';
import { hashPassword } from '../../internal/seed/password-hash.ts';
import { createPreparePool } from '../../internal/storage/pools/prepare-pool.ts';
import type { Volumes } from '../../internal/storage/volumes/volumes.ts';
import type { Database } from '../../internal/store/database.ts';

/** Wires the room of booking in AIVC's way. */
export function createBookingRoom(parts: {
  readonly client: LibvirtClient;
  readonly database: Database;
  readonly operations: Operations;
  readonly leases: Leases;
  readonly host: HostReader;
  readonly images: Pick<Images, 'list'>;
  readonly volumes: Volumes;
  readonly storage: { readonly pool: string; readonly directory: string };
  /** POOL/NAME of the volume that every booked machine reads; null: none. */
  readonly dataset: string | null;
  readonly portForwards: Pick<PortForwards, 'list' | 'open'>;
  readonly lifecycle: Pick<Lifecycle, 'power'>;
  readonly view: LiveView;
  readonly events: Pick<EventLog, 'watch'>;
  readonly log: Logger;
}): { readonly bookings: Bookings; start(): void; stop(): Promise<void> } {
  const { database, operations, leases, host, images, volumes, storage, client, view, events, log } = parts;
  const bookings = createBookings({
    locks: operations.locks,
    store: createBookingStore(database),
    leases: leasesOfBookings(leases),
    cards: async () => cardClasses(await host.read({ maxAgeMs: 60_000 })),
    images: () => images.list().map(({ name }) => name),
    hashForGuest: hashPassword,
    dataset: parts.dataset,
    userVolume: createUserVolumes({
      volumes,
      operations,
      pool: storage.pool,
      preparePool: createPreparePool({ client, view, locks: operations.locks, storage }),
    }),
    restart: async (instance) => {
      await parts.lifecycle.power(instance, 'reboot');
    },
  });
  const ports = createPortKeeper({
    wanted: () => bookings.ports(),
    portForwards: parts.portForwards,
    hostAddress: '0.0.0.0',
    view,
    log,
  });
  const stopping = new AbortController();
  /** A lease that begins has a VM whose port is to be opened at once: before its guest asks for an address. */
  const followLeases = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const ofLeases = { after: null, matches: isOfLease, signal: stopping.signal };
        for await (const event of events.watch(ofLeases)) if (isOfLease(event)) void ports.run(false);
      } catch (error) {
        // Too many at once: what was missed is made up for by a round.
        log.debug({ err: error }, 'the events of leases are followed anew');
        void ports.run(false);
      }
    }
  };
  let following: Promise<void> = Promise.resolve();
  return {
    bookings,
    start() {
      bookings.mend();
      ports.start();
      following = followLeases();
    },
    async stop() {
      stopping.abort();
      await following;
      await ports.stop();
    },
  };
}

function isOfLease({ kind }: { readonly kind: string }): boolean {
  return kind === 'lease';
}
