import { ProtiumError } from '../../errors/protium-error.ts';
import { orAbsent } from '../../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { VolumeRef } from '../../libvirt/objects.ts';

/** A volume by the names of its pool and its own. */
export interface VolumePlace {
  readonly pool: string;
  readonly name: string;
}

/** The key that changes of a volume hold. */
export function volumeLock({ pool, name }: VolumePlace): string {
  return `volume/${pool}/${name}`;
}

/** null: it or its pool is not there. */
export async function findVolume(
  client: LibvirtClient,
  { pool, name }: VolumePlace,
): Promise<VolumeRef | null> {
  const ref = await orAbsent(client.pools.lookupByName(pool), virError.noStoragePool);
  return ref === null ? null : orAbsent(client.volumes.lookupByName(ref, name), virError.noStorageVolume);
}

/** @throws ProtiumError `not-found` */
export async function existingVolume(client: LibvirtClient, place: VolumePlace): Promise<VolumeRef> {
  const found = await findVolume(client, place);
  if (found !== null) return found;
  throw new ProtiumError('not-found', `The pool "${place.pool}" has no volume "${place.name}".`);
}

/** @throws ProtiumError `already-exists` */
export async function requireFreePlace(client: LibvirtClient, place: VolumePlace): Promise<void> {
  if ((await findVolume(client, place)) === null) return;
  throw new ProtiumError('already-exists', `The pool "${place.pool}" has a volume "${place.name}" already.`, {
    details: { pool: place.pool, volume: place.name },
  });
}
