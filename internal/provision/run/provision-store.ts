import type { Database } from '../../store/database.ts';
import type { Provision } from './provision.ts';

interface Row {
  readonly record: string;
}

/** The provisions. Every change is durable when the call returns. */
export interface ProvisionStore {
  get(id: string): Provision | undefined;
  /** The newest of that name. */
  named(name: string): Provision | undefined;
  /** Newest first. */
  list(query: {
    readonly owner?: string;
    readonly limit: number;
    readonly after?: { readonly createdAt: number; readonly id: string };
  }): readonly Provision[];
  /** Those with which something is still to be done. */
  unfinished(): readonly Provision[];
  byKey(owner: string, key: string): { readonly digest: string; readonly provision: Provision } | null;
  insert(provision: Provision, key: { readonly key: string; readonly digest: string } | null): void;
  /** Its version grows. */
  update(id: string, change: Partial<Omit<Provision, 'id' | 'owner' | 'name' | 'createdAt'>>): Provision;
  remove(id: string): void;
}

/** The table of the migration 0016-provisions. */
export function createProvisionStore(database: Database): ProvisionStore {
  const byId = database.prepare<Row>('SELECT record FROM provision WHERE id = ?');
  const byName = database.prepare<Row>(
    'SELECT record FROM provision WHERE name = ? ORDER BY created_at DESC, id DESC LIMIT 1',
  );
  const listed = database.prepare<Row>(
    `SELECT record FROM provision
     WHERE (:owner IS NULL OR owner = :owner)
       AND (:afterTime IS NULL OR created_at < :afterTime OR (created_at = :afterTime AND id < :afterId))
     ORDER BY created_at DESC, id DESC LIMIT :limit`,
  );
  const unfinished = database.prepare<Row>(
    "SELECT record FROM provision WHERE state IN ('booking', 'waiting', 'undoing') ORDER BY created_at",
  );
  const keyed = database.prepare<Row & { readonly request_digest: string }>(
    'SELECT record, request_digest FROM provision WHERE owner = ? AND idempotency_key = ?',
  );
  const insert = database.prepare(
    `INSERT INTO provision (id, owner, name, state, record, created_at, idempotency_key, request_digest)
     VALUES (:id, :owner, :name, :state, :record, :createdAt, :key, :digest)`,
  );
  const update = database.prepare('UPDATE provision SET state = :state, record = :record WHERE id = :id');
  const remove = database.prepare('DELETE FROM provision WHERE id = ?');
  const decode = ({ record }: Row): Provision => JSON.parse(record) as Provision;
  const get = (id: string): Provision | undefined => {
    const row = byId.get([id]);
    return row === undefined ? undefined : decode(row);
  };
  return {
    get,
    named(name) {
      const row = byName.get([name]);
      return row === undefined ? undefined : decode(row);
    },
    list: ({ owner, limit, after }) =>
      listed
        .all({
          owner: owner ?? null,
          afterTime: after?.createdAt ?? null,
          afterId: after?.id ?? null,
          limit,
        })
        .map(decode),
    unfinished: () => unfinished.all().map(decode),
    byKey(owner, key) {
      const row = keyed.get([owner, key]);
      return row === undefined ? null : { digest: row.request_digest, provision: decode(row) };
    },
    insert(provision, key) {
      const { id, owner, name, state, createdAt } = provision;
      insert.run({
        id,
        owner,
        name,
        state,
        record: JSON.stringify(provision),
        createdAt,
        key: key?.key ?? null,
        digest: key?.digest ?? null,
      });
    },
    update(id, change) {
      const before = get(id);
      if (before === undefined) throw new Error(`there is no provision ${id}`);
      const changed: Provision = { ...before, ...change, version: before.version + 1 };
      update.run({ id, state: changed.state, record: JSON.stringify(changed) });
      return changed;
    },
    remove: (id) => void remove.run([id]),
  };
}
