import type { Migration } from './migration.ts';

/** How long each device was leased in leases that are no longer kept: the least used one is still known. */
export const leaseDeviceHours: Migration = {
  name: '0017-lease-device-hours',
  sql: `
    CREATE TABLE lease_device_hours (
      -- Such as 0000:01:00.0
      device TEXT PRIMARY KEY,
      hours REAL NOT NULL
    ) STRICT;
    CREATE INDEX lease_over ON lease (ends_at) WHERE state IN ('ended', 'cancelled', 'failed');
  `,
};
