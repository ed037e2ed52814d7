import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { orAbsent } from '../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import type { PoolRef } from '../libvirt/objects.ts';
import { poolElement } from '../xml/pool.ts';
import { serializeXml } from '../xml/serialize.ts';
import { volumeElement } from '../xml/volume.ts';

/** Removes a file of the host behind a libvirt that is in no pool, e.g. UEFI's variables. Does nothing where it is not there. */
export function removeFile(client: LibvirtClient, file: string): Promise<void> {
  return inDirectoryOf(client, file, async (pool) => {
    const volume = await orAbsent(
      client.volumes.lookupByName(pool, path.posix.basename(file)),
      virError.noStorageVolume,
    );
    if (volume !== null) await client.volumes.delete(volume);
  });
}

/** Copies such a file to the same place of another host. Resolves with false where it is not there. */
export function copyFile(
  client: LibvirtClient,
  there: LibvirtClient,
  file: string,
  signal: AbortSignal,
): Promise<boolean> {
  const name = path.posix.basename(file);
  return inDirectoryOf(client, file, async (pool) => {
    const volume = await orAbsent(client.volumes.lookupByName(pool, name), virError.noStorageVolume);
    if (volume === null) return false;
    await inDirectoryOf(there, file, async (poolThere) => {
      const document = volumeElement({ name, capacityBytes: 0n, format: 'raw' });
      const made = await there.volumes.create(poolThere, serializeXml(document));
      const source = await client.volumes.download(volume, { offset: 0n, length: 0n });
      const sink = await there.volumes.upload(made, { offset: 0n, length: 0n });
      await pipeline(source, sink, { signal });
    });
    return true;
  });
}

/** libvirt reaches files through pools: one that lasts for as long as it is used, unless the directory is one. */
async function inDirectoryOf<T>(
  client: LibvirtClient,
  file: string,
  use: (pool: PoolRef) => Promise<T>,
): Promise<T> {
  const directory = path.posix.dirname(file);
  const known = await orAbsent(client.pools.lookupByTargetPath(directory), virError.noStoragePool);
  if (known !== null) {
    await client.pools.refresh(known);
    return use(known);
  }
  const name = `protium-move-${randomUUID()}`;
  const document = poolElement({ type: 'dir', name, targetPath: directory });
  const pool = await client.pools.createXml(serializeXml(document), { build: true });
  try {
    return await use(pool);
  } finally {
    await client.pools.destroy(pool);
  }
}
