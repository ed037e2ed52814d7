import { ProtiumError } from '../errors/protium-error.ts';
import type { Caller } from '../identity/caller.ts';

/**
 * The projects whose entries a caller may see; null: all of them.
 *
 * @throws ProtiumError `access-denied`
 */
export function visibleProjects({ administrator, roles }: Caller): readonly string[] | null {
  if (administrator) return null;
  const own = [...roles].flatMap(([project, role]) => (role === 'admin' ? [project] : []));
  if (own.length > 0) return own;
  throw new ProtiumError(
    'access-denied',
    'The audit record is for administrators, and for the admins of a project. Ask one of them.',
  );
}

/** @throws ProtiumError `access-denied` */
export function requireAdministrator({ administrator }: Caller): void {
  if (administrator) return;
  throw new ProtiumError(
    'access-denied',
    'Only administrators of this host may do that to the audit record.',
  );
}
