import path from 'node:path';
import type { V1Sources } from '../../internal/api/v1/services.ts';
import type { Config } from '../../internal/config/config.ts';
import { createContentVolumes } from '../../internal/images/content-volumes.ts';
import { createUploads } from '../../internal/images/fetch/from-upload.ts';
import type { Images } from '../../internal/images/image.ts';
import { openIncomingDirectory } from '../../internal/images/incoming/incoming-directory.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { AnyOperationDefinition } from '../../internal/operations/definition.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import type { Ownership } from '../../internal/ownership/ownership.ts';
import { createPool } from '../../internal/storage/pools/create-pool.ts';
import { deletePool } from '../../internal/storage/pools/delete-pool.ts';
import { createPools } from '../../internal/storage/pools/pools.ts';
import { cloneVolume } from '../../internal/storage/volumes/clone-volume.ts';
import { createVolume } from '../../internal/storage/volumes/create-volume.ts';
import { deleteVolumeOperation } from '../../internal/storage/volumes/delete-volume.ts';
import { volumeUserSearch } from '../../internal/storage/volumes/look-for-users.ts';
import { moveVolume } from '../../internal/storage/volumes/move-volume.ts';
import { resizeVolume } from '../../internal/storage/volumes/resize-volume.ts';
import { uploadVolume } from '../../internal/storage/volumes/upload-volume.ts';
import { createVolumes, type Volumes } from '../../internal/storage/volumes/volumes.ts';
import type { ProjectsRoom } from './projects-room.ts';

export interface StorageRoom {
  readonly definitions: readonly AnyOperationDefinition[];
  /** The use cases, once there is an engine for the definitions. */
  open(parts: {
    readonly operations: Operations;
    readonly images: Images;
    readonly ready: () => Promise<void>;
  }): {
    readonly volumes: Volumes;
    readonly services: Pick<V1Sources, 'pools' | 'volumes'>;
  };
}

/** Wires the room of pools and volumes. */
export function createStorageRoom(parts: {
  readonly config: Config;
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly ownership: Ownership;
  readonly projects: Pick<ProjectsRoom, 'guard' | 'volumeOwners'>;
  readonly log: Logger;
}): StorageRoom {
  const { config, client, view, ownership, log } = parts;
  const { guard, volumeOwners } = parts.projects;
  const contents = createContentVolumes(client);
  const uploads = createUploads();
  const lookForUsers = volumeUserSearch({ client, view, log });
  const common = { client, view, contents, ownership, guard };
  const pools = { create: createPool(client, view), remove: deletePool(client, view) };
  const volumes = {
    create: createVolume(common),
    clone: cloneVolume(common),
    move: moveVolume({ ...common, lookForUsers }),
    resize: resizeVolume(common),
    remove: deleteVolumeOperation({ ...common, lookForUsers }),
    upload: uploadVolume({
      ...common,
      incoming: openIncomingDirectory(path.join(config.stateDirectory, 'volumes/incoming')),
      fetchUpload: uploads.fetch,
      maxBytes: config.images.maxBytes,
      maxVirtualBytes: config.images.maxVirtualBytes,
    }),
  };
  return {
    definitions: [
      pools.create,
      pools.remove,
      volumes.create,
      volumes.clone,
      volumes.move,
      volumes.resize,
      volumes.remove,
      volumes.upload,
    ],
    open({ operations, images, ready }) {
      const volumesInPools = createVolumes({
        client,
        view,
        operations,
        definitions: volumes,
        images,
        imagePool: config.images.pool,
        uploads,
        lookForUsers,
        guard,
        ready,
      });
      const roots = config.poolDirectories;
      const poolsOfHost = createPools({ client, view, operations, definitions: pools, roots, ready });
      return {
        volumes: volumesInPools,
        services: {
          pools: { pools: poolsOfHost, operations, view },
          volumes: {
            volumes: volumesInPools,
            placesOf: (owner) => volumeOwners.placesOf(owner),
            operations,
            view,
          },
        },
      };
    },
  };
}
