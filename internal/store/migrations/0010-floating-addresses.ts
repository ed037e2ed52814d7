import type { Migration } from './migration.ts';

/**
 * Floating addresses and the instances that they lead to (internal/floating-addresses/association-store.ts): `instance` is a uuid,
 * `ports` is JSON, `created_at` is ISO 8601 in UTC; and what the daemon has added to devices of the host, so that it removes only
 * that (internal/floating-addresses/host-address-store.ts). `floating_last` is the address that was given last.
 */
export const floatingAddresses: Migration = {
  name: '0010-floating-addresses',
  sql: `
    CREATE TABLE floating_association (
      instance TEXT PRIMARY KEY,
      address TEXT NOT NULL UNIQUE,
      connection_id TEXT NOT NULL UNIQUE,
      owner TEXT NOT NULL,
      network TEXT NOT NULL,
      guest_address TEXT NOT NULL,
      ports TEXT NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE floating_host_address (
      address TEXT PRIMARY KEY,
      device TEXT NOT NULL
    ) STRICT;
    CREATE TABLE floating_last (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      address TEXT NOT NULL
    ) STRICT;
  `,
};
