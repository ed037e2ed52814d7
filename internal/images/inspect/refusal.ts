import { ProtiumError } from '../../errors/protium-error.ts';

/** An image that is not taken, and why. */
export function refused(reason: string, why: string): ProtiumError {
  return new ProtiumError('image-refused', `The image is not taken: ${why}`, { details: { reason } });
}
