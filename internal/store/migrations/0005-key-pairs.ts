import type { Migration } from './migration.ts';

/**
 * Public halves of the keys that let into guests (internal/key-pairs/key-pair-store.ts). `created_at` is ISO 8601 in UTC;
 * `request` is what an idempotency key was used for.
 */
export const keyPairs: Migration = {
  name: '0005-key-pairs',
  sql: `
    CREATE TABLE key_pair (
      owner TEXT NOT NULL,
      name TEXT NOT NULL,
      type TEXT NOT NULL,
      bits INTEGER NOT NULL,
      public_key TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      created_at TEXT NOT NULL,
      idempotency_key TEXT,
      request TEXT,
      PRIMARY KEY (owner, name)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX key_pair_idempotency ON key_pair (owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
  `,
};
