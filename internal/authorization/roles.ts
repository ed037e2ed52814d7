import type { Role } from '../identity/caller.ts';
import type { ProjectStore } from './projects/project-store.ts';

/** What a user may do, by project: everything in their own, and what members of others may. */
export function rolesOfUsers(
  store: Pick<ProjectStore, 'rolesOf'>,
): (user: { readonly name: string; readonly owner: string }) => ReadonlyMap<string, Role> {
  return ({ name, owner }) =>
    new Map([
      ...store.rolesOf(name).map(({ project, role }) => [project, role] as const),
      [owner, 'admin'] as const,
    ]);
}
