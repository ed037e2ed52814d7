import type { Migration } from './migration.ts';

/**
 * Who made things (ids of users), and quotas by user; `default`: of those that have none. `quota` is JSON. What was made before
 * counts for its project alone.
 */
export const userQuotas: Migration = {
  name: '0022-user-quotas',
  sql: `
    ALTER TABLE owned ADD COLUMN creator TEXT;
    CREATE INDEX owned_by_creator ON owned (kind, creator) WHERE creator IS NOT NULL;

    ALTER TABLE lease ADD COLUMN creator TEXT;
    CREATE INDEX lease_by_creator ON lease (creator, ends_at) WHERE creator IS NOT NULL;

    CREATE TABLE user_limit (
      user TEXT PRIMARY KEY,
      quota TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
