import { expect, it } from 'vitest';
import type { LibvirtClient } from '../../../internal/libvirt/client.ts';
import { createReservationStore } from '../../../internal/networks/reservations/reservation-store.ts';
import { createReservations } from '../../../internal/networks/reservations/reservations.ts';
import { createKeyedLock } from '../../../internal/operations/keyed-lock.ts';
import { databasePath, openFor } from '../operations/fixture.ts';

const instance = 'i';
const reservation = { network: 'net-uuid', mac: '52:54:00:00:00:02', instance };

/** A network of libvirt, and what comes of a change of it. */
function network(update: () => Promise<void>) {
  const store = createReservationStore(openFor(databasePath()));
  const changes: string[] = [];
  const client = {
    domains: {
      lookupByUuid: () => Promise.resolve({ name: 'web', uuid: instance, id: null }),
      xml: () =>
        Promise.resolve(
          `<domain><devices><interface type="network"><mac address="${reservation.mac}"/><source network="n"/></interface></devices></domain>`,
        ),
    },
    networks: {
      lookupByName: () => Promise.resolve({ name: 'n', uuid: reservation.network }),
      lookupByUuid: () => Promise.resolve({ name: 'n', uuid: reservation.network }),
      isActive: () => Promise.resolve(false),
      isPersistent: () => Promise.resolve(true),
      xml: () =>
        Promise.resolve(
          `<network><name>n</name><ip address="10.0.0.1" netmask="255.255.255.0"><dhcp><range start="10.0.0.2" end="10.0.0.9"/>${changes.includes('add-last') ? `<host mac="${reservation.mac}" ip="10.0.0.2"/>` : ''}</dhcp></ip></network>`,
        ),
      update: (_network: unknown, { command }: { command: string }) => {
        changes.push(command);
        return update();
      },
    },
  } as unknown as LibvirtClient;
  const reservations = createReservations({
    client,
    store,
    locks: createKeyedLock(),
    requireUnneeded: () => undefined,
  });
  return { reservations, store, changes };
}

const request = { network: null, instance, address: null, validateOnly: false };

it('a reservation is known to be ours before libvirt has it: who dies in between can be cleaned up after', async () => {
  const dying = network(() => new Promise(() => undefined));
  void dying.reservations.reserve(request);
  await expect.poll(() => dying.changes).toEqual(['add-last']);
  expect(dying.store.of(instance)).toEqual([reservation]);
});

it('what libvirt refuses is not kept, and what is given back is gone', async () => {
  const refusing = network(() => Promise.reject(new Error('no')));
  await expect(refusing.reservations.reserve(request)).rejects.toThrow();
  expect(refusing.store.all()).toEqual([]);
  const willing = network(() => Promise.resolve());
  expect(await willing.reservations.reserve(request)).toMatchObject({ address: '10.0.0.2' });
  await willing.reservations.releaseOf(instance);
  expect(willing.changes).toEqual(['add-last', 'delete']);
  expect(willing.store.all()).toEqual([]);
});

it('what was noted down and never came to the network is forgotten, what is in it is not', async () => {
  const { reservations, store } = network(() => Promise.resolve());
  // As a daemon that was killed in between leaves it.
  store.put(reservation);
  await reservations.mend();
  expect(store.all()).toEqual([]);
  await reservations.reserve(request);
  await reservations.mend();
  expect(store.all()).toEqual([reservation]);
});
