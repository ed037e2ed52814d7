import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { orAbsent } from '../from-documents/absent.ts';

/** null: there is no such domain (any more). */
export function findDomain(client: LibvirtClient, uuid: string): Promise<DomainRef | null> {
  return orAbsent(client.domains.lookupByUuid(uuid), virError.noDomain);
}

/** Rejects with ProtiumError `not-found`. */
export async function existingDomain(client: LibvirtClient, uuid: string): Promise<DomainRef> {
  const domain = await findDomain(client, uuid);
  if (domain !== null) return domain;
  throw new ProtiumError('not-found', 'The VM was removed by somebody else.', { details: { uuid } });
}

/** null: it is off, or gone. */
export async function activeDomain(client: LibvirtClient, uuid: string): Promise<DomainRef | null> {
  const domain = await findDomain(client, uuid);
  return (domain?.id ?? null) === null ? null : domain;
}
