import type { Migration } from './migration.ts';

/** The computations that Run took (internal/computations/computation-store.ts). Times are milliseconds since 1970 UTC. */
export const computations: Migration = {
  name: '0002-computations',
  sql: `
    CREATE TABLE computation (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      form TEXT NOT NULL CHECK (form IN ('blob', 'structured')),
      manifest TEXT,
      payload BLOB NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('stored', 'delivering', 'delivered', 'failed', 'expired')),
      agent_answer TEXT,
      failure_code TEXT,
      failure_message TEXT,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      expires_at INTEGER,
      deliver_by INTEGER
    ) STRICT;
    CREATE INDEX computation_delivering ON computation (sequence) WHERE state = 'delivering';
    CREATE INDEX computation_expires ON computation (expires_at) WHERE state <> 'expired' AND expires_at IS NOT NULL;
    CREATE INDEX computation_expired ON computation (expires_at) WHERE state = 'expired';
  `,
};
