import type { ErrorCode } from '../errors/catalogue.ts';
import { ProtiumError } from '../errors/protium-error.ts';

/** Errors by which somebody is turned away, whatever they asked for. */
const refusalCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'access-denied',
  'credentials-wrong',
  'origin-forbidden',
  'path-forbidden',
  'rate-limited',
  'ticket-invalid',
]);

/** Whether an error tells that somebody was turned away. */
export function isRefusal(error: unknown): error is ProtiumError {
  return error instanceof ProtiumError && refusalCodes.has(error.code);
}
