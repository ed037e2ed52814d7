import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { withVolumeSize } from '../../instances/attachments/volume-size.ts';
import { currentInstance, type CurrentInstance } from '../../instances/changes/current-instance.ts';
import { keepRecord, recordText } from '../../instances/changes/keep-record.ts';
import { instanceResources, type InstanceTarget } from '../../instances/lifecycle/target.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition, Step } from '../../operations/definition.ts';
import { parseXml } from '../../xml/parse.ts';
import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import { showPool } from '../pools/show-pool.ts';
import { targetOf } from './files-in-document.ts';
import { existingVolume, volumeLock, type VolumePlace } from './volume-place.ts';

/** The operation `volume.resize`. */
export interface ResizeVolume {
  readonly input: VolumePlace & {
    /** A whole number of bytes, as text: it may be larger than JSON's numbers. */
    readonly sizeBytes: string;
    /** The domains that have it as a disk; absent: none. */
    readonly holders?: readonly InstanceTarget[];
  };
  readonly result: VolumePlace & { readonly sizeBytes: string };
  readonly steps: { grow: { facts?: never }; 'keep-records': { facts?: never } };
}

/** Makes a volume larger: by the VM that runs on it, where one does. */
export function resizeVolume(options: {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'refresh' | 'domains'>;
  readonly guard: StorageGuard;
}): OperationDefinition<ResizeVolume> {
  const { client, view, guard } = options;
  const grow: Step<ResizeVolume, 'grow'> = {
    name: 'grow',
    title: 'make the volume larger',
    irreversible: true,
    async intent({ operationId, input }) {
      const { capacityBytes } = await client.volumes.info(await existingVolume(client, input));
      await requireGrowth(guard, input, BigInt(input.sizeBytes) - capacityBytes, operationId);
      return {};
    },
    async do({ input }) {
      const wanted = BigInt(input.sizeBytes);
      try {
        const volume = await existingVolume(client, input);
        const { capacityBytes } = await client.volumes.info(volume);
        if (capacityBytes > wanted) throw wouldShrink(input, capacityBytes);
        const path = await client.volumes.path(volume);
        const running = view.domains().find(({ id, diskPaths }) => id !== null && diskPaths.includes(path));
        if (running !== undefined) {
          const { name, uuid, id } = running;
          const target = targetOf(parseXml(await client.domains.xml({ name, uuid, id })), path);
          if (target !== null) {
            await client.domains.blockResize({ name, uuid, id }, target, wanted);
            return;
          }
        }
        if (capacityBytes < wanted) await client.volumes.resize(volume, wanted);
      } catch (error) {
        throw fromLibvirt(error, 'make the volume larger');
      }
    },
  };
  const keepRecords: Step<ResizeVolume, 'keep-records'> = {
    name: 'keep-records',
    title: 'keep the size with the instances that have it',
    irreversible: true,
    async do({ input }) {
      const path = await client.volumes.path(await existingVolume(client, input));
      for (const { uuid } of input.holders ?? []) {
        const instance = await instanceOrNull(client, uuid);
        if (instance === null) continue;
        const record = withVolumeSize(instance.record, path, Number(input.sizeBytes));
        await keepRecord(client, instance.domain, recordText(record));
      }
    },
  };
  return {
    kind: 'volume.resize',
    onRestart: 'resume',
    resources: ({ pool, name, holders = [] }) => [
      volumeLock({ pool, name }),
      ...holders.flatMap(instanceResources),
    ],
    steps: ({ holders = [] }) => (holders.length === 0 ? [grow] : [grow, keepRecords]),
    async result({ input: { pool, name, sizeBytes } }) {
      // What a running VM did to it, libvirt sees when it reads the pool again.
      await client.pools.refresh(await client.pools.lookupByName(pool)).catch(() => undefined);
      await showPool(client, view, pool);
      return { pool, name, sizeBytes };
    },
  };
}

/** null: the domain is gone, or no instance of ours. */
async function instanceOrNull(client: LibvirtClient, uuid: string): Promise<CurrentInstance | null> {
  try {
    return await currentInstance(client, uuid);
  } catch (error) {
    if (error instanceof ProtiumError && error.code === 'not-found') return null;
    throw error;
  }
}

/** Rejects with `storage-full` when a volume must not become so much larger. */
export async function requireGrowth(
  guard: StorageGuard,
  volume: VolumePlace,
  bytes: bigint,
  operation?: string,
): Promise<void> {
  if (bytes <= 0n) return;
  await guard.require({
    pool: volume.pool,
    bytes,
    owner: guard.ownerOf(volume),
    creator: guard.creatorOf(volume),
    ...(operation !== undefined && { operation }),
  });
}

export function wouldShrink({ name }: VolumePlace, capacityBytes: bigint): ProtiumError {
  return new ProtiumError(
    'argument-invalid',
    `The volume "${name}" has ${capacityBytes} bytes. It is not made smaller: a guest would lose what is at its end.`,
    { details: { field: 'size_bytes', capacityBytes: String(capacityBytes) } },
  );
}
