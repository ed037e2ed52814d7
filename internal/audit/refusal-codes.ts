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

/** Errors that tell those who are turned away nothing of it. */
const unsaid = new WeakSet<ProtiumError>();

/** An error by which somebody is turned away, though it reads like another one: what they may not see looks as if it were not there. */
export function asRefusal(error: ProtiumError): ProtiumError {
  unsaid.add(error);
  return error;
}

/** Whether an error tells that somebody was turned away. */
export function isRefusal(error: unknown): error is ProtiumError {
  return error instanceof ProtiumError && (refusalCodes.has(error.code) || unsaid.has(error));
}
