import type { Migration } from './migration.ts';

/**
 * What is held for owners (internal/subscriptions/subscription.ts), ended ones too: invoices are made of them. `held` is JSON;
 * `instance` is the uuid of the one that was placed on it last. Times in milliseconds since 1970.
 */
export const subscriptions: Migration = {
  name: '0012-subscriptions',
  sql: `
    CREATE TABLE subscription (
      id TEXT PRIMARY KEY,
      owner TEXT NOT NULL,
      plan TEXT NOT NULL,
      price_per_month REAL NOT NULL CHECK (price_per_month >= 0),
      held TEXT NOT NULL,
      instance TEXT,
      created_at INTEGER NOT NULL,
      ended_at INTEGER CHECK (ended_at >= created_at),
      idempotency_key TEXT,
      UNIQUE (owner, idempotency_key)
    ) STRICT;
    CREATE INDEX subscription_owner ON subscription (owner, created_at);
  `,
};
