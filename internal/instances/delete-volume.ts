import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import { orAbsent } from './from-documents/absent.ts';

/** Deletes a volume, if it and its pool are there. */
export async function deleteVolume(
  client: LibvirtClient,
  { pool: poolName, name }: { readonly pool: string; readonly name: string },
): Promise<void> {
  const pool = await orAbsent(client.pools.lookupByName(poolName), virError.noStoragePool);
  if (pool === null) return;
  const volume = await orAbsent(client.volumes.lookupByName(pool, name), virError.noStorageVolume);
  if (volume !== null) await client.volumes.delete(volume);
}
