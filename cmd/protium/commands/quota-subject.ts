import { invalidArgument } from '../../../internal/errors/invalid-argument.ts';

/** Whose quota is meant: a project's, by the argument, or a user's, by --user. */
export type QuotaSubject =
  { readonly of: 'project'; readonly name: string } | { readonly of: 'user'; readonly name: string };

/** @throws ProtiumError `argument-invalid`: both are named, or neither */
export function quotaSubject(project: string | undefined, user: string | undefined): QuotaSubject {
  if (project !== undefined && user !== undefined) {
    throw invalidArgument('project', 'Either a project is named, or a user (--user), not both.');
  }
  if (user !== undefined) return { of: 'user', name: user };
  if (project !== undefined) return { of: 'project', name: project };
  throw invalidArgument('project', 'Whose quota? Name a project, or a user: --user NAME.');
}
