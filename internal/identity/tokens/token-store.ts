import type { Database } from '../../store/database.ts';
import { decodeAccount, type Account } from '../users/account.ts';
import { decodeScope, encodeScope, type TokenScope } from './token-scope.ts';

/** What lets programs in as a user. Its secret is told once, and kept only as a hash. */
export interface Token {
  /** 16 of [0-9a-f]. */
  readonly id: string;
  readonly user: Account;
  /** What it is for, in its maker's words. */
  readonly description: string;
  readonly scope: TokenScope;
  /** ISO 8601, UTC, as the others. */
  readonly createdAt: string;
  /** null: never. */
  readonly expiresAt: string | null;
  /** To the minute; null: never. */
  readonly lastUsedAt: string | null;
  /** The address that it was used from last; empty: none. */
  readonly lastUsedFrom: string;
  readonly revokedAt: string | null;
}

export interface StoredToken extends Token {
  readonly secretHash: Uint8Array;
}

export interface InsertedToken extends Pick<
  StoredToken,
  'id' | 'description' | 'scope' | 'secretHash' | 'createdAt' | 'expiresAt'
> {
  /** The user's name. */
  readonly user: string;
  readonly idempotencyKey: string | null;
}

/** Where tokens are kept. Every change is durable when the call returns. */
export interface TokenStore {
  insert(token: InsertedToken): void;
  get(id: string): StoredToken | undefined;
  byIdempotency(key: string): StoredToken | undefined;
  /** The oldest first; of all users with null. */
  list(user: string | null): readonly StoredToken[];
  replaceSecret(id: string, secretHash: Uint8Array): void;
  noteUse(id: string, at: string, from: string): void;
  revoke(id: string, at: string): void;
}

interface TokenRow {
  readonly id: string;
  readonly user: string;
  readonly owner: string;
  readonly user_created_at: string;
  readonly administrator: number;
  readonly description: string;
  readonly scope: string;
  readonly secret_sha256: Uint8Array;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
  readonly last_used_from: string | null;
  readonly revoked_at: string | null;
}

const selected = `SELECT t.id, t.user, u.owner, u.created_at AS user_created_at, u.administrator, t.description, t.scope,
  t.secret_sha256, t.created_at, t.expires_at, t.last_used_at, t.last_used_from, t.revoked_at
  FROM api_token t JOIN user u ON u.name = t.user`;

/** The table `api_token` of the migration 0019-access. */
export function createTokenStore(database: Database): TokenStore {
  const insert = database.prepare(
    `INSERT INTO api_token (id, user, description, scope, secret_sha256, created_at, expires_at, idempotency_key)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = database.prepare<TokenRow>(`${selected} WHERE t.id = ?`);
  const byKey = database.prepare<TokenRow>(`${selected} WHERE t.idempotency_key = ?`);
  const all = database.prepare<TokenRow>(
    `${selected} WHERE :user IS NULL OR t.user = :user ORDER BY t.sequence`,
  );
  const secret = database.prepare('UPDATE api_token SET secret_sha256 = ? WHERE id = ?');
  const use = database.prepare('UPDATE api_token SET last_used_at = ?, last_used_from = ? WHERE id = ?');
  const revoke = database.prepare('UPDATE api_token SET revoked_at = ? WHERE id = ?');
  return {
    insert: ({ id, user, description, scope, secretHash, createdAt, expiresAt, idempotencyKey }) =>
      void insert.run([
        id,
        user,
        description,
        encodeScope(scope),
        secretHash,
        createdAt,
        expiresAt,
        idempotencyKey,
      ]),
    get: (id) => decode(byId.get([id])),
    byIdempotency: (key) => decode(byKey.get([key])),
    list: (user) => all.all({ user }).flatMap((row) => decode(row) ?? []),
    replaceSecret: (id, hash) => void secret.run([hash, id]),
    noteUse: (id, at, from) => void use.run([at, from, id]),
    revoke: (id, at) => void revoke.run([at, id]),
  };
}

function decode(row: TokenRow | undefined): StoredToken | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    user: decodeAccount({ ...row, name: row.user, created_at: row.user_created_at }),
    description: row.description,
    scope: decodeScope(row.scope),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    lastUsedFrom: row.last_used_from ?? '',
    revokedAt: row.revoked_at,
    secretHash: row.secret_sha256,
  };
}
