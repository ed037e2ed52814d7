import { ProtiumError } from '../errors/protium-error.ts';

/** The daemon stops: what was begun goes on, or is begun again, after its next start. Nothing is wrong. */
export function isInterrupted(error: unknown): boolean {
  return error instanceof ProtiumError && error.code === 'interrupted';
}
