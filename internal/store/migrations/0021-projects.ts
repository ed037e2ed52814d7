import type { Migration } from './migration.ts';

/**
 * Projects that users share (internal/authorization/projects), who is a member with which role, and quotas by project;
 * `default`: of those that have none. `devices` and `limits` are JSON; devices null: as the default is.
 */
export const projects: Migration = {
  name: '0021-projects',
  sql: `
    CREATE TABLE project (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      description TEXT NOT NULL,
      created_at TEXT NOT NULL,
      idempotency_key TEXT UNIQUE
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE project_member (
      project TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
      user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE,
      role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
      PRIMARY KEY (project, user)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX project_member_user ON project_member (user);

    CREATE TABLE project_limit (
      project TEXT PRIMARY KEY,
      quota TEXT NOT NULL,
      devices TEXT
    ) STRICT, WITHOUT ROWID;
  `,
};
