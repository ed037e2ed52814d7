import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import pRetry from 'p-retry';
import { fromLibvirt } from '../errors/from-libvirt.ts';
import { orAbsent } from '../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import { LibvirtError } from '../libvirt/error.ts';
import type { VolumeRef } from '../libvirt/objects.ts';
import { serializeXml } from '../xml/serialize.ts';
import { volumeElement } from '../xml/volume.ts';
import type { ImageVolume } from './image.ts';

/** The volumes that images are stored in. All calls reject as the client's do, except `upload`. */
export interface ContentVolumes {
  find(volume: ImageVolume): Promise<VolumeRef | null>;
  /** Makes the volume with the file as its content, byte for byte. Nothing is left of it when that fails. */
  upload(volume: ImageVolume, file: string, options: UploadOptions): Promise<void>;
  /** sha256 of what is in it, hexadecimal. */
  digest(volume: VolumeRef, signal: AbortSignal): Promise<string>;
  /** Does nothing when it is not there. */
  remove(volume: ImageVolume): Promise<void>;
}

export interface UploadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
}

/** Read at a time. */
const chunkBytes = 1024 * 1024;

export function createContentVolumes(client: LibvirtClient): ContentVolumes {
  const find = async ({ pool, name }: ImageVolume): Promise<VolumeRef | null> => {
    const ref = await orAbsent(client.pools.lookupByName(pool), virError.noStoragePool);
    return ref === null ? null : orAbsent(client.volumes.lookupByName(ref, name), virError.noStorageVolume);
  };
  const remove = async (volume: ImageVolume): Promise<void> => {
    const found = await find(volume);
    if (found === null) return;
    // libvirt still writes for a moment what was given up: the volume is then in use.
    await pRetry(() => orAbsent(client.volumes.delete(found), virError.noStorageVolume), {
      retries: 5,
      minTimeout: 100,
      shouldRetry: ({ error }) => error instanceof LibvirtError && error.code === virError.operationInvalid,
    });
  };
  return {
    find,
    remove,
    async upload(volume, file, { signal, onProgress }) {
      // An empty raw file, so that no byte of an initial image stays behind a shorter upload. libvirt finds out the true
      // format when it reads the pool again, which it does at the end of an upload.
      const document = volumeElement({ name: volume.name, capacityBytes: 0n, format: 'raw' });
      try {
        const pool = await client.pools.lookupByName(volume.pool);
        const made = await client.volumes.create(pool, serializeXml(document));
        const stream = await client.volumes.upload(made, { offset: 0n, length: 0n });
        const source = createReadStream(file, { highWaterMark: chunkBytes });
        source.on('data', () => onProgress(source.bytesRead));
        await pipeline(source, stream, { signal });
      } catch (error) {
        // The same call removes it again when the operation is undone, if it cannot be removed now.
        await remove(volume).catch(() => undefined);
        signal.throwIfAborted();
        throw fromLibvirt(error, 'store the image');
      }
    },
    async digest(volume, signal) {
      const hash = createHash('sha256');
      const stream = await client.volumes.download(volume, { offset: 0n, length: 0n });
      await pipeline(stream, hash, { signal });
      return hash.digest('hex');
    },
  };
}
