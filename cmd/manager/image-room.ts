import path from 'node:path';
import type { Config } from '../../internal/config/config.ts';
import { createDiskCleaner } from '../../internal/images/clean/clean-disk.ts';
import { createContentVolumes } from '../../internal/images/content-volumes.ts';
import { createImages } from '../../internal/images/create-images.ts';
import { deleteImage } from '../../internal/images/delete/operation.ts';
import { expectedChecksumReader } from '../../internal/images/fetch/expected-checksum.ts';
import { fetchBy } from '../../internal/images/fetch/fetch-content.ts';
import { fromFile } from '../../internal/images/fetch/from-file.ts';
import { fromGuestBuild } from '../../internal/images/fetch/from-guest-build.ts';
import { fromInstance } from '../../internal/images/fetch/from-instance.ts';
import { createUploads } from '../../internal/images/fetch/from-upload.ts';
import { fromUrl } from '../../internal/images/fetch/from-url.ts';
import { createImageHolds } from '../../internal/images/holds.ts';
import { createImageStore } from '../../internal/images/image-store.ts';
import type { Images } from '../../internal/images/image.ts';
import { importImage } from '../../internal/images/import/operation.ts';
import { openIncomingDirectory } from '../../internal/images/incoming/incoming-directory.ts';
import { userSearch } from '../../internal/images/look-for-users.ts';
import { createStoring } from '../../internal/images/storing.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { AnyOperationDefinition } from '../../internal/operations/definition.ts';
import type { KeyedLock } from '../../internal/operations/keyed-lock.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import type { StorageGuard } from '../../internal/subscriptions/storage-guard.ts';
import type { Database } from '../../internal/store/database.ts';
import type { Recovery } from './recovery.ts';
import { createOwnedImages, type OwnedImages } from '../../internal/ownership/owned-images.ts';
import type { Ownership } from '../../internal/ownership/ownership.ts';
import type { V1Sources } from '../../internal/api/v1/services.ts';

export interface ImageRoom {
  readonly definitions: readonly AnyOperationDefinition[];
  /** The use cases, once there is an engine for the definitions. */
  open(
    operations: Operations,
    recovery: Pick<Recovery, 'ready' | 'isSettled'>,
  ): { readonly images: Images; readonly owned: OwnedImages; readonly services: Pick<V1Sources, 'images'> };
}

/** Nothing has come for so long: the connection is given up, and another one tried. */
const stallMs = 30_000;

/** Wires the room of images. */
export function createImageRoom(parts: {
  readonly config: Config;
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly database: Database;
  readonly locks: KeyedLock;
  readonly ownership: Ownership;
  readonly guard: StorageGuard;
  readonly workingDirectory: string;
  readonly log: Logger;
}): ImageRoom {
  const { config, client, view, database, locks, ownership, guard, workingDirectory, log } = parts;
  const { pool, directory, catalogueFile, allowHttp, allowedHosts, maxBytes, maxVirtualBytes } =
    config.images;
  const policy = { allowHttp, allowedHosts };
  const store = createImageStore(database);
  const volumes = createContentVolumes(client);
  const holds = createImageHolds();
  const storing = createStoring();
  const uploads = createUploads();
  const lookForUsers = userSearch({ client, view, holds, log });
  const incoming = openIncomingDirectory(path.join(config.stateDirectory, 'images/incoming'));
  const cleaner = createDiskCleaner(path.join(config.stateDirectory, 'images/appliance'));
  const definitions = {
    import: importImage({
      client,
      view,
      store,
      incoming,
      volumes,
      locks,
      storing,
      guard,
      fetchContent: fetchBy({
        url: fromUrl({ policy, stallMs }),
        file: fromFile(config.allowedPaths),
        upload: uploads.fetch,
        'guest-build': fromGuestBuild(path.join(workingDirectory, 'img/guest/build.sh')),
        instance: fromInstance(client, volumes, guard),
      }),
      readExpectedChecksum: expectedChecksumReader({ policy, stallMs }),
      cleaner,
      maxBytes,
      maxVirtualBytes,
    }),
    delete: deleteImage({
      client,
      view,
      store,
      volumes,
      holds,
      lookForUsers,
      locks,
    }),
  };
  return {
    definitions: [definitions.import, definitions.delete],
    open(operations, recovery) {
      const images = createImages({
        client,
        view,
        operations,
        definitions,
        store,
        storing,
        holds,
        uploads,
        lookForUsers,
        cleaner,
        pool: { name: pool, directory },
        catalogueFile,
        policy,
        allowedPaths: config.allowedPaths,
        ready: () => recovery.ready(),
        isSettled: () => recovery.isSettled(),
      });
      const owned = createOwnedImages({ images, ownership, operations });
      const ownerOf = (name: string) => ownership.ownerOf('image', name)?.owner ?? null;
      return { images, owned, services: { images: { images, owned, ownerOf, operations } } };
    },
  };
}
