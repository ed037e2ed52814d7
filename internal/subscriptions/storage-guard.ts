import { ProtiumError } from '../errors/protium-error.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { SubscriptionHolds } from './holds.ts';
import type { VolumeOwners } from './volume-owners.ts';

/** More bytes of a pool, also those to which a volume may grow. */
export interface WantedBytes {
  readonly pool: string;
  readonly bytes: bigint;
  /** For whom: what is held for it is there for it; null: for nobody who could have any. */
  readonly owner: string | null;
  /** Id of the user who makes it, or made what grows; null: nobody whom Protium keeps; absent: it does not count for one. */
  readonly creator?: string | null;
  /** Counts from now on, until this operation has ended; absent: nothing is begun yet. */
  readonly operation?: string;
  /** What there is elsewhere goes when this is there: it is no more than before. */
  readonly isMoved?: boolean;
}

/** Keeps what is held of storage from being taken by whoever makes volumes, or makes them larger. */
export interface StorageGuard extends Pick<VolumeOwners, 'ownerOf' | 'creatorOf' | 'creatorOfImage'> {
  /** Rejects with `storage-full` when the bytes do not fit beside what is held for others. */
  require(wanted: WantedBytes): Promise<void>;
}

export function createStorageGuard(parts: {
  readonly client: Pick<LibvirtClient, 'pools'>;
  readonly holds: Pick<SubscriptionHolds, 'storageOf' | 'pools'>;
  readonly volumes: VolumeOwners;
  /** Whether what is written to one of the pools is no longer there for the other. */
  readonly shareStorage: (pool: string, other: string) => Promise<boolean>;
}): StorageGuard {
  const { client, holds, volumes, shareStorage } = parts;
  return {
    ownerOf: (volume) => volumes.ownerOf(volume),
    creatorOf: (volume) => volumes.creatorOf(volume),
    creatorOfImage: (name) => volumes.creatorOfImage(name),
    async require({ pool, bytes, owner }) {
      let held = 0;
      for (const holding of holds.pools()) {
        if (holding !== pool && !(await shareStorage(holding, pool))) continue;
        held += holds.storageOf(holding, (of) => volumes.bytesOf(holding, of), owner);
      }
      if (held === 0) return;
      const found = await client.pools.lookupByName(pool);
      await client.pools.refresh(found).catch(() => undefined);
      const { availableBytes } = await client.pools.info(found);
      if (bytes <= availableBytes - BigInt(held)) return;
      throw new ProtiumError(
        'storage-full',
        `This may take ${bytes} bytes; the pool "${pool}" has ${availableBytes} left, of which ${held} are held for subscriptions. ` +
          'Ask for less, free some space, or subscribe to storage.',
        {
          details: {
            pool,
            availableBytes: String(availableBytes),
            heldBytes: String(held),
            neededBytes: String(bytes),
          },
        },
      );
    },
  };
}
