import { ProtiumError } from '../../errors/protium-error.ts';
import type { Caller } from '../../identity/caller.ts';

/** @throws ProtiumError `access-denied` */
export function requireAdministrator(caller: Caller, what: string): void {
  if (!caller.administrator) throw accessDenied(`Only administrators ${what}.`);
}

export function accessDenied(message: string): ProtiumError {
  return new ProtiumError('access-denied', message);
}
