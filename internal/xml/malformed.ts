import { type ErrorDetails, ProtiumError } from '../errors/protium-error.ts';

/** The error for a document that cannot be read; the message says what is wrong and what to do. */
export function malformed(message: string, details: ErrorDetails = {}): ProtiumError {
  return new ProtiumError('document-malformed', message, { details });
}
