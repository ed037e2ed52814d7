import type { Caller, Role } from '../identity/caller.ts';

/** What a role of a project allows: to look, to use and change, to decide about the project itself. Each includes the one before. */
export type Permission = 'view' | 'operate' | 'manage';

/**
 * To whom an object belongs: to a project; to the host, where everyone may look at and use it and administrators change it
 * (`everyone`); to nobody, which is administrators' business (`administrators`); or it is not there (`nothing`).
 */
export type Standing =
  | { readonly of: 'project'; readonly project: string }
  | { readonly of: 'everyone' | 'administrators' | 'nothing' };

/** `hidden`: it is to look as if it were not there. */
export type Verdict = 'allowed' | 'denied' | 'hidden';

const ranks: Readonly<Record<Role, number>> = { viewer: 1, operator: 2, admin: 3 };
const needed: Readonly<Record<Permission, number>> = { view: 1, operate: 2, manage: 3 };

/** Whether a caller may do this to an object. Pure; every decision of every dialect is this one. */
export function decide(
  caller: Pick<Caller, 'administrator' | 'roles'>,
  permission: Permission,
  standing: Standing,
): Verdict {
  if (caller.administrator) return 'allowed';
  switch (standing.of) {
    case 'nothing':
    case 'administrators':
      return 'hidden';
    case 'everyone':
      return permission === 'view' ? 'allowed' : 'denied';
    case 'project': {
      const role = caller.roles.get(standing.project);
      if (role === undefined) return 'hidden';
      return ranks[role] >= needed[permission] ? 'allowed' : 'denied';
    }
  }
}

/** Whether a caller sees what belongs to a project; null: to nobody. */
export function sees(caller: Pick<Caller, 'administrator' | 'roles'>, project: string | null): boolean {
  return caller.administrator || (project !== null && caller.roles.has(project));
}
