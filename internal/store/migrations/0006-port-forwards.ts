import type { Migration } from './migration.ts';

/**
 * Addresses that were reserved for instances (internal/networks/reservations/reservation-store.ts; the reservations themselves
 * are in the networks' documents), and ports that lead to instances (internal/port-forwards/forward-store.ts). `network` and
 * `instance` are uuids, `sources` is JSON, `created_at` is ISO 8601 in UTC.
 */
export const portForwards: Migration = {
  name: '0006-port-forwards',
  sql: `
    CREATE TABLE reservation (
      network TEXT NOT NULL,
      mac TEXT NOT NULL,
      instance TEXT NOT NULL,
      PRIMARY KEY (network, mac)
    ) STRICT;
    CREATE INDEX reservation_instance ON reservation (instance);
    CREATE TABLE port_forward (
      id TEXT PRIMARY KEY,
      instance TEXT NOT NULL,
      protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')),
      host_address TEXT NOT NULL,
      host_port INTEGER NOT NULL,
      network TEXT NOT NULL,
      guest_address TEXT NOT NULL,
      guest_port INTEGER NOT NULL,
      sources TEXT NOT NULL,
      request_key TEXT UNIQUE,
      request TEXT NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX port_forward_instance ON port_forward (instance);
  `,
};
