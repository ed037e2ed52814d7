import { PassThrough, Readable } from 'node:stream';
import type { LibvirtClient } from '../../../internal/libvirt/client.ts';
import { virError } from '../../../internal/libvirt/error-code.ts';
import { LibvirtError } from '../../../internal/libvirt/error.ts';
import type { VolumeRef } from '../../../internal/libvirt/objects.ts';
import { readVolume, volumeElement } from '../../../internal/xml/volume.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import { element } from '../../../internal/xml/tree.ts';

/** Pools of volumes in memory, as far as copies ask libvirt for them. */
export interface StoredVolumes {
  readonly client: LibvirtClient;
  /** By POOL/NAME: the format, and the bytes. */
  readonly volumes: Map<string, { format: 'raw' | 'qcow2'; bytes: Buffer }>;
  /** What is done to what is written, before it is kept. */
  keep: (bytes: Buffer) => Buffer | Promise<Buffer>;
  /** Awaited before a volume is deleted. */
  beforeDelete: () => Promise<void>;
  availableBytes: bigint;
}

export function storedVolumes(): StoredVolumes {
  const volumes: StoredVolumes['volumes'] = new Map();
  const store: StoredVolumes = {
    volumes,
    keep: (bytes) => bytes,
    beforeDelete: () => Promise.resolve(),
    availableBytes: 2n ** 40n,
    client: {
      pools: {
        lookupByName: (name: string) => Promise.resolve({ name, uuid: `uuid of ${name}` }),
        refresh: () => Promise.resolve(),
        info: () => Promise.resolve({ availableBytes: store.availableBytes }),
      },
      volumes: {
        lookupByName: ({ name: pool }: { name: string }, name: string) =>
          Promise.resolve().then(() => {
            if (volumes.has(`${pool}/${name}`)) return { pool, name, key: `/${pool}/${name}` };
            const call = 'volumes.lookupByName';
            throw new LibvirtError({
              code: virError.noStorageVolume,
              domain: 18,
              level: 2,
              message: 'none',
              call,
            });
          }),
        path: ({ pool, name }: VolumeRef) => Promise.resolve(`/${pool}/${name}`),
        xml: ({ pool, name }: VolumeRef) => {
          const { format, bytes } = existing(`${pool}/${name}`);
          const tree = volumeElement({ name, format, capacityBytes: BigInt(bytes.length) });
          return Promise.resolve(
            serializeXml({
              ...tree,
              children: [...tree.children, element('physical', { unit: 'bytes' }, bytes.length)],
            }),
          );
        },
        create: ({ name: pool }: { name: string }, xml: string) => {
          const { name } = readVolume(xml);
          volumes.set(`${pool}/${name}`, { format: 'raw', bytes: Buffer.alloc(0) });
          return Promise.resolve({ pool, name, key: `/${pool}/${name}` });
        },
        async clone({ name: pool }: { name: string }, xml: string, from: VolumeRef) {
          const { name } = readVolume(xml);
          const { bytes } = existing(`${from.pool}/${from.name}`);
          volumes.set(`${pool}/${name}`, { format: 'raw', bytes: Buffer.alloc(0) });
          volumes.set(`${pool}/${name}`, { format: 'raw', bytes: await store.keep(bytes) });
          return { pool, name, key: `/${pool}/${name}` };
        },
        async delete({ pool, name }: VolumeRef) {
          await store.beforeDelete();
          volumes.delete(`${pool}/${name}`);
        },
        download: ({ pool, name }: VolumeRef, { length }: { length: bigint }) => {
          const { bytes } = existing(`${pool}/${name}`);
          return Promise.resolve(Readable.from([length === 0n ? bytes : bytes.subarray(0, Number(length))]));
        },
        upload: ({ pool, name }: VolumeRef) => {
          const taken: Buffer[] = [];
          const stream = new PassThrough({
            transform: (chunk: Buffer, _encoding, done) => {
              taken.push(chunk);
              done();
            },
            flush: (done) => {
              void Promise.resolve(store.keep(Buffer.concat(taken))).then((bytes) => {
                volumes.set(`${pool}/${name}`, { format: 'qcow2', bytes });
                done();
              });
            },
          });
          stream.resume();
          return Promise.resolve(stream);
        },
      },
    } as unknown as LibvirtClient,
  };
  const existing = (id: string) => {
    const found = volumes.get(id);
    if (found === undefined) throw new Error(`There is no ${id}`);
    return found;
  };
  return store;
}
