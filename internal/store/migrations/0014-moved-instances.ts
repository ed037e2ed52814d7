import type { Migration } from './migration.ts';

/**
 * Instances that went to other hosts (internal/migration/moved-instances.ts): `moved_at` is ISO 8601 in UTC, `moved` is JSON
 * (internal/migration/moved-instance.ts).
 */
export const movedInstances: Migration = {
  name: '0014-moved-instances',
  sql: `
    CREATE TABLE moved_instance (
      uuid TEXT PRIMARY KEY,
      moved_at TEXT NOT NULL,
      moved TEXT NOT NULL
    ) STRICT;
    CREATE INDEX moved_instance_by_time ON moved_instance (moved_at);
  `,
};
