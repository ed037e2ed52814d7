import type { Migration } from './migration.ts';

/** The operation journal (internal/operations/journal.ts). Times are ISO 8601 in UTC, so they sort as text. */
export const operations: Migration = {
  name: '0001-operations',
  sql: `
    CREATE TABLE operation (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'undoing', 'succeeded', 'failed', 'cancelled')),
      input TEXT NOT NULL,
      result TEXT NOT NULL,
      error TEXT,
      cancel_requested INTEGER NOT NULL,
      owner TEXT,
      idempotency_key TEXT,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL,
      ended_at TEXT
    ) STRICT;
    CREATE INDEX operation_unfinished ON operation (sequence) WHERE ended_at IS NULL;
    CREATE INDEX operation_ended ON operation (ended_at) WHERE ended_at IS NOT NULL;
    CREATE UNIQUE INDEX operation_idempotency ON operation (idempotency_key, ifnull(owner, ''))
      WHERE idempotency_key IS NOT NULL;

    CREATE TABLE operation_step (
      operation INTEGER NOT NULL REFERENCES operation (sequence) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      title TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('pending', 'started', 'done', 'undone', 'undo-failed')),
      data TEXT NOT NULL,
      started_at TEXT,
      ended_at TEXT,
      PRIMARY KEY (operation, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX operation_step_undo_failed ON operation_step (operation) WHERE state = 'undo-failed';

    CREATE TABLE operation_resource (
      operation INTEGER NOT NULL REFERENCES operation (sequence) ON DELETE CASCADE,
      key TEXT NOT NULL,
      PRIMARY KEY (operation, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX operation_resource_key ON operation_resource (key, operation);
  `,
};
