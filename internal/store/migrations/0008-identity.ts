import type { Migration } from './migration.ts';

/**
 * Users, their access keys and sessions (internal/identity/identity-store.ts). Secrets and cookies are kept as SHA-256 only.
 * Times are ISO 8601 in UTC; `peer_uid`: the local user that opened the session, NULL where its cookie is needed.
 */
export const identity: Migration = {
  name: '0008-identity',
  sql: `
    CREATE TABLE user (
      name TEXT NOT NULL PRIMARY KEY,
      owner TEXT NOT NULL UNIQUE,
      created_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE access_key (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      user TEXT NOT NULL REFERENCES user (name),
      secret_sha256 BLOB NOT NULL,
      created_at TEXT NOT NULL,
      last_used_at TEXT,
      revoked_at TEXT,
      idempotency_key TEXT UNIQUE
    ) STRICT;
    CREATE INDEX access_key_user ON access_key (user);

    CREATE TABLE session (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      cookie_sha256 BLOB NOT NULL UNIQUE,
      access_key TEXT NOT NULL REFERENCES access_key (id),
      peer_uid INTEGER,
      last_used_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX session_access_key ON session (access_key);
    CREATE INDEX session_peer ON session (peer_uid, sequence) WHERE peer_uid IS NOT NULL;
    CREATE INDEX session_last_used ON session (last_used_at);
  `,
};
