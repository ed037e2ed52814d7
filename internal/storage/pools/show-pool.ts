import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import { orAbsent } from '../../instances/from-documents/absent.ts';

/** The key that changes of a pool hold, by its name. */
export function poolLock(name: string): string {
  return `pool/${name}`;
}

/** Reads a pool and its volumes into the live view. One that is gone is left to libvirt's event. */
export async function showPool(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh'>,
  name: string,
): Promise<void> {
  const pool = await orAbsent(client.pools.lookupByName(name), virError.noStoragePool);
  if (pool === null) return;
  await view.refresh('pool', pool.uuid);
  await view.refresh('volume', pool.uuid);
}
