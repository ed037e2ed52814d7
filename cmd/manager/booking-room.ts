import { createBookingStore } from '../../internal/booking/booking-store.ts';
import type { Bookings } from '../../internal/booking/booking.ts';
import { cardClasses } from '../../internal/booking/card-classes.ts';
import { createBookings } from '../../internal/booking/create-bookings.ts';
import { leasesOfBookings } from '../../internal/booking/leases-of-bookings.ts';
import { createPortKeeper } from '../../internal/booking/port-keeper.ts';
import { createWorkVolumes } from '../../internal/booking/work-volume.ts';
import type { HostReader } from '../../internal/host/reader.ts';
import type { Images } from '../../internal/images/image.ts';
import type { Lifecycle } from '../../internal/instances/lifecycle/lifecycle.ts';
import type { Leases } from '../../internal/leases/leases.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import type { PortForwards } from '../../internal/port-forwards/port-forwards.ts';
import { hashPassword } from '../../internal/seed/password-hash.ts';
import type { Volumes } from '../../internal/storage/volumes/volumes.ts';
import type { Database } from '../../internal/store/database.ts';

/** Wires the room of booking in AIVC's way. */
export function createBookingRoom(parts: {
  readonly database: Database;
  readonly operations: Operations;
  readonly leases: Leases;
  readonly host: HostReader;
  readonly images: Pick<Images, 'list'>;
  readonly volumes: Volumes;
  readonly pool: string;
  readonly portForwards: Pick<PortForwards, 'list' | 'open'>;
  readonly lifecycle: Pick<Lifecycle, 'power'>;
  readonly view: LiveView;
  readonly log: Logger;
}): { readonly bookings: Bookings; start(): void; stop(): Promise<void> } {
  const { database, operations, leases, host, images, volumes, pool, view, log } = parts;
  const bookings = createBookings({
    locks: operations.locks,
    store: createBookingStore(database),
    leases: leasesOfBookings(leases),
    cards: async () => cardClasses(await host.read({ maxAgeMs: 60_000 })),
    images: () => images.list().map(({ name }) => name),
    hashForGuest: hashPassword,
    workVolume: createWorkVolumes({ volumes, operations, pool }),
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
  return {
    bookings,
    start() {
      bookings.mend();
      ports.start();
    },
    stop: () => ports.stop(),
  };
}
