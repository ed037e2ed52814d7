import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { PoolRef } from '../../libvirt/objects.ts';
import { orAbsent } from '../from-documents/absent.ts';

/** The active pools that have these files. */
export async function poolsOf(client: LibvirtClient, files: readonly string[]): Promise<readonly PoolRef[]> {
  const pools = new Map<string, PoolRef>();
  for (const file of files) {
    const volume = await orAbsent(client.volumes.lookupByPath(file), virError.noStorageVolume);
    if (volume === null || pools.has(volume.pool)) continue;
    pools.set(volume.pool, await client.pools.lookupByName(volume.pool));
  }
  return [...pools.values()];
}

/** Lets libvirt and the live view know of files that came and went beside these. */
export async function refreshPoolsOf(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh'>,
  files: readonly string[],
): Promise<void> {
  for (const pool of await poolsOf(client, files)) {
    await client.pools.refresh(pool);
    await view.refresh('volume', pool.uuid).catch(() => undefined);
  }
}
