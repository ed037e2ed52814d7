import { ProtiumError } from '../../errors/protium-error.ts';
import { administratorsProject } from '../../identity/caller.ts';
import { normaliseId, undashed } from '../../spec/ids.ts';

/** The client that a request names, as 32 lower-case hexadecimal digits; the administrator where it names none. */
export function ownerOrAdministrator(owner: string): string {
  return owner === '' ? administratorsProject : ownerOf(owner);
}

/** @throws ProtiumError `argument-invalid` */
export function ownerOf(owner: string): string {
  const id = normaliseId(owner);
  if (id !== null) return undashed(id);
  throw new ProtiumError('argument-invalid', 'An owner is an id of 32 hexadecimal digits.', {
    details: { field: 'owner' },
  });
}
