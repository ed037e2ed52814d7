import type { Database } from '../store/database.ts';
import type { FloatingAddress } from './floating-address.ts';

/** An association as it is kept. */
export interface Association extends Omit<FloatingAddress, 'state' | 'problem'> {
  /** Name of the network by which the guest is reached. */
  readonly network: string;
  /** The guest's, reserved for it. */
  readonly guestAddress: string;
}

/** The associations that are wanted. Every change is durable when the call returns. */
export interface AssociationStore {
  /** By instance. */
  all(): readonly Association[];
  of(instance: string): Association | undefined;
  /** Takes the place of what the instance has. Throws where another instance has the address. */
  put(association: Association): void;
  remove(instance: string): void;
  /** The address that was given last; null: none yet. */
  lastGiven(): string | null;
}

interface Row {
  readonly instance: string;
  readonly address: string;
  readonly connection_id: string;
  readonly owner: string;
  readonly network: string;
  readonly guest_address: string;
  readonly ports: string;
  readonly created_at: string;
}

/** The tables of the migration 0010-floating-addresses. */
export function createAssociationStore(database: Database): AssociationStore {
  const columns = 'instance, address, connection_id, owner, network, guest_address, ports, created_at';
  const all = database.prepare<Row>(`SELECT ${columns} FROM floating_association ORDER BY instance`);
  const of = database.prepare<Row>(`SELECT ${columns} FROM floating_association WHERE instance = ?`);
  const put = database.prepare(
    `INSERT INTO floating_association (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (instance) DO UPDATE SET address = excluded.address, connection_id = excluded.connection_id,
     owner = excluded.owner, network = excluded.network, guest_address = excluded.guest_address, ports = excluded.ports,
     created_at = excluded.created_at`,
  );
  const remove = database.prepare('DELETE FROM floating_association WHERE instance = ?');
  const last = database.prepare<{ readonly address: string }>('SELECT address FROM floating_last');
  const putLast = database.prepare('INSERT OR REPLACE INTO floating_last (only, address) VALUES (1, ?)');
  return {
    all: () => all.all().map(decode),
    of(instance) {
      const row = of.get([instance]);
      return row === undefined ? undefined : decode(row);
    },
    put(association) {
      database.transaction(() => {
        const before = of.get([association.instance]);
        put.run([
          association.instance,
          association.address,
          association.connectionId,
          association.owner,
          association.network,
          association.guestAddress,
          JSON.stringify(association.ports),
          association.createdAt,
        ]);
        if (before?.address !== association.address) putLast.run([association.address]);
      });
    },
    remove: (instance) => void remove.run([instance]),
    lastGiven: () => last.get()?.address ?? null,
  };
}

function decode(row: Row): Association {
  return {
    instance: row.instance,
    address: row.address,
    connectionId: row.connection_id,
    owner: row.owner,
    network: row.network,
    guestAddress: row.guest_address,
    ports: JSON.parse(row.ports) as readonly number[],
    createdAt: row.created_at,
  };
}
