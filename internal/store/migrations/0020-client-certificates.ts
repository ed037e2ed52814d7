import type { Migration } from './migration.ts';

/** Client certificates that Protium's own authority has issued, by serial number (internal/identity/certificates). */
export const clientCertificates: Migration = {
  name: '0020-client-certificates',
  sql: `
    CREATE TABLE client_certificate (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      serial TEXT NOT NULL UNIQUE,
      user TEXT NOT NULL REFERENCES user (name),
      description TEXT NOT NULL,
      created_at TEXT NOT NULL,
      expires_at TEXT NOT NULL,
      revoked_at TEXT,
      idempotency_key TEXT UNIQUE
    ) STRICT;
    CREATE INDEX client_certificate_user ON client_certificate (user);
  `,
};
