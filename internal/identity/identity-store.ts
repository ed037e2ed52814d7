import type { Database } from '../store/database.ts';
import type { AccessKey } from './identity.ts';

/** An access key with the hash of its secret. */
export interface StoredKey extends AccessKey {
  readonly secretHash: Uint8Array;
}

/** An open session. */
export interface StoredSession {
  readonly sequence: number;
  readonly key: StoredKey;
  /** ISO 8601, UTC. */
  readonly lastUsedAt: string;
}

/** Where users, access keys and sessions are kept. Every change is durable when the call returns. */
export interface IdentityStore {
  /** Makes the user when there is none of the name. */
  insertKey(key: StoredKey, idempotencyKey: string | null): void;
  userOwner(name: string): { readonly owner: string; readonly createdAt: string } | undefined;
  key(id: string): StoredKey | undefined;
  keyByIdempotency(idempotencyKey: string): StoredKey | undefined;
  /** The oldest first; of all users with null. */
  keys(userName: string | null): readonly StoredKey[];
  noteUse(id: string, at: string): void;
  /** Ends its sessions too. */
  revoke(id: string, at: string): void;
  insertSession(cookieHash: Uint8Array, keyId: string, peerUid: number | null, at: string): void;
  session(cookieHash: Uint8Array): StoredSession | undefined;
  /** The one that the local user has opened. */
  sessionOfPeer(uid: number): StoredSession | undefined;
  noteSessionUse(sequence: number, at: string): void;
  /** Forgets what the local user has opened. */
  removeSessionsOfPeer(uid: number): void;
  /** Forgets sessions that were last used before this. */
  removeSessions(before: string): void;
}

interface KeyRow {
  readonly id: string;
  readonly user: string;
  readonly owner: string;
  readonly user_created_at: string;
  readonly secret_sha256: Uint8Array;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
}

type SessionRow = KeyRow & { readonly session: number; readonly session_used_at: string };

const keyColumns = `k.id, k.user, u.owner, u.created_at AS user_created_at, k.secret_sha256, k.created_at,
  k.last_used_at, k.revoked_at`;
const keyTables = 'access_key k JOIN user u ON u.name = k.user';
const sessionColumns = `s.sequence AS session, s.last_used_at AS session_used_at, ${keyColumns}`;
const sessionTables = `session s JOIN access_key k ON k.id = s.access_key JOIN user u ON u.name = k.user`;

/** The tables of the migration 0008-identity. */
export function createIdentityStore(database: Database): IdentityStore {
  const user = database.prepare<{ owner: string; createdAt: string }>(
    'SELECT owner, created_at AS createdAt FROM user WHERE name = ?',
  );
  const insertUser = database.prepare(
    'INSERT INTO user (name, owner, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING',
  );
  const insertKey = database.prepare(
    'INSERT INTO access_key (id, user, secret_sha256, created_at, idempotency_key) VALUES (?, ?, ?, ?, ?)',
  );
  const byId = database.prepare<KeyRow>(`SELECT ${keyColumns} FROM ${keyTables} WHERE k.id = ?`);
  const byIdempotency = database.prepare<KeyRow>(
    `SELECT ${keyColumns} FROM ${keyTables} WHERE k.idempotency_key = ?`,
  );
  const all = database.prepare<KeyRow>(
    `SELECT ${keyColumns} FROM ${keyTables} WHERE :user IS NULL OR k.user = :user ORDER BY k.sequence`,
  );
  const use = database.prepare('UPDATE access_key SET last_used_at = ? WHERE id = ?');
  const revoke = database.prepare('UPDATE access_key SET revoked_at = ? WHERE id = ?');
  const endSessions = database.prepare('DELETE FROM session WHERE access_key = ?');
  const insertSession = database.prepare(
    'INSERT INTO session (cookie_sha256, access_key, peer_uid, last_used_at) VALUES (?, ?, ?, ?)',
  );
  const byCookie = database.prepare<SessionRow>(
    `SELECT ${sessionColumns} FROM ${sessionTables} WHERE s.cookie_sha256 = ?`,
  );
  const byPeer = database.prepare<SessionRow>(
    `SELECT ${sessionColumns} FROM ${sessionTables} WHERE s.peer_uid = ? ORDER BY s.sequence DESC LIMIT 1`,
  );
  const useSession = database.prepare('UPDATE session SET last_used_at = ? WHERE sequence = ?');
  const removeOfPeer = database.prepare('DELETE FROM session WHERE peer_uid = ?');
  const remove = database.prepare('DELETE FROM session WHERE last_used_at < ?');
  return {
    insertKey: (
      { id, user: { name, owner, createdAt: userCreatedAt }, secretHash, createdAt },
      idempotencyKey,
    ) =>
      database.transaction(() => {
        insertUser.run([name, owner, userCreatedAt]);
        insertKey.run([id, name, secretHash, createdAt, idempotencyKey]);
      }),
    userOwner: (name) => user.get([name]),
    key: (id) => decodeKey(byId.get([id])),
    keyByIdempotency: (idempotencyKey) => decodeKey(byIdempotency.get([idempotencyKey])),
    keys: (userName) => all.all({ user: userName }).flatMap((row) => decodeKey(row) ?? []),
    noteUse: (id, at) => void use.run([at, id]),
    revoke: (id, at) =>
      database.transaction(() => {
        revoke.run([at, id]);
        endSessions.run([id]);
      }),
    insertSession: (cookieHash, keyId, peerUid, at) =>
      void insertSession.run([cookieHash, keyId, peerUid, at]),
    session: (cookieHash) => decodeSession(byCookie.get([cookieHash])),
    sessionOfPeer: (uid) => decodeSession(byPeer.get([uid])),
    noteSessionUse: (sequence, at) => void useSession.run([at, sequence]),
    removeSessionsOfPeer: (uid) => void removeOfPeer.run([uid]),
    removeSessions: (before) => void remove.run([before]),
  };
}

function decodeKey(row: KeyRow | undefined): StoredKey | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    user: { name: row.user, owner: row.owner, createdAt: row.user_created_at },
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    secretHash: row.secret_sha256,
  };
}

function decodeSession(row: SessionRow | undefined): StoredSession | undefined {
  const key = decodeKey(row);
  if (row === undefined || key === undefined) return undefined;
  return { sequence: row.session, lastUsedAt: row.session_used_at, key };
}
