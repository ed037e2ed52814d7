import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { ContentVolumes } from '../../images/content-volumes.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition, Step } from '../../operations/definition.ts';
import type { Ownership } from '../../ownership/ownership.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { volumeElement } from '../../xml/volume.ts';
import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import { showPool } from '../pools/show-pool.ts';
import { forgetOwned, recordOwned, type OwnedBy } from './owned-volume.ts';
import { copyFailure } from './storage-full.ts';
import { requireFreePlace, volumeLock, type VolumePlace } from './volume-place.ts';

export type Preallocation = 'off' | 'metadata' | 'full';

/** The operation `volume.create`. */
export interface CreateVolume {
  readonly input: VolumePlace & {
    /** A whole number of bytes, as text: it may be larger than JSON's numbers. */
    readonly sizeBytes: string;
    readonly format: 'qcow2' | 'raw';
    readonly preallocation: Preallocation;
    /** What it lies on; `place` null: it is in no pool of ours to lock. */
    readonly backing: {
      readonly path: string;
      readonly format: 'qcow2' | 'raw';
      readonly place: VolumePlace;
    } | null;
    /** Whose it is to be; absent: nobody's. */
    readonly owned?: OwnedBy;
  };
  readonly result: VolumePlace;
  readonly steps: { create: { intent: { free: true } }; 'record-owner': { facts?: never } };
}

/** All of a volume being made may take hours: it is written in full with preallocation. */
export const longCall = { deadlineMs: 24 * 3_600_000 };

export function createVolume(options: {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'refresh'>;
  readonly contents: Pick<ContentVolumes, 'remove'>;
  readonly guard: Pick<StorageGuard, 'require'>;
  readonly ownership: Pick<Ownership, 'record' | 'forget'>;
}): OperationDefinition<CreateVolume> {
  const { client, view, contents, guard, ownership } = options;
  const create: Step<CreateVolume, 'create'> = {
    name: 'create',
    title: 'create the volume',
    async intent({ operationId, input, owner }) {
      await requireFreePlace(client, input);
      const { pool, sizeBytes, owned } = input;
      await guard.require({
        pool,
        bytes: BigInt(sizeBytes),
        owner: owned?.owner ?? owner,
        creator: owned?.creator ?? null,
        operation: operationId,
      });
      return { free: true };
    },
    async do({ input, signal }) {
      const capacityBytes = BigInt(input.sizeBytes);
      const document = volumeElement({
        name: input.name,
        capacityBytes,
        format: input.format,
        ...(input.preallocation === 'full' ? { allocationBytes: capacityBytes } : {}),
        ...(input.backing === null
          ? {}
          : { backing: { path: input.backing.path, format: input.backing.format } }),
      });
      try {
        const pool = await client.pools.lookupByName(input.pool);
        await client.volumes.create(
          pool,
          serializeXml(document),
          { preallocateMetadata: input.preallocation === 'metadata' },
          { ...longCall, signal },
        );
      } catch (error) {
        signal.throwIfAborted();
        if (input.preallocation !== 'full') throw fromLibvirt(error, 'create the volume');
        const needed = { pool: input.pool, leastBytes: capacityBytes, mostBytes: capacityBytes };
        throw await copyFailure(client, error, needed, 'create the volume');
      }
    },
    // The name was free, and is locked.
    undo: ({ input }) => contents.remove(input),
    leftBehind: ({ input }) => leftVolume(input),
  };
  const recordOwner: Step<CreateVolume, 'record-owner'> = {
    name: 'record-owner',
    title: 'record whose it is',
    do: ({ input }) => recordOwned(ownership, input, input.owned),
    undo: ({ input }) => forgetOwned(ownership, input),
  };
  return {
    kind: 'volume.create',
    onRestart: 'undo',
    resources: ({ pool, name, backing }) => [
      volumeLock({ pool, name }),
      ...(backing === null ? [] : [volumeLock(backing.place)]),
    ],
    steps: ({ owned }) => (owned === undefined ? [create] : [create, recordOwner]),
    async result({ input: { pool, name } }) {
      await showPool(client, view, pool);
      return { pool, name };
    },
  };
}

export function leftVolume({ pool, name }: VolumePlace): string {
  return `the volume "${name}": virsh vol-delete --pool ${pool} ${name}`;
}
