import { ProtiumError } from './protium-error.ts';

/** The error `argument-invalid` of one field of a request, by the contract's name of it. */
export function invalidArgument(field: string, message: string): ProtiumError {
  return new ProtiumError('argument-invalid', message, { details: { field } });
}
