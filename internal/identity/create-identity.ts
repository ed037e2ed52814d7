import { ProtiumError } from '../errors/protium-error.ts';
import type { Database } from '../store/database.ts';
import { createIdentityStore, type StoredKey, type StoredSession } from './identity-store.ts';
import type { AccessKey, Identity, User } from './identity.ts';
import { hashOf, isSecret, newKeyId, newOwner, newSecret } from './secrets.ts';

const namePattern = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Since the last use. Node's published client cannot log in again by a POST, so sessions are long. */
const sessionMs = 90 * 24 * hourMs;

/** Compared with where there is no such key, so that the two take the same time. */
const nobody = hashOf(newSecret());

/** The use cases of users, access keys and sessions. */
export function createIdentity(options: {
  readonly database: Database;
  readonly clock?: () => Date;
}): Identity {
  const { database, clock = () => new Date() } = options;
  const store = createIdentityStore(database);
  const now = (): string => clock().toISOString();
  const isOlder = (time: string | null, ms: number): boolean =>
    time === null || clock().getTime() - Date.parse(time) >= ms;

  const existing = (id: string): StoredKey => {
    const key = store.key(id);
    if (key !== undefined) return key;
    throw new ProtiumError('not-found', `There is no access key "${id}".`, { details: { accessKey: id } });
  };
  const userOf = (session: StoredSession | undefined): User | null => {
    if (session?.key.revokedAt !== null) return null;
    if (isOlder(session.lastUsedAt, sessionMs)) return null;
    // Noted now and then only: reads are many, and each write is one to the disk.
    if (isOlder(session.lastUsedAt, hourMs)) store.noteSessionUse(session.sequence, now());
    return session.key.user;
  };

  return {
    issue(userName, { validateOnly, idempotencyKey }) {
      requireUserName(userName);
      return database.transaction(() => {
        const before = idempotencyKey === '' ? undefined : store.keyByIdempotency(idempotencyKey);
        if (before !== undefined) return { key: repeated(before, userName), secret: null };
        if (validateOnly) return null;
        const { owner, createdAt } = store.userOwner(userName) ?? { owner: newOwner(), createdAt: now() };
        const user: User = { name: userName, owner, createdAt };
        const key: AccessKey = { id: newKeyId(), user, createdAt: now(), lastUsedAt: null, revokedAt: null };
        const secret = newSecret();
        store.insertKey(
          { ...key, secretHash: hashOf(secret) },
          idempotencyKey === '' ? null : idempotencyKey,
        );
        return { key, secret };
      });
    },
    list: (userName) => store.keys(userName ?? null).map(withoutHash),
    revoke(id, { validateOnly }) {
      const key = existing(id);
      if (key.revokedAt !== null) {
        throw new ProtiumError('state-conflict', `The access key "${id}" was revoked at ${key.revokedAt}.`, {
          details: { accessKey: id },
        });
      }
      if (!validateOnly) store.revoke(id, now());
      return withoutHash(existing(id));
    },
    authenticate(id, secret) {
      const key = store.key(id);
      const right = isSecret(secret, key?.secretHash ?? nobody);
      if (key === undefined || !right || key.revokedAt !== null) return null;
      if (isOlder(key.lastUsedAt, minuteMs)) store.noteUse(id, now());
      return withoutHash(key);
    },
    openSession(key, peerUid) {
      const cookie = newSecret();
      database.transaction(() => {
        store.removeSessions(new Date(clock().getTime() - sessionMs).toISOString());
        // Node's client logs in anew with each process.
        if (peerUid !== null) store.removeSessionsOfPeer(peerUid);
        store.insertSession(hashOf(cookie), key.id, peerUid, now());
      });
      return cookie;
    },
    session: (cookie) => userOf(store.session(hashOf(cookie))),
    sessionOfPeer: (uid) => userOf(store.sessionOfPeer(uid)),
  };
}

function requireUserName(name: string): void {
  if (namePattern.test(name)) return;
  throw new ProtiumError(
    'argument-invalid',
    'The name of a user has at most 63 lower-case letters, digits, dots and dashes, and begins with a letter or digit.',
    { details: { field: 'user' } },
  );
}

function repeated(before: StoredKey, userName: string): AccessKey {
  if (before.user.name === userName) return withoutHash(before);
  throw new ProtiumError(
    'definition-conflict',
    'The idempotency key was used before, for another user. Use a new key for a new request.',
    { details: { user: before.user.name } },
  );
}

function withoutHash({ secretHash: _, ...key }: StoredKey): AccessKey {
  return key;
}
