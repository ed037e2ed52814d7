import type { Database } from '../../store/database.ts';

/** For whom an address was reserved. The address itself is in the network's document. */
export interface ReservationOwner {
  /** uuid. */
  readonly network: string;
  readonly mac: string;
  /** uuid. */
  readonly instance: string;
}

/** Every change is durable when the call returns. */
export interface ReservationStore {
  all(): readonly ReservationOwner[];
  of(instance: string): readonly ReservationOwner[];
  put(owner: ReservationOwner): void;
  remove(owner: Pick<ReservationOwner, 'network' | 'mac'>): void;
}

/** The table of the migration 0006-port-forwards. */
export function createReservationStore(database: Database): ReservationStore {
  const all = database.prepare<ReservationOwner>('SELECT network, mac, instance FROM reservation');
  const of = database.prepare<ReservationOwner>(
    'SELECT network, mac, instance FROM reservation WHERE instance = ?',
  );
  const put = database.prepare(
    'INSERT OR REPLACE INTO reservation (network, mac, instance) VALUES (?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM reservation WHERE network = ? AND mac = ?');
  return {
    all: () => all.all(),
    of: (instance) => of.all([instance]),
    put: ({ network, mac, instance }) => void put.run([network, mac, instance]),
    remove: ({ network, mac }) => void remove.run([network, mac]),
  };
}
