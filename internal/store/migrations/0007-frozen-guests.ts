import type { Migration } from './migration.ts';

/** Guests whose file systems are frozen (internal/guest-agent/frozen-guests.ts); `thaw_at` in milliseconds since 1970. */
export const frozenGuests: Migration = {
  name: '0007-frozen-guests',
  sql: `
    CREATE TABLE frozen_guest (
      uuid TEXT PRIMARY KEY,
      thaw_at INTEGER NOT NULL
    ) STRICT;
  `,
};
