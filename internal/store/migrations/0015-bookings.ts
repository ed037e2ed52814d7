import type { Migration } from './migration.ts';

/**
 * Who books in AIVC's way (internal/booking): `password_hash` is scrypt's with its salt, `guest_hash` is what a guest's shadow
 * file takes. A booking is a lease with what AIVC's lists tell of it; of one that was imported as past there is no lease.
 * Times in milliseconds since 1970.
 */
export const bookings: Migration = {
  name: '0015-bookings',
  sql: `
    CREATE TABLE booking_setting (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT;
    CREATE TABLE booking_user (
      user TEXT PRIMARY KEY,
      owner TEXT NOT NULL UNIQUE,
      password_hash TEXT NOT NULL,
      guest_hash TEXT NOT NULL,
      forward_port INTEGER NOT NULL UNIQUE,
      image TEXT,
      extra_command TEXT
    ) STRICT;
    CREATE TABLE booking (
      id TEXT PRIMARY KEY,
      user TEXT NOT NULL,
      starts_at INTEGER NOT NULL,
      ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
      cpus REAL NOT NULL,
      memory_gb REAL NOT NULL,
      gpus INTEGER NOT NULL,
      gpu_numbers TEXT NOT NULL,
      forward_port INTEGER NOT NULL,
      image TEXT,
      extra_command TEXT,
      lease TEXT UNIQUE
    ) STRICT;
    CREATE INDEX booking_time ON booking (ends_at, starts_at);
  `,
};
