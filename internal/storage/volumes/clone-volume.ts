import type { ContentVolumes } from '../../images/content-volumes.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition, Step } from '../../operations/definition.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { readVolume, volumeElement } from '../../xml/volume.ts';
import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import type { Ownership } from '../../ownership/ownership.ts';
import { forgetOwned, recordOwned, type OwnedBy } from './owned-volume.ts';
import { showPool } from '../pools/show-pool.ts';
import { leftVolume, longCall } from './create-volume.ts';
import { copyFailure, requireRoom } from './storage-full.ts';
import { existingVolume, requireFreePlace, volumeLock, type VolumePlace } from './volume-place.ts';

/** The operation `volume.clone`: a full copy. */
export interface CloneVolume {
  readonly input: {
    readonly source: VolumePlace;
    readonly target: VolumePlace;
    /** Whose the copy is to be; absent: nobody's. */
    readonly owned?: OwnedBy;
  };
  readonly result: VolumePlace;
  readonly steps: { copy: { intent: { free: true } }; 'record-owner': { facts?: never } };
}

export function cloneVolume(options: {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'refresh'>;
  readonly contents: Pick<ContentVolumes, 'remove'>;
  readonly guard: Pick<StorageGuard, 'require'>;
  readonly ownership: Pick<Ownership, 'record' | 'forget'>;
}): OperationDefinition<CloneVolume> {
  const { client, view, contents, guard, ownership } = options;
  const copy: Step<CloneVolume, 'copy'> = {
    name: 'copy',
    title: 'copy the volume',
    async intent({ operationId, input: { source, target, owned }, owner }) {
      await requireFreePlace(client, target);
      const { capacityBytes } = readVolume(await client.volumes.xml(await existingVolume(client, source)));
      await guard.require({
        pool: target.pool,
        bytes: capacityBytes ?? 0n,
        owner: owned?.owner ?? owner,
        creator: owned?.creator ?? null,
        operation: operationId,
      });
      return { free: true };
    },
    async do({ input: { source, target }, signal }) {
      const from = await existingVolume(client, source);
      const { capacityBytes, allocationBytes, format } = readVolume(await client.volumes.xml(from));
      const mostBytes = capacityBytes ?? 0n;
      // A layer's copy holds what lies below it too.
      const leastBytes = (allocationBytes ?? 0n) < mostBytes ? (allocationBytes ?? 0n) : mostBytes;
      const needed = { pool: target.pool, leastBytes, mostBytes };
      await requireRoom(client, needed);
      const document = volumeElement({
        name: target.name,
        capacityBytes: mostBytes,
        format: format === 'qcow2' ? 'qcow2' : 'raw',
      });
      try {
        const pool = await client.pools.lookupByName(target.pool);
        await client.volumes.clone(pool, serializeXml(document), from, {}, { ...longCall, signal });
      } catch (error) {
        signal.throwIfAborted();
        throw await copyFailure(client, error, needed, 'copy the volume');
      }
    },
    // The name was free, and is locked. libvirt carries on with what was given up: it is waited for.
    undo: ({ input }) => contents.remove(input.target),
    leftBehind: ({ input }) => leftVolume(input.target),
  };
  const recordOwner: Step<CloneVolume, 'record-owner'> = {
    name: 'record-owner',
    title: 'record whose it is',
    do: ({ input: { target, owned } }) => recordOwned(ownership, target, owned),
    undo: ({ input }) => forgetOwned(ownership, input.target),
  };
  return {
    kind: 'volume.clone',
    onRestart: 'undo',
    resources: ({ source, target }) => [volumeLock(source), volumeLock(target)],
    steps: ({ owned }) => (owned === undefined ? [copy] : [copy, recordOwner]),
    async result({ input: { target } }) {
      await showPool(client, view, target.pool);
      return target;
    },
  };
}
