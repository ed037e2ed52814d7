import type { Migration } from './migration.ts';

/**
 * Leases (internal/leases/lease.ts), ended ones too: quotas and calendars are made of them. `launch` holds secrets of the guest
 * until it was launched. `timed_instance` has the instances that do not hold their part of the host for ever: on leased room
 * until a lease starts (`backfill`), or of a lease that is over (`released`). Times in milliseconds since 1970.
 */
export const leases: Migration = {
  name: '0013-leases',
  sql: `
    CREATE TABLE lease (
      id TEXT PRIMARY KEY,
      owner TEXT NOT NULL,
      name TEXT NOT NULL,
      starts_at INTEGER NOT NULL,
      ends_at INTEGER NOT NULL CHECK (ends_at >= starts_at),
      demand TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ending', 'ended', 'cancelled', 'failed')),
      launch TEXT,
      end_action TEXT NOT NULL CHECK (end_action IN ('stop', 'snapshot', 'delete')),
      grace_ms INTEGER NOT NULL,
      warn_before TEXT NOT NULL,
      devices TEXT NOT NULL,
      held TEXT,
      instance TEXT,
      recurrence TEXT,
      problem TEXT,
      warned TEXT,
      attempts INTEGER NOT NULL DEFAULT 0,
      retry_at INTEGER NOT NULL DEFAULT 0,
      boot_id TEXT,
      created_at INTEGER NOT NULL,
      version INTEGER NOT NULL,
      idempotency_key TEXT,
      request_digest TEXT
    ) STRICT;
    CREATE INDEX lease_time ON lease (starts_at, id);
    CREATE INDEX lease_owner ON lease (owner, starts_at);
    CREATE INDEX lease_ended ON lease (owner, ends_at) WHERE state = 'ended';
    CREATE INDEX lease_recurrence ON lease (recurrence) WHERE recurrence IS NOT NULL;
    CREATE INDEX lease_live ON lease (ends_at) WHERE state IN ('pending', 'active', 'ending');
    CREATE UNIQUE INDEX lease_name ON lease (owner, name) WHERE state IN ('pending', 'active', 'ending');
    CREATE INDEX lease_key ON lease (owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
    CREATE TABLE timed_instance (
      instance TEXT PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('backfill', 'released')),
      owner TEXT NOT NULL,
      name TEXT NOT NULL,
      demand TEXT NOT NULL,
      devices TEXT NOT NULL,
      since INTEGER NOT NULL,
      until INTEGER,
      warned TEXT
    ) STRICT;
  `,
};
