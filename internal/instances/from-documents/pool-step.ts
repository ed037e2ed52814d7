import { rmdir, stat } from 'node:fs/promises';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { PoolRef } from '../../libvirt/objects.ts';
import type { Step } from '../../operations/definition.ts';
import { readPool } from '../../xml/pool.ts';
import { orAbsent } from './absent.ts';
import type { CreateFromDocuments, PreparedPool } from './shape.ts';

/**
 * Makes sure that the pool is there and active: one of that name, else one on the same directory (libvirt refuses a
 * second pool there), else a new one. An existing directory is used as it is.
 */
export function ensurePool(client: LibvirtClient): Step<CreateFromDocuments, 'ensure-pool'> {
  const byName = (name: string) => orAbsent(client.pools.lookupByName(name), virError.noStoragePool);
  return {
    name: 'ensure-pool',
    title: 'prepare the storage pool',
    async intent({ input: { pool } }) {
      const existing = await findPool(client, pool);
      if (existing !== null) {
        const active = await client.pools.isActive(existing);
        return { action: active ? 'reuse' : 'activate', name: existing.name, makesDirectory: null };
      }
      const makesDirectory =
        pool.targetPath !== null && !(await exists(pool.targetPath)) ? pool.targetPath : null;
      return { action: 'create', name: pool.name, makesDirectory };
    },
    async do({ input }, { action, name, makesDirectory }) {
      if (action === 'create') {
        return {
          uuid: (await client.pools.createXml(input.pool.xml, { build: makesDirectory !== null })).uuid,
        };
      }
      const pool = await client.pools.lookupByName(name);
      if (action === 'activate') await client.pools.create(pool);
      return { uuid: pool.uuid };
    },
    async verify(_run, { name }) {
      const pool = await byName(name);
      return pool !== null && (await client.pools.isActive(pool)) ? { uuid: pool.uuid } : 'absent';
    },
    async undo(_run, { action, name, makesDirectory }) {
      if (action === 'reuse') return;
      const pool = await byName(name);
      if (pool !== null && (await client.pools.isActive(pool))) await client.pools.destroy(pool);
      if (makesDirectory !== null) await removeEmptyDirectory(makesDirectory);
    },
    leftBehind: (_run, { name }) => `the storage pool "${name}": virsh pool-destroy ${name}`,
  };
}

async function findPool(client: LibvirtClient, wanted: PreparedPool): Promise<PoolRef | null> {
  const named = await orAbsent(client.pools.lookupByName(wanted.name), virError.noStoragePool);
  if (named !== null) {
    const { targetPath } = readPool(await client.pools.xml(named));
    if (wanted.targetPath !== null && targetPath !== wanted.targetPath) {
      throw new ProtiumError(
        'already-exists',
        `There is already a storage pool "${wanted.name}", on ${String(targetPath)} instead of ${wanted.targetPath}. ` +
          'Give the pool in the document another name, or remove the other pool (virsh pool-destroy, pool-undefine).',
        { details: { pool: wanted.name, existingPath: targetPath ?? '', wantedPath: wanted.targetPath } },
      );
    }
    return named;
  }
  if (wanted.targetPath === null) return null;
  return orAbsent(client.pools.lookupByTargetPath(wanted.targetPath), virError.noStoragePool);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function removeEmptyDirectory(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}
