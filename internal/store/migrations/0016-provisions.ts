import type { Migration } from './migration.ts';

export const provisions: Migration = {
  name: '0016-provisions',
  sql: `
    CREATE TABLE provision (
      id TEXT PRIMARY KEY,
      owner TEXT NOT NULL,
      name TEXT NOT NULL,
      state TEXT NOT NULL,
      -- JSON
      record TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      idempotency_key TEXT,
      request_digest TEXT
    ) STRICT;
    CREATE INDEX provision_created ON provision (created_at, id);
    CREATE UNIQUE INDEX provision_key ON provision (owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
  `,
};
