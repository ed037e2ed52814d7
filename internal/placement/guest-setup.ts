import { readUserData } from '../cloud-init/user-data.ts';
import type { GuestProfile } from '../guests/profile.ts';
import type { Spec } from '../spec/spec.ts';
import type { GuestSystem, PlacementPolicy, Plan } from './plan.ts';

/** Whether a seed sets up the guest, and what the user should know of that. */
export function planGuestSetup(
  { guest, os }: Pick<Spec, 'guest' | 'os'>,
  { loginUser }: GuestSystem,
  { setup, login }: GuestProfile,
  { pool }: PlacementPolicy,
): { readonly seed: Plan['seed']; readonly warnings: readonly string[] } {
  if (guest === null) return { seed: null, warnings: [] };
  if (setup === null) {
    const system = os.flavour ?? os.family;
    return {
      seed: null,
      warnings: [
        `User, password, keys and cloud-init are not applied: a guest of the system "${system}" does not read them.`,
      ],
    };
  }
  const { username, password, sshKeys, userData } = guest;
  const warnings: string[] = [];
  if (username === null && (password !== null || sshKeys.length > 0)) {
    warnings.push(`No user was named: password and keys are for the user "${loginUser ?? login.user}".`);
  }
  const answer = userData === null ? null : readUserData(userData);
  if (answer?.ok === true && answer.userData.form === 'unknown') {
    warnings.push(
      'The user-data is left out: it begins with nothing that cloud-init knows, as #cloud-config or #!/bin/sh.',
    );
  }
  return { seed: { pool: pool.name }, warnings };
}
