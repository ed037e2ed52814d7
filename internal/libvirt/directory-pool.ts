import { poolElement } from '../xml/pool.ts';
import { serializeXml } from '../xml/serialize.ts';
import type { LibvirtClient } from './client.ts';
import { virError } from './error-code.ts';
import { LibvirtError } from './error.ts';
import type { PoolRef } from './objects.ts';

/** A pool of files that Protium keeps for itself. */
export interface DirectoryPool {
  readonly name: string;
  readonly directory: string;
}

/** Makes the pool if it is not there, and starts it. It stays: others use it too. */
export async function ensureDirectoryPool(
  client: LibvirtClient,
  { name, directory }: DirectoryPool,
): Promise<PoolRef> {
  const known = await findPool(client, name);
  const document = poolElement({ type: 'dir', name, targetPath: directory });
  const pool = known ?? (await client.pools.define(serializeXml(document)));
  if (known === null) {
    await client.pools.build(pool);
    await client.pools.setAutostart(pool, true);
  }
  if (!(await client.pools.isActive(pool))) await client.pools.create(pool);
  return pool;
}

async function findPool(client: LibvirtClient, name: string): Promise<PoolRef | null> {
  try {
    return await client.pools.lookupByName(name);
  } catch (error) {
    if (error instanceof LibvirtError && error.code === virError.noStoragePool) return null;
    throw error;
  }
}
