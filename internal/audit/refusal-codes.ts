import { ProtiumError } from '../errors/protium-error.ts';

/** Codes of errors by which somebody is turned away, whatever they asked for. */
const refusalCodes: ReadonlySet<string> = new Set([
  'access-denied',
  'credentials-wrong',
  'origin-forbidden',
  'path-forbidden',
  'rate-limited',
  'ticket-invalid',
  'too-many-attempts',
  'unauthenticated',
]);

/** Whether an error tells that somebody was turned away. */
export function isRefusal(error: unknown): error is ProtiumError {
  return error instanceof ProtiumError && refusalCodes.has(error.code);
}
