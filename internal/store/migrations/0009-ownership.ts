import type { Migration } from './migration.ts';

/** Whose an image or a volume is (internal/ownership/ownership.ts); `created_at` is ISO 8601 in UTC. */
export const ownership: Migration = {
  name: '0009-ownership',
  sql: `
    CREATE TABLE owned (
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      owner TEXT NOT NULL,
      label TEXT NOT NULL,
      created_at TEXT NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX owned_by_owner ON owned (kind, owner, created_at, id);
  `,
};
