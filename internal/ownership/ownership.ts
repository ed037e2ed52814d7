import { ProtiumError } from '../errors/protium-error.ts';
import type { Database } from '../store/database.ts';

/** `image`: `id` is the image's name. `volume`: `id` is POOL/NAME. */
export type OwnedKind = 'image' | 'volume';

export interface Owned {
  readonly kind: OwnedKind;
  readonly id: string;
  /** 32 lower-case hexadecimal digits. */
  readonly owner: string;
  /** Id of the user who made it; null: nobody whom Protium keeps. */
  readonly creator: string | null;
  /** The name that its owner gave it. */
  readonly label: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** Whose the things are that libvirt keeps without an owner. Every change is durable when the call returns. */
export interface Ownership {
  /** Throws `already-exists` when somebody has it. */
  record(object: Omit<Owned, 'createdAt' | 'creator'> & { readonly creator?: string | null }): void;
  /** Oldest first. */
  list(kind: OwnedKind, owner: string): readonly Owned[];
  /** What a user made, of whatever project. */
  madeBy(kind: OwnedKind, creator: string): readonly Owned[];
  ownerOf(kind: OwnedKind, id: string): Owned | undefined;
  /** Gives the object of one id another, in one step: it has moved. Throws `not-found`, `already-exists`. */
  rename(kind: OwnedKind, id: string, newId: string): void;
  /** Nothing happens when it is nobody's. */
  forget(kind: OwnedKind, id: string): void;
}

const columns = 'kind, id, owner, creator, label, created_at AS createdAt';

/** The table of the migrations 0009-ownership and 0022-user-quotas. */
export function createOwnership(database: Database, now: () => Date = () => new Date()): Ownership {
  const insert = database.prepare(
    `INSERT INTO owned (kind, id, owner, creator, label, created_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO NOTHING`,
  );
  const one = database.prepare<Owned>(`SELECT ${columns} FROM owned WHERE kind = ? AND id = ?`);
  const byOwner = database.prepare<Owned>(
    `SELECT ${columns} FROM owned WHERE kind = ? AND owner = ? ORDER BY created_at, id`,
  );
  const byCreator = database.prepare<Owned>(`SELECT ${columns} FROM owned WHERE kind = ? AND creator = ?`);
  const rename = database.prepare('UPDATE owned SET id = ? WHERE kind = ? AND id = ?');
  const remove = database.prepare('DELETE FROM owned WHERE kind = ? AND id = ?');
  return {
    record({ kind, id, owner, creator = null, label }) {
      if (insert.run([kind, id, owner, creator, label, now().toISOString()]) === 0) throw taken(kind, id);
    },
    list: (kind, owner) => byOwner.all([kind, owner]),
    madeBy: (kind, creator) => byCreator.all([kind, creator]),
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
