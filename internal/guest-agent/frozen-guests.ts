import type { Database } from '../store/database.ts';

/** Which guests have frozen file systems, and until when: outlives the daemon, so that no guest stays frozen. */
export interface FrozenGuests {
  put(uuid: string, thawAt: number): void;
  thawAt(uuid: string): number | undefined;
  all(): readonly { readonly uuid: string; readonly thawAt: number }[];
  remove(uuid: string): void;
}

/** The table of the migration frozen-guests. */
export function createFrozenGuests(database: Database): FrozenGuests {
  const put = database.prepare('INSERT OR REPLACE INTO frozen_guest (uuid, thaw_at) VALUES (?, ?)');
  const one = database.prepare<{ thawAt: number }>(
    'SELECT thaw_at AS thawAt FROM frozen_guest WHERE uuid = ?',
  );
  const all = database.prepare<{ uuid: string; thawAt: number }>(
    'SELECT uuid, thaw_at AS thawAt FROM frozen_guest',
  );
  const remove = database.prepare('DELETE FROM frozen_guest WHERE uuid = ?');
  return {
    put: (uuid, thawAt) => void put.run([uuid, thawAt]),
    thawAt: (uuid) => one.get([uuid])?.thawAt,
    all: () => all.all(),
    remove: (uuid) => void remove.run([uuid]),
  };
}
