import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import type { VolumeView } from '../../libvirt/live-view/views.ts';
import { beginClone, type BeginClone } from './begin-clone.ts';
import { beginCreate, type VolumeRequest } from './begin-create.ts';
import { beginMove, type BeginMove } from './begin-move.ts';
import { beginUpload, type BeginUpload } from './begin-upload.ts';
import { requireNoUsers } from './delete-volume.ts';
import { imageOf, notOfImage, notOfSeed } from './guarded-volumes.ts';
import { requireGrowth, wouldShrink } from './resize-volume.ts';
import { volumeContent, type VolumeContent } from './volume-content.ts';
import { pathOf, volumeLookups } from './volume-lookups.ts';
import { startOptions, type VolumeChange, type VolumeParts } from './volume-parts.ts';
import type { VolumePlace } from './volume-place.ts';
import { usedPaths, usersOfPath, type VolumeUser } from './volume-users.ts';

export interface VolumeFilter {
  /** uuid or name. */
  readonly pool?: string;
  readonly used?: boolean;
  readonly format?: string;
}

/**
 * The use cases of volumes. What takes time resolves with the id of its operation, null in a dry run. All reject with
 * `not-found` for what is not there.
 */
export interface Volumes {
  /** Sorted by pool and name. */
  list(filter: VolumeFilter): readonly VolumeView[];
  get(place: VolumePlace): VolumeView;
  /** Looks closely: asks libvirt for all domains. */
  usersOf(place: VolumePlace): Promise<readonly VolumeUser[]>;
  /** As the live view knows. */
  shownUsersOf(volume: VolumeView): readonly VolumeUser[];
  create(request: VolumeRequest, change: VolumeChange): Promise<string | null>;
  readonly clone: BeginClone;
  readonly move: BeginMove;
  resize(place: VolumePlace, sizeBytes: bigint, change: VolumeChange): Promise<string | null>;
  remove(place: VolumePlace, change: VolumeChange): Promise<string | null>;
  readonly upload: BeginUpload;
  content(place: VolumePlace): Promise<VolumeContent>;
}

export function createVolumes(parts: VolumeParts): Volumes {
  const { client, view, operations, definitions, images, imagePool, lookForUsers, guard, ready } = parts;
  const lookups = volumeLookups(view);
  const creation = beginCreate(parts, lookups);
  const get = (place: VolumePlace): VolumeView => lookups.volume(place);
  return {
    list({ pool, used, format }) {
      const volumes = view.volumes(pool === undefined ? undefined : lookups.poolNamed(pool).uuid);
      const paths =
        used === undefined ? null : usedPaths({ volumes: view.volumes(), domains: view.domains() });
      return volumes.filter(
        (volume) =>
          (format === undefined || volume.format === format) &&
          (paths === null || (volume.path !== null && paths.has(volume.path)) === used),
      );
    },
    get,
    shownUsersOf(volume) {
      const image = imageOf(volume, images, imagePool);
      const shown =
        volume.path === null
          ? []
          : usersOfPath(volume.path, { volumes: view.volumes(), domains: view.domains() });
      return image === null ? shown : [{ kind: 'image', name: image }, ...shown];
    },
    async usersOf(place) {
      const volume = get(place);
      const image = imageOf(volume, images, imagePool);
      const found = await lookForUsers(pathOf(volume)).catch((error: unknown) => {
        throw fromLibvirt(error, 'look for who needs the volume');
      });
      return image === null ? found : [{ kind: 'image', name: image }, ...found];
    },
    create: (request, change) => creation.create(request, change),
    clone: beginClone(parts, lookups, (place, on, change) => creation.layer(place, on, change)),
    move: beginMove(parts, lookups),
    async resize(place, sizeBytes, change) {
      await ready();
      const volume = get(place);
      const { pool, name, path, capacityBytes } = volume;
      notOfImage(volume, imageOf(volume, images, imagePool));
      if (sizeBytes < capacityBytes) throw wouldShrink(volume, capacityBytes);
      if (sizeBytes >= 2n ** 63n) throw invalidArgument('size_bytes', 'It must have less than 8 EiB.');
      try {
        await requireGrowth(guard, { pool, name }, sizeBytes - capacityBytes);
      } catch (error) {
        throw fromLibvirt(error, 'make the volume larger');
      }
      if (change.validateOnly) return null;
      const holders = view
        .domains()
        .filter(({ diskPaths }) => path !== null && diskPaths.includes(path))
        .map(({ uuid, name: domain }) => ({ uuid, domain }));
      const input = { pool, name, sizeBytes: String(sizeBytes), holders };
      return (await operations.start(definitions.resize, input, startOptions(change))).id;
    },
    async remove(place, change) {
      await ready();
      const volume = get(place);
      notOfImage(volume, imageOf(volume, images, imagePool));
      try {
        if (volume.path !== null) requireNoUsers(volume, await lookForUsers(volume.path));
      } catch (error) {
        throw fromLibvirt(error, 'delete the volume');
      }
      if (change.validateOnly) return null;
      const { pool, name } = volume;
      return (await operations.start(definitions.remove, { pool, name }, startOptions(change))).id;
    },
    upload: beginUpload(parts, lookups),
    async content(place) {
      await ready();
      const volume = get(place);
      notOfSeed(volume);
      lookups.requireUnwritten(volume, { alsoByIdle: false });
      return volumeContent(client, { pool: volume.pool, name: volume.name });
    },
  };
}
