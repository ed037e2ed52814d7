import type { GpueaterFunction } from './function.ts';
import { sshKeyFunctions, type SshKeyParts } from './ssh-keys/functions.ts';

/** What the groups of functions work with. */
export interface GpueaterParts {
  readonly sshKeys: SshKeyParts;
}

/** Every function of the dialect, group by group. */
export function allFunctions(parts: GpueaterParts): readonly GpueaterFunction[] {
  return [...sshKeyFunctions(parts.sshKeys)];
}
