import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition, Step } from '../../operations/definition.ts';
import type { KeyedLock } from '../../operations/keyed-lock.ts';
import type { ContentVolumes } from '../content-volumes.ts';
import type { ImageHolds } from '../holds.ts';
import type { ImageVolume } from '../image.ts';
import type { ImageStore } from '../image-store.ts';
import { imageLock, showPool } from '../import/operation.ts';
import { contentLock } from '../import/store-step.ts';
import type { LookForUsers } from '../look-for-users.ts';
import { requireUnused } from '../users.ts';

/** The operation `image.delete`. */
export interface DeleteImage {
  readonly input: { readonly imageId: string; readonly name: string; readonly volume: ImageVolume };
  readonly result: { readonly imageId: string };
  readonly steps: {
    delete: { facts?: never };
  };
}

export interface DeleteOptions {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'refresh'>;
  readonly store: ImageStore;
  readonly volumes: ContentVolumes;
  readonly holds: ImageHolds;
  readonly lookForUsers: LookForUsers;
  readonly locks: KeyedLock;
}

/** Removes an image, and its volume unless another image has it too; never while something needs it. */
export function deleteImage(options: DeleteOptions): OperationDefinition<DeleteImage> {
  const { client, view, store, volumes, holds, lookForUsers, locks } = options;
  const remove: Step<DeleteImage, 'delete'> = {
    name: 'delete',
    title: 'delete the image',
    irreversible: true,
    async do({ input: { imageId, name, volume }, log }) {
      const reopen = holds.close(volume);
      try {
        await locks.run([contentLock(volume)], async () => {
          const others = store.countOf(volume) - (store.byId(imageId) === undefined ? 0 : 1);
          if (others === 0) {
            requireUnused(name, await lookForUsers(volume));
            await volumes.remove(volume);
          }
          // The volume first: cut short in between, the operation is carried on and finds it gone.
          store.remove(imageId);
        });
      } catch (error) {
        throw fromLibvirt(error, 'delete the image');
      } finally {
        reopen();
      }
      await showPool(client, view, volume.pool).catch((error: unknown) => {
        log.warn({ err: error }, 'the image pool could not be read again');
      });
    },
  };
  return {
    kind: 'image.delete',
    onRestart: 'resume',
    resources: ({ name }) => [imageLock(name)],
    steps: () => [remove],
    result: ({ input }) => ({ imageId: input.imageId }),
  };
}
