import { administratorsProject, type Caller } from '../../identity/caller.ts';
import type { OwnedBy } from '../../storage/volumes/owned-volume.ts';

/** To whom belongs what a caller makes, as the rooms take it; to nobody where that is an administrator's. */
export function ownedBy(
  caller: Pick<Caller, 'project' | 'userId'>,
  label: string,
): { readonly owner: { readonly owner?: string }; readonly owned: { readonly owned?: OwnedBy } } {
  const { project } = caller;
  if (project === administratorsProject) return { owner: {}, owned: {} };
  return { owner: { owner: project }, owned: { owned: { owner: project, label, ...creatorOf(caller) } } };
}

/** The project of what a caller makes; null: nobody's, where that is an administrator's. */
export function ownerOrNull({ project }: Pick<Caller, 'project'>): string | null {
  return project === administratorsProject ? null : project;
}

/** Who makes what a caller makes, as the rooms take it. */
export function creatorOf({ userId }: Pick<Caller, 'userId'>): { readonly creator?: string } {
  return userId === undefined ? {} : { creator: userId };
}
