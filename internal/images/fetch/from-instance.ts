import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { volumeElement } from '../../xml/volume.ts';
import type { ContentVolumes } from '../content-volumes.ts';
import type { ImageVolume } from '../image.ts';
import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import { copyStream } from './copy-stream.ts';
import type { Fetcher, FetchRun } from './fetch-content.ts';

/** A copy of a large disk takes its time. */
const cloneDeadlineMs = 2 * 3_600_000;

/** The copy that libvirt makes on the way, in the image pool. */
export function flatCopyOf(pool: string, operationId: string): ImageVolume {
  return { pool, name: `incoming-${operationId}.qcow2` };
}

/**
 * Takes the disk of a domain that is off. libvirt copies it, so that nothing lies below it any more, without this
 * process having to read the files of its guests.
 */
export function fromInstance(
  client: LibvirtClient,
  volumes: ContentVolumes,
  guard: StorageGuard,
): Fetcher<'instance'> {
  return async (plan, file, run) => {
    const copy = flatCopyOf(run.pool.name, run.operationId);
    try {
      await requireOff(client, plan.uuid);
      const source = await volumes.find({ pool: plan.pool, name: plan.volume });
      if (source === null) {
        throw new ProtiumError('not-found', `The volume "${plan.pool}/${plan.volume}" is no more.`);
      }
      const { capacityBytes } = await client.volumes.info(source);
      await guard.require({
        pool: copy.pool,
        bytes: capacityBytes,
        owner: guard.ownerOf({ pool: plan.pool, name: plan.volume }),
        // A copy for as long as it is read: the image counts, when it is stored.
        isMoved: true,
      });
      run.progress(0, 'copy the disk');
      const pool = await client.pools.lookupByName(copy.pool);
      const document = volumeElement({ name: copy.name, capacityBytes });
      const flat = await client.volumes.clone(
        pool,
        serializeXml(document),
        source,
        {},
        {
          deadlineMs: cloneDeadlineMs,
          signal: run.signal,
        },
      );
      await requireOff(client, plan.uuid);
      const content = await client.volumes.download(flat, { offset: 0n, length: 0n });
      await copyStream(content, file, run, null);
    } catch (error) {
      run.signal.throwIfAborted();
      throw fromLibvirt(error, 'copy the disk of the instance');
    }
    await volumes.remove(copy);
  };
}

/** Removes the copy, wherever a fetch was cut short. */
export function undoFromInstance(
  volumes: ContentVolumes,
  { operationId, pool }: Pick<FetchRun, 'operationId' | 'pool'>,
): Promise<void> {
  return volumes.remove(flatCopyOf(pool.name, operationId));
}

async function requireOff(client: LibvirtClient, uuid: string): Promise<void> {
  const domain = await client.domains.lookupByUuid(uuid);
  const { state } = await client.domains.state(domain);
  if (state === 'shutoff') return;
  throw new ProtiumError(
    'state-conflict',
    `"${domain.name}" is ${state}: its disk may change while it is copied. Shut it down first.`,
    { details: { domain: domain.name, state } },
  );
}
