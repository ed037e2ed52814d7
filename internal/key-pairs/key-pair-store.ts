import { ProtiumError } from '../errors/protium-error.ts';
import type { Database } from '../store/database.ts';
import type { KeyPair, KeyPairQuery } from './key-pair.ts';

/** With what an idempotency key was used for. */
export interface StoredKeyPair extends KeyPair {
  readonly idempotencyKey: string | null;
  readonly request: string | null;
}

/** Where key pairs are kept. Every change is durable when the call returns. */
export interface KeyPairStore {
  get(owner: string, name: string): KeyPair | undefined;
  byIdempotencyKey(owner: string, key: string): StoredKeyPair | undefined;
  /** Sorted by name; at most `limit`, from the first after `after` on. */
  list(query: Required<KeyPairQuery>): readonly KeyPair[];
  /** Throws `already-exists` when the name is taken. */
  insert(keyPair: StoredKeyPair): void;
  /** Tells whether there was one. */
  remove(owner: string, name: string): boolean;
}

interface Row {
  readonly owner: string;
  readonly name: string;
  readonly type: string;
  readonly bits: number;
  readonly public_key: string;
  readonly fingerprint: string;
  readonly created_at: string;
  readonly idempotency_key: string | null;
  readonly request: string | null;
}

const columns = 'owner, name, type, bits, public_key, fingerprint, created_at, idempotency_key, request';

/** The table of the migration 0005-key-pairs. */
export function createKeyPairStore(database: Database): KeyPairStore {
  const byName = database.prepare<Row>(`SELECT ${columns} FROM key_pair WHERE owner = ? AND name = ?`);
  const byKey = database.prepare<Row>(
    `SELECT ${columns} FROM key_pair WHERE owner = ? AND idempotency_key = ?`,
  );
  const page = database.prepare<Row>(
    `SELECT ${columns} FROM key_pair
     WHERE owner = :owner AND name > :after AND (:fingerprint = '' OR fingerprint = :fingerprint)
     ORDER BY name LIMIT :limit`,
  );
  const insert = database.prepare(
    `INSERT INTO key_pair (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, name) DO NOTHING`,
  );
  const remove = database.prepare('DELETE FROM key_pair WHERE owner = ? AND name = ?');
  return {
    get: (owner, name) => decode(byName.get([owner, name])),
    byIdempotencyKey: (owner, key) => decode(byKey.get([owner, key])),
    list: ({ owner, fingerprint, limit, after }) =>
      page.all({ owner, fingerprint, limit, after }).flatMap((row) => decode(row) ?? []),
    insert(keyPair) {
      const { owner, name, type, bits, publicKey, fingerprint, createdAt } = keyPair;
      const { idempotencyKey, request } = keyPair;
      const row = [owner, name, type, bits, publicKey, fingerprint, createdAt, idempotencyKey, request];
      if (insert.run(row) === 0) throw taken(name);
    },
    remove: (owner, name) => remove.run([owner, name]) > 0,
  };
}

export function taken(name: string): ProtiumError {
  return new ProtiumError('already-exists', `There is a key pair "${name}" already.`, { details: { name } });
}

function decode(row: Row | undefined): StoredKeyPair | undefined {
  if (row === undefined) return undefined;
  const { owner, name, type, bits, fingerprint, request } = row;
  return {
    owner,
    name,
    type,
    bits,
    fingerprint,
    request,
    publicKey: row.public_key,
    createdAt: row.created_at,
    idempotencyKey: row.idempotency_key,
  };
}
