import { ProtiumError } from '../errors/protium-error.ts';
import type { Database } from '../store/database.ts';

/** `image`: `id` is the image's name. `volume`: `id` is POOL/NAME. */
export type OwnedKind = 'image' | 'volume';

export interface Owned {
  readonly kind: OwnedKind;
  readonly id: string;
  /** 32 lower-case hexadecimal digits. */
  readonly owner: string;
  /** The name that its owner gave it. */
  readonly label: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** Whose the things are that libvirt keeps without an owner. Every change is durable when the call returns. */
export interface Ownership {
  /** Throws `already-exists` when somebody has it. */
  record(object: Omit<Owned, 'createdAt'>): void;
  /** Oldest first. */
  list(kind: OwnedKind, owner: string): readonly Owned[];
  ownerOf(kind: OwnedKind, id: string): Owned | undefined;
  /** Gives the object of one id another, in one step: it has moved. Throws `not-found`, `already-exists`. */
  rename(kind: OwnedKind, id: string, newId: string): void;
  /** Nothing happens when it is nobody's. */
  forget(kind: OwnedKind, id: string): void;
}

const columns = 'kind, id, owner, label, created_at AS createdAt';

/** The table of the migration 0009-ownership. */
export function createOwnership(database: Database, now: () => Date = () => new Date()): Ownership {
  const insert = database.prepare(
    `INSERT INTO owned (kind, id, owner, label, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO NOTHING`,
  );
  const one = database.prepare<Owned>(`SELECT ${columns} FROM owned WHERE kind = ? AND id = ?`);
  const byOwner = database.prepare<Owned>(
    `SELECT ${columns} FROM owned WHERE kind = ? AND owner = ? ORDER BY created_at, id`,
  );
  const rename = database.prepare('UPDATE owned SET id = ? WHERE kind = ? AND id = ?');
  const remove = database.prepare('DELETE FROM owned WHERE kind = ? AND id = ?');
  return {
    record({ kind, id, owner, label }) {
      if (insert.run([kind, id, owner, label, now().toISOString()]) === 0) throw taken(kind, id);
    },
    list: (kind, owner) => byOwner.all([kind, owner]),
    ownerOf: (kind, id) => one.get([kind, id]),
    rename: (kind, id, newId) =>
      database.transaction(() => {
        if (one.get([kind, newId]) !== undefined) throw taken(kind, newId);
        if (rename.run([newId, kind, id]) === 0) {
          throw new ProtiumError('not-found', `The ${kind} "${id}" is nobody's.`);
        }
      }),
    forget: (kind, id) => void remove.run([kind, id]),
  };
}

function taken(kind: OwnedKind, id: string): ProtiumError {
  return new ProtiumError('already-exists', `The ${kind} "${id}" is somebody's already.`, {
    details: { kind, id },
  });
}
