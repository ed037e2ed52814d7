import { ProtiumError } from '../errors/protium-error.ts';

/**
 * What libvirt has no definition of is gone when it stops, and libvirt fails (as if it were broken) when it is to start with the host.
 *
 * @throws ProtiumError `state-conflict`
 */
export function requirePersistent(
  what: 'pool' | 'network',
  { name, persistent }: { readonly name: string; readonly persistent: boolean },
): void {
  if (persistent) return;
  const command = what === 'pool' ? 'pool' : 'net';
  throw new ProtiumError(
    'state-conflict',
    `The ${what} "${name}" lasts only until it is stopped, and so cannot start with the host. ` +
      `To keep it: virsh ${command}-dumpxml ${name} >${what}.xml && virsh ${command}-define ${what}.xml`,
    { details: { name } },
  );
}
