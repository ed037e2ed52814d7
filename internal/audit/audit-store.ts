import type { Database } from '../store/database.ts';
import { genesis, hashOf, type ChainPlace } from './chain.ts';
import type { AuditEntry, AuditFacts } from './entry.ts';

/** An entry to be written, and what is thereby open, or no longer. */
export interface Draft {
  readonly facts: AuditFacts;
  /** `attempt`: until its outcome is written. Else a key, until another draft closes it. */
  readonly opens?: string;
  readonly closes?: string;
}

/** The table of the record: only the writer appends. Every method throws what the database does. */
export interface AuditStore {
  /** All of them or none; returns their sequences. */
  append(drafts: readonly Draft[]): readonly number[];
  /** Oldest first. */
  after(sequence: number, limit: number): readonly AuditEntry[];
  /** Attempts (`attempt/SEQUENCE`) and operations (`operation/ID`) that nothing has closed, with what was told of them. */
  open(): readonly { readonly key: string; readonly facts: AuditFacts }[];
  /** The newest entry; sequence 0 and the genesis: there is none. */
  head(): ChainPlace;
  /** What the oldest entry that is left follows. */
  base(): ChainPlace;
  /** How many entries are left that were written before. Times may go back with the clock: everything up to the last such. */
  lastBefore(time: string): number | null;
  /** Appends `draft` and removes what the file holds. */
  archived(archive: ArchivedPart, draft: Draft): void;
}

export interface ArchivedPart {
  readonly through: ChainPlace;
  readonly file: string;
  readonly sha256: string;
}

/** Column of each field. */
const columns = {
  sequence: 'sequence',
  time: 'time',
  event: 'event',
  requestId: 'request_id',
  user: 'user',
  way: 'way',
  credential: 'credential',
  address: 'address',
  method: 'method',
  objectKind: 'object_kind',
  object: 'object',
  project: 'project',
  result: 'result',
  operation: 'operation',
  attempt: 'attempt',
  count: 'count',
  hash: 'hash',
} as const satisfies Record<keyof AuditEntry, string>;

/** For SELECT: each column under the name of its field. */
export const selection = Object.entries(columns)
  .map(([field, column]) => `${column} AS "${field}"`)
  .join(', ');

export function createAuditStore(database: Database, clock: () => Date): AuditStore {
  const fields = Object.keys(columns) as (keyof AuditEntry)[];
  const insert = database.prepare(
    `INSERT INTO audit_entry (${Object.values(columns).join(', ')}) VALUES (${fields.map((field) => `:${field}`).join(', ')})`,
  );
  const opened = database.prepare('INSERT OR REPLACE INTO audit_open (key, entry) VALUES (?, ?)');
  const closed = database.prepare('DELETE FROM audit_open WHERE key = ?');
  const newest = database.prepare<ChainPlace>(
    'SELECT sequence, hash FROM audit_entry ORDER BY sequence DESC LIMIT 1',
  );
  const lastArchive = database.prepare<ChainPlace>(
    'SELECT through AS sequence, hash FROM audit_archive ORDER BY through DESC LIMIT 1',
  );
  const base = (): ChainPlace => lastArchive.get() ?? { sequence: 0, hash: genesis };
  const head = (): ChainPlace => newest.get() ?? base();
  // The state directory is this process's alone: nobody else appends.
  let last: ChainPlace | null = null;

  const write = (drafts: readonly Draft[]): ChainPlace[] => {
    let place = last ?? head();
    const time = clock().toISOString();
    return drafts.map(({ facts, opens, closes }) => {
      const unhashed = { ...facts, sequence: place.sequence + 1, time };
      const entry: AuditEntry = { ...unhashed, hash: hashOf(place.hash, unhashed) };
      insert.run({ ...entry });
      place = { sequence: entry.sequence, hash: entry.hash };
      if (opens !== undefined) {
        opened.run([opens === 'attempt' ? `attempt/${entry.sequence}` : opens, JSON.stringify(facts)]);
      }
      if (closes !== undefined) closed.run([closes]);
      return place;
    });
  };

  return {
    head,
    base,
    append(drafts) {
      const places = database.transaction(() => write(drafts));
      last = places.at(-1) ?? last;
      return places.map(({ sequence }) => sequence);
    },
    after: (sequence, limit) =>
      database
        .prepare<AuditEntry>(
          `SELECT ${selection} FROM audit_entry WHERE sequence > ? ORDER BY sequence LIMIT ?`,
        )
        .all([sequence, limit]),
    open: () =>
      database
        .prepare<{ key: string; entry: string }>('SELECT key, entry FROM audit_open ORDER BY key')
        .all()
        .map(({ key, entry }) => ({ key, facts: JSON.parse(entry) as AuditFacts })),
    lastBefore: (time) =>
      database
        .prepare<{ sequence: number | null }>(
          'SELECT max(sequence) AS sequence FROM audit_entry WHERE time < ?',
        )
        .get([time])?.sequence ?? null,
    archived({ through, file, sha256 }, draft) {
      const places = database.transaction(() => {
        const written = write([draft]);
        database
          .prepare('INSERT INTO audit_archive (through, hash, file, sha256) VALUES (?, ?, ?, ?)')
          .run([through.sequence, through.hash, file, sha256]);
        database.prepare('DELETE FROM audit_entry WHERE sequence <= ?').run([through.sequence]);
        return written;
      });
      last = places.at(-1) ?? last;
    },
  };
}
