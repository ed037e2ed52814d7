import type { Migration } from './migration.ts';

/**
 * Runs of instances (internal/usage/run.ts). Times in milliseconds: `started_at` and `ended_at` since 1970, `ran` of the run,
 * `seen_uptime` since the host was booted. At most one run of an instance is open.
 */
export const usage: Migration = {
  name: '0011-usage',
  sql: `
    CREATE TABLE usage_run (
      id TEXT PRIMARY KEY,
      owner TEXT NOT NULL,
      instance TEXT NOT NULL,
      name TEXT NOT NULL,
      tag TEXT,
      flavor TEXT,
      subscription TEXT,
      price_per_hour REAL CHECK (price_per_hour >= 0),
      started_at INTEGER NOT NULL,
      ended_at INTEGER CHECK (ended_at >= started_at),
      ran INTEGER NOT NULL CHECK (ran >= 0),
      boot_id TEXT NOT NULL,
      domain_id INTEGER NOT NULL,
      seen_uptime INTEGER NOT NULL,
      seen_at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX usage_run_open ON usage_run (instance) WHERE ended_at IS NULL;
    CREATE INDEX usage_run_instance ON usage_run (instance, started_at);
    CREATE INDEX usage_run_unpriced ON usage_run (id) WHERE price_per_hour IS NULL;
    CREATE INDEX usage_run_owner ON usage_run (owner, started_at);
  `,
};
