import type { Role } from './caller.ts';
import type { User } from './identity.ts';

/** What a user may do, by project. */
export type RolesOf = (user: User) => ReadonlyMap<string, Role>;

const order: readonly Role[] = ['viewer', 'operator', 'admin'];

/** Everybody rules the project of their own. */
export const personalRoles: RolesOf = ({ owner }) => new Map([[owner, 'admin']]);

export function lesser(one: Role, other: Role): Role {
  return order.indexOf(one) < order.indexOf(other) ? one : other;
}

/** Whether `one` may do all that `other` may. */
export function includes(one: Role | undefined, other: Role): boolean {
  return one !== undefined && order.indexOf(one) >= order.indexOf(other);
}

export function isRole(text: string): text is Role {
  return (order as readonly string[]).includes(text);
}
