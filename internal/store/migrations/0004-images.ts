import type { Migration } from './migration.ts';

/**
 * The index of images (internal/images/image-store.ts). Two images may have one volume: the same content under two names.
 * Sizes are in bytes, `created_at` is ISO 8601 in UTC, `os` is JSON.
 */
export const images: Migration = {
  name: '0004-images',
  sql: `
    CREATE TABLE image (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      digest TEXT NOT NULL,
      format TEXT NOT NULL CHECK (format IN ('qcow2', 'raw')),
      virtual_size INTEGER NOT NULL,
      size INTEGER NOT NULL,
      os TEXT NOT NULL,
      source TEXT NOT NULL,
      location TEXT,
      pool TEXT NOT NULL,
      volume TEXT NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX image_volume ON image (pool, volume);
  `,
};
