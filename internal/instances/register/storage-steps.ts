import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { ensureDirectoryPool } from '../../libvirt/directory-pool.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { PoolRef, VolumeRef } from '../../libvirt/objects.ts';
import type { Step } from '../../operations/definition.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { volumeElement } from '../../xml/volume.ts';
import { deleteVolume } from '../delete-volume.ts';
import { orAbsent } from '../from-documents/absent.ts';
import type { RegisterInstance, RegisterVolume } from './shape.ts';

/** Makes the pool for new volumes if it is not there, and starts it. It stays: other VMs use it too. */
export function ensurePool(client: LibvirtClient): Step<RegisterInstance, 'ensure-pool'> {
  return {
    name: 'ensure-pool',
    title: 'prepare the storage pool',
    async do({ input }) {
      if (input.seed === null && input.volumes.every(({ action }) => action === 'use')) return;
      await ensureDirectoryPool(client, input.pool);
    },
  };
}

/** Makes the volumes that are new, named by their ids. */
export function createVolumes(client: LibvirtClient): Step<RegisterInstance, 'create-volumes'> {
  const poolOf = (volume: RegisterVolume): Promise<PoolRef> => client.pools.lookupByName(volume.pool);
  const find = async (volume: RegisterVolume): Promise<VolumeRef | null> =>
    orAbsent(client.volumes.lookupByName(await poolOf(volume), volume.name), virError.noStorageVolume);
  return {
    name: 'create-volumes',
    title: 'create the volumes',
    async intent({ input }) {
      for (const volume of input.volumes) {
        if (volume.action === 'use' || (await find(volume)) === null) continue;
        // Refused before anything is made: the undo removes what has these names.
        throw new ProtiumError(
          'already-exists',
          `The pool "${volume.pool}" has a volume "${volume.name}" already.`,
          {
            details: { pool: volume.pool, volume: volume.name },
          },
        );
      }
      return {};
    },
    async do({ input }) {
      const paths: Record<string, string> = {};
      for (const volume of input.volumes) {
        if (volume.action === 'use') continue;
        const { backing = null } = volume;
        const document = volumeElement({
          name: volume.name,
          capacityBytes: BigInt(volume.sizeBytes ?? 0),
          format: volume.format,
          ...(backing === null ? {} : { backing: { path: backing.path, format: backing.format } }),
        });
        try {
          const made = await client.volumes.create(await poolOf(volume), serializeXml(document));
          // For a pool of files the key is the path (libvirt's storage backend for directories).
          paths[volume.id] = made.key;
        } catch (error) {
          throw fromLibvirt(error, 'create the volume');
        }
      }
      return { paths };
    },
    async undo({ input }) {
      for (const volume of input.volumes) {
        if (volume.action === 'use') continue;
        // The name holds an id that was made up for this operation, or was free: nobody else's volume has it.
        await deleteVolume(client, volume);
      }
    },
    leftBehind: ({ input }) =>
      input.volumes
        .filter(({ action }) => action === 'create')
        .map(({ pool, name }) => `the volume "${name}": virsh vol-delete --pool ${pool} ${name}`)
        .join('; '),
  };
}
