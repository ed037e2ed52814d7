import { invalidArgument } from '../errors/invalid-argument.ts';

const pattern = /^[a-z0-9][a-z0-9.-]{0,62}$/;

/**
 * The name of an object that is to be made.
 *
 * @param what e.g. `pool`
 * @throws ProtiumError `argument-invalid`
 */
export function requireNewName(what: string, name: string, field = 'name'): string {
  if (pattern.test(name)) return name;
  throw invalidArgument(
    field,
    `The name of a ${what} has at most 63 lower-case letters, digits, dots and dashes, and begins with a letter or digit.`,
  );
}
