import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { ensureDirectoryPool } from '../../libvirt/directory-pool.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition, Step } from '../../operations/definition.ts';
import type { DiskCleaner } from '../clean/clean-disk.ts';
import { cleanStep } from './clean-step.ts';
import { fetchStep, type FetchStepOptions } from './fetch-step.ts';
import { inspectStep } from './inspect-step.ts';
import type { ImportImage } from './shape.ts';
import { storeStep, type StoreStepOptions } from './store-step.ts';

/** The key that operations of an image hold, by its name. */
export function imageLock(name: string): string {
  return `image/${name}`;
}

export type ImportOptions = FetchStepOptions &
  StoreStepOptions & {
    readonly client: LibvirtClient;
    readonly view: Pick<LiveView, 'refresh'>;
    readonly cleaner: Pick<DiskCleaner, 'clean'>;
    readonly maxVirtualBytes: number;
  };

/** Takes an image in: all of it, verified and inspected, or nothing. */
export function importImage(options: ImportOptions): OperationDefinition<ImportImage> {
  const { client, view, incoming } = options;
  const ensurePool: Step<ImportImage, 'ensure-pool'> = {
    name: 'ensure-pool',
    title: 'prepare the image pool',
    async do({ input }) {
      try {
        await ensureDirectoryPool(client, input.pool);
      } catch (error) {
        throw fromLibvirt(error, 'prepare the image pool');
      }
    },
  };
  const discard: Step<ImportImage, 'discard'> = {
    name: 'discard',
    title: 'remove what was only needed on the way',
    async do({ operationId, input, log }) {
      await incoming.remove(operationId);
      // The next request finds the volume; without it the image is there all the same.
      await showPool(client, view, input.pool.name).catch((error: unknown) => {
        log.warn({ err: error }, 'the image pool could not be read again');
      });
    },
  };
  return {
    kind: 'image.import',
    onRestart: 'undo',
    resources: ({ name, fetch }) => [
      imageLock(name),
      // Nothing of ours starts the domain while its disk is copied.
      ...(fetch.kind === 'instance' ? [`domain/${fetch.domain}`] : []),
    ],
    steps: ({ fetch }) => [
      ensurePool,
      fetchStep(options),
      ...(fetch.kind === 'instance' && fetch.clean ? [cleanStep(options)] : []),
      inspectStep(options),
      storeStep(options),
      discard,
    ],
    result: (run) => ({
      imageId: run.operationId,
      name: run.input.name,
      digest: run.data('inspect').digest,
    }),
  };
}

/** Reads a pool into the live view. */
export async function showPool(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh'>,
  name: string,
): Promise<void> {
  const { uuid } = await client.pools.lookupByName(name);
  await view.refresh('pool', uuid);
  await view.refresh('volume', uuid);
}
