import type { User } from '../identity.ts';

/** A user, and what they may do on the host. */
export interface Account extends User {
  /** May do everything on this host. */
  readonly administrator: boolean;
}

export interface AccountRow {
  readonly name: string;
  readonly owner: string;
  readonly created_at: string;
  readonly administrator: number;
}

export function decodeAccount({ name, owner, created_at, administrator }: AccountRow): Account {
  return { name, owner, createdAt: created_at, administrator: administrator === 1 };
}

/** Who is there from the start, for whom the first token is made. */
export const builtInAdministrator = 'administrator';
