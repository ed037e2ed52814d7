import type { LibvirtClient } from '../../libvirt/client.ts';
import { ensureDirectoryPool } from '../../libvirt/directory-pool.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { KeyedLock } from '../../operations/keyed-lock.ts';
import { poolLock, showPool } from './show-pool.ts';

/** Makes and starts the pool that volumes are made in unless told otherwise; any other pool is left as it is. */
export function createPreparePool(parts: {
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly locks: KeyedLock;
  readonly storage: { readonly pool: string; readonly directory: string };
}): (pool: string) => Promise<void> {
  const { client, view, locks, storage } = parts;
  return async (pool) => {
    if (pool !== storage.pool || view.pool(pool)?.state === 'running') return;
    const { directory } = storage;
    await locks.run([poolLock(pool)], () => ensureDirectoryPool(client, { name: pool, directory }));
    await showPool(client, view, pool);
  };
}
