import type { Database } from '../store/database.ts';
import type { PortForward, Protocol } from './forward.ts';

/** The forwards that are wanted. Every change is durable when the call returns. */
export interface ForwardStore {
  /** By protocol and host port. */
  all(): readonly PortForward[];
  byId(id: string): PortForward | undefined;
  of(instance: string): readonly PortForward[];
  /** The forward of an idempotency key, with what was asked for then. */
  byKey(key: string): { readonly forward: PortForward; readonly request: string } | undefined;
  insert(forward: PortForward, asked: { readonly key: string | null; readonly request: string }): void;
  remove(id: string): void;
}

interface Row {
  readonly id: string;
  readonly instance: string;
  readonly protocol: Protocol;
  readonly host_address: string;
  readonly host_port: number;
  readonly network: string;
  readonly guest_address: string;
  readonly guest_port: number;
  readonly sources: string;
  readonly request: string;
  readonly created_at: string;
}

/** The table of the migration 0006-port-forwards. */
export function createForwardStore(database: Database): ForwardStore {
  const columns =
    'id, instance, protocol, host_address, host_port, network, guest_address, guest_port, sources, request, created_at';
  const all = database.prepare<Row>(
    `SELECT ${columns} FROM port_forward ORDER BY protocol, host_port, host_address`,
  );
  const byId = database.prepare<Row>(`SELECT ${columns} FROM port_forward WHERE id = ?`);
  const byKey = database.prepare<Row>(`SELECT ${columns} FROM port_forward WHERE request_key = ?`);
  const of = database.prepare<Row>(`SELECT ${columns} FROM port_forward WHERE instance = ?`);
  const insert = database.prepare(
    `INSERT INTO port_forward (${columns}, request_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare('DELETE FROM port_forward WHERE id = ?');
  return {
    all: () => all.all().map(decode),
    byId(id) {
      const row = byId.get([id]);
      return row === undefined ? undefined : decode(row);
    },
    of: (instance) => of.all([instance]).map(decode),
    byKey(key) {
      const row = byKey.get([key]);
      return row === undefined ? undefined : { forward: decode(row), request: row.request };
    },
    insert(forward, { key, request }) {
      insert.run([
        forward.id,
        forward.instance,
        forward.protocol,
        forward.hostAddress,
        forward.hostPort,
        forward.network,
        forward.guestAddress,
        forward.guestPort,
        JSON.stringify(forward.sources),
        request,
        forward.createdAt,
        key,
      ]);
    },
    remove: (id) => void remove.run([id]),
  };
}

function decode(row: Row): PortForward {
  return {
    id: row.id,
    instance: row.instance,
    protocol: row.protocol,
    hostAddress: row.host_address,
    hostPort: row.host_port,
    network: row.network,
    guestAddress: row.guest_address,
    guestPort: row.guest_port,
    sources: JSON.parse(row.sources) as readonly string[],
    createdAt: row.created_at,
  };
}
