import type { Migration } from './migration.ts';

/**
 * Devices that were taken from the host's drivers for a VM (internal/devices/taken-devices.ts). `driver`: what each had
 * before, NULL for none; a row is written before the device is touched, and means nothing after a reboot.
 */
export const takenDevices: Migration = {
  name: '0003-taken-devices',
  sql: `
    CREATE TABLE taken_device (
      address TEXT PRIMARY KEY,
      driver TEXT,
      holder TEXT NOT NULL,
      boot_id TEXT NOT NULL,
      condition TEXT CHECK (condition IN ('stuck', 'quarantined')),
      reason TEXT,
      since TEXT
    ) STRICT;
  `,
};
