import { ProtiumError } from '../../errors/protium-error.ts';

const pattern = /^[a-z0-9][a-z0-9.-]{0,62}$/;

/**
 * The rule for names of new objects.
 *
 * @throws ProtiumError `argument-invalid`
 */
export function requireName(name: string, field: string): void {
  if (pattern.test(name)) return;
  throw new ProtiumError(
    'argument-invalid',
    'A name has at most 63 lower-case letters, digits, dots and dashes, and begins with a letter or digit.',
    { details: { field } },
  );
}
