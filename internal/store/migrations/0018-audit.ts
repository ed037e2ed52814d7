import type { Migration } from './migration.ts';

/**
 * The audit record (internal/audit): a chain of entries that are only ever added. What was archived may go, and nothing else.
 * `audit_open` is no record: it tells after a crash what had no ending.
 */
export const audit: Migration = {
  name: '0018-audit',
  sql: `
    CREATE TABLE audit_entry (
      sequence INTEGER PRIMARY KEY,
      time TEXT NOT NULL,
      event TEXT NOT NULL,
      request_id TEXT NOT NULL,
      user TEXT NOT NULL,
      way TEXT NOT NULL,
      credential TEXT NOT NULL,
      address TEXT NOT NULL,
      method TEXT NOT NULL,
      object_kind TEXT NOT NULL,
      object TEXT NOT NULL,
      project TEXT NOT NULL,
      result TEXT NOT NULL,
      operation TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      count INTEGER NOT NULL,
      hash TEXT NOT NULL
    ) STRICT;
    CREATE INDEX audit_entry_user ON audit_entry (user, sequence);
    CREATE INDEX audit_entry_object ON audit_entry (object, sequence);
    CREATE INDEX audit_entry_time ON audit_entry (time);
    CREATE INDEX audit_entry_operation ON audit_entry (operation, sequence) WHERE operation <> '';

    -- Everything through this sequence is in that file.
    CREATE TABLE audit_archive (
      through INTEGER PRIMARY KEY,
      hash TEXT NOT NULL,
      file TEXT NOT NULL,
      sha256 TEXT NOT NULL
    ) STRICT;

    CREATE TABLE audit_open (
      key TEXT PRIMARY KEY,
      entry TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
    CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry
    WHEN OLD.sequence > ifnull((SELECT max(through) FROM audit_archive), 0)
    BEGIN SELECT RAISE(ABORT, 'the audit record is append-only: archive entries to remove them'); END;
    CREATE TRIGGER audit_entry_insert BEFORE INSERT ON audit_entry
    WHEN NEW.sequence <> ifnull((SELECT max(sequence) FROM audit_entry), ifnull((SELECT max(through) FROM audit_archive), 0)) + 1
    BEGIN SELECT RAISE(ABORT, 'entries of the audit record follow one another'); END;
    CREATE TRIGGER audit_archive_update BEFORE UPDATE ON audit_archive
    BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
    CREATE TRIGGER audit_archive_delete BEFORE DELETE ON audit_archive
    BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
  `,
};
