import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { VolumeRef } from '../../libvirt/objects.ts';
import { orAbsent } from '../from-documents/absent.ts';
import { isLayerOf } from '../snapshots/layers.ts';

interface Volume {
  readonly pool: string;
  readonly name: string;
}

/**
 * The layers that snapshots put on these volumes: without what they are on they are nothing.
 *
 * @param others files of disks of other domains
 */
export async function layersOn(
  client: LibvirtClient,
  volumes: readonly Volume[],
  others: ReadonlySet<string>,
): Promise<Volume[]> {
  const layers = new Map<string, Volume>();
  for (const { pool: poolName, name } of volumes) {
    const pool = await orAbsent(client.pools.lookupByName(poolName), virError.noStoragePool);
    if (pool === null) continue;
    const volume = await orAbsent(client.volumes.lookupByName(pool, name), virError.noStorageVolume);
    if (volume === null) continue;
    const all: readonly VolumeRef[] = await client.volumes.list(pool);
    for (const { key, name: layer } of all) {
      if (isLayerOf(key, volume.key) && !others.has(key)) layers.set(key, { pool: poolName, name: layer });
    }
  }
  return [...layers.values()];
}
