import type { Migration } from './migration.ts';

/**
 * Who may come in besides access keys (internal/identity). `administrator` 1: may do everything on the host; the user of that
 * name is there from the start. `login`: how a user is known elsewhere, by kind (`local`: user id of this machine, `oidc`:
 * issuer, space, value of the claim). `api_token`: secrets as SHA-256; `scope` is JSON (internal/identity/tokens/token-scope.ts).
 */
export const access: Migration = {
  name: '0019-access',
  sql: `
    ALTER TABLE user ADD COLUMN administrator INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE user ADD COLUMN idempotency_key TEXT;
    CREATE UNIQUE INDEX user_idempotency ON user (idempotency_key) WHERE idempotency_key IS NOT NULL;
    INSERT INTO user (name, owner, created_at, administrator)
      VALUES ('administrator', '00000000000000000000000000000000', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 1)
      ON CONFLICT (name) DO UPDATE SET administrator = 1;

    CREATE TABLE login (
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      user TEXT NOT NULL REFERENCES user (name),
      PRIMARY KEY (kind, subject)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX login_user ON login (user);

    CREATE TABLE api_token (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      user TEXT NOT NULL REFERENCES user (name),
      description TEXT NOT NULL,
      scope TEXT NOT NULL,
      secret_sha256 BLOB NOT NULL,
      created_at TEXT NOT NULL,
      expires_at TEXT,
      last_used_at TEXT,
      last_used_from TEXT,
      revoked_at TEXT,
      idempotency_key TEXT UNIQUE
    ) STRICT;
    CREATE INDEX api_token_user ON api_token (user);
  `,
};
