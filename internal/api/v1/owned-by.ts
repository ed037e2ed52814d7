import { administratorsProject, type Caller } from '../../identity/caller.ts';
import type { OwnedBy } from '../../storage/volumes/owned-volume.ts';

/** To whom belongs what a caller makes, as the rooms take it; to nobody where that is an administrator's. */
export function ownedBy(
  { project }: Pick<Caller, 'project'>,
  label: string,
): { readonly owner: { readonly owner?: string }; readonly owned: { readonly owned?: OwnedBy } } {
  if (project === administratorsProject) return { owner: {}, owned: {} };
  return { owner: { owner: project }, owned: { owned: { owner: project, label } } };
}

/** The project of what a caller makes; null: nobody's, where that is an administrator's. */
export function ownerOrNull({ project }: Pick<Caller, 'project'>): string | null {
  return project === administratorsProject ? null : project;
}
