import type { Readable } from 'node:stream';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Uploads } from '../../images/fetch/from-upload.ts';
import type { Images } from '../../images/image.ts';
import type { SourceFormat } from '../../images/inspect/source-format.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { PoolView, VolumeView } from '../../libvirt/live-view/views.ts';
import type { OperationDefinition } from '../../operations/definition.ts';
import type { Operations } from '../../operations/operations.ts';
import { requireNewName } from '../new-name.ts';
import { isPoolOfFiles } from '../pools/pool-source.ts';
import type { Change } from '../pools/pools.ts';
import { imageOf, notOfImage, notOfSeed } from './guarded-volumes.ts';
import type { CloneVolume } from './clone-volume.ts';
import type { CreateVolume, Preallocation } from './create-volume.ts';
import { requireNoUsers, type DeleteVolume } from './delete-volume.ts';
import type { LookForVolumeUsers } from './look-for-users.ts';
import { wouldShrink, type ResizeVolume } from './resize-volume.ts';
import { requireRoom } from './storage-full.ts';
import type { UploadVolume } from './upload-volume.ts';
import { volumeContent, type VolumeContent } from './volume-content.ts';
import { requireFreePlace, type VolumePlace } from './volume-place.ts';
import { usedPaths, usersOfPath, type VolumeUser } from './volume-users.ts';

export interface VolumeRequest extends VolumePlace {
  /** 0: as large as what it lies on. */
  readonly sizeBytes: bigint;
  /** null: qcow2 in pools of files, else raw. */
  readonly format: 'qcow2' | 'raw' | null;
  readonly preallocation: Preallocation;
  readonly backing: { readonly image: string } | VolumePlace | null;
}

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
  create(request: VolumeRequest, change: Change): Promise<string | null>;
  clone(
    source: VolumePlace,
    target: VolumePlace,
    change: Change & { readonly linked: boolean },
  ): Promise<string | null>;
  resize(place: VolumePlace, sizeBytes: bigint, change: Change): Promise<string | null>;
  remove(place: VolumePlace, change: Change): Promise<string | null>;
  upload(
    content: Readable,
    place: VolumePlace,
    format: SourceFormat | null,
    change: { readonly idempotencyKey?: string },
  ): Promise<{ readonly id: string; readonly done: Promise<unknown> }>;
  content(place: VolumePlace): Promise<VolumeContent>;
}

export function createVolumes(options: {
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly operations: Operations;
  readonly definitions: {
    readonly create: OperationDefinition<CreateVolume>;
    readonly clone: OperationDefinition<CloneVolume>;
    readonly resize: OperationDefinition<ResizeVolume>;
    readonly remove: OperationDefinition<DeleteVolume>;
    readonly upload: OperationDefinition<UploadVolume>;
  };
  readonly images: Pick<Images, 'get' | 'hold' | 'list'>;
  readonly imagePool: string;
  readonly uploads: Uploads;
  readonly lookForUsers: LookForVolumeUsers;
  readonly ready: () => Promise<void>;
}): Volumes {
  const { client, view, operations, definitions, images, imagePool, uploads, lookForUsers, ready } = options;

  const poolNamed = (named: string): PoolView => {
    const pool = view.pool(named);
    if (pool === undefined) throw new ProtiumError('not-found', `There is no pool "${named}".`);
    return pool;
  };
  const get = ({ pool, name }: VolumePlace): VolumeView => {
    const { name: poolName, uuid } = poolNamed(pool);
    const volume = view.volumes(uuid).find((candidate) => candidate.name === name);
    if (volume !== undefined) return volume;
    throw new ProtiumError(
      'not-found',
      `The pool "${poolName}" has no volume "${name}". What others made is seen after a refresh.`,
    );
  };
  const activePool = (named: string): PoolView => {
    const pool = poolNamed(named);
    if (pool.state === 'running') return pool;
    throw new ProtiumError('state-conflict', `The pool "${pool.name}" is ${pool.state}; start it first.`);
  };
  const fileOf = ({ pool, name, path }: VolumeView): string => {
    if (path !== null) return path;
    throw new ProtiumError(
      'unsupported',
      `The volume "${name}" of the pool "${pool}" has no path on this host.`,
    );
  };
  const checked = async (doing: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      throw fromLibvirt(error, doing);
    }
  };
  /** Nobody may write to what is copied, or to what something comes to lie on. */
  const requireUnwritten = (volume: VolumeView, alsoByIdle: boolean): void => {
    const writers = view
      .domains()
      .filter(
        ({ id, diskPaths }) =>
          (alsoByIdle || id !== null) && volume.path !== null && diskPaths.includes(volume.path),
      )
      .map(({ name }) => name);
    if (writers.length === 0) return;
    throw new ProtiumError(
      'resource-in-use',
      `The volume "${volume.name}" is a disk of ${writers.join(', ')}, which ${alsoByIdle ? 'may write' : 'writes'} to it. ` +
        (alsoByIdle ? 'Make a full copy instead.' : 'Stop it first.'),
      { details: { domains: writers } },
    );
  };
  const formatOf = ({ name, format }: VolumeView): 'qcow2' | 'raw' => {
    if (format === 'qcow2' || format === 'raw') return format;
    throw new ProtiumError(
      'argument-invalid',
      `The volume "${name}" is ${format ?? 'of no format'}; layers lie on qcow2 and raw.`,
    );
  };
  const backingOf = (
    backing: NonNullable<VolumeRequest['backing']>,
  ): { readonly volume: VolumeView; readonly release: ((user: string) => () => void) | null } => {
    if (!('image' in backing)) {
      const volume = get(backing);
      notOfSeed(volume);
      requireUnwritten(volume, true);
      return { volume, release: null };
    }
    const image = images.get(backing.image);
    if (image === undefined) throw new ProtiumError('not-found', `There is no image "${backing.image}".`);
    return { volume: get(image.volume), release: (user) => images.hold(image, user) };
  };
  const start = async (
    request: VolumePlace & {
      readonly sizeBytes: bigint;
      readonly format: 'qcow2' | 'raw';
      readonly preallocation: Preallocation;
    },
    base: ReturnType<typeof backingOf> | null,
    { validateOnly, idempotencyKey }: Change,
  ): Promise<string | null> => {
    const { pool, name, format, preallocation } = request;
    await checked('create the volume', async () => {
      if (idempotencyKey === undefined || validateOnly) await requireFreePlace(client, { pool, name });
      if (preallocation === 'full') {
        await requireRoom(client, { pool, leastBytes: request.sizeBytes, mostBytes: request.sizeBytes });
      }
    });
    if (validateOnly) return null;
    const backing =
      base === null
        ? null
        : {
            path: fileOf(base.volume),
            format: formatOf(base.volume),
            place: { pool: base.volume.pool, name: base.volume.name },
          };
    const input = { pool, name, sizeBytes: String(request.sizeBytes), format, preallocation, backing };
    const release = base?.release?.(`volume ${pool}/${name}`);
    try {
      const key = idempotencyKey === undefined ? {} : { idempotencyKey };
      const { id, done } = await operations.start(definitions.create, input, key);
      if (release !== undefined) done.then(release, release);
      return id;
    } catch (error) {
      release?.();
      throw error;
    }
  };

  return {
    list({ pool, used, format }) {
      const volumes = view.volumes(pool === undefined ? undefined : poolNamed(pool).uuid);
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
      const found = await lookForUsers(fileOf(volume)).catch((error: unknown) => {
        throw fromLibvirt(error, 'look for who needs the volume');
      });
      return image === null ? found : [{ kind: 'image', name: image }, ...found];
    },
    async create(request, change) {
      requireNewName('volume', request.name);
      await ready();
      const pool = activePool(request.pool);
      const base = request.backing === null ? null : backingOf(request.backing);
      const format = request.format ?? (isPoolOfFiles(pool.type) ? 'qcow2' : 'raw');
      if (format === 'qcow2' && !isPoolOfFiles(pool.type)) {
        throw invalidArgument('format', `Volumes of a pool of the kind ${pool.type} are raw.`);
      }
      if (base !== null && format !== 'qcow2')
        throw invalidArgument('format', 'Only a qcow2 volume lies on another.');
      if (request.preallocation === 'metadata' && (format !== 'qcow2' || base !== null)) {
        throw invalidArgument(
          'preallocation',
          'Only qcow2 volumes that lie on no other have metadata to be allocated.',
        );
      }
      if (request.preallocation === 'full' && base !== null) {
        throw invalidArgument('preallocation', 'A volume that lies on another is not allocated in full.');
      }
      const least = base?.volume.capacityBytes ?? 512n;
      const sizeBytes =
        request.sizeBytes === 0n && base !== null ? base.volume.capacityBytes : request.sizeBytes;
      if (sizeBytes < least || sizeBytes >= 2n ** 63n) {
        throw invalidArgument('size_bytes', `It must have at least ${least} bytes, and less than 8 EiB.`);
      }
      return start({ ...request, pool: pool.name, sizeBytes, format }, base, change);
    },
    async clone(source, target, change) {
      requireNewName('volume', target.name, 'target_name');
      await ready();
      const volume = get(source);
      notOfSeed(volume);
      const pool = activePool(target.pool === '' ? volume.pool : target.pool);
      const place = { pool: pool.name, name: target.name };
      if (change.linked) {
        if (!isPoolOfFiles(pool.type)) {
          throw invalidArgument('target_pool', `A pool of the kind ${pool.type} has no layers.`);
        }
        const isImage = imageOf(volume, images, imagePool) !== null;
        const base = backingOf(
          isImage ? { image: imageIdOf(volume) } : { pool: volume.pool, name: volume.name },
        );
        const { capacityBytes } = volume;
        return start(
          { ...place, sizeBytes: capacityBytes, format: 'qcow2', preallocation: 'off' },
          base,
          change,
        );
      }
      requireUnwritten(volume, false);
      const { validateOnly, idempotencyKey } = change;
      await checked('copy the volume', async () => {
        if (idempotencyKey === undefined || validateOnly) await requireFreePlace(client, place);
        const leastBytes =
          volume.allocationBytes < volume.capacityBytes ? volume.allocationBytes : volume.capacityBytes;
        await requireRoom(client, { pool: pool.name, leastBytes, mostBytes: volume.capacityBytes });
      });
      if (validateOnly) return null;
      const key = idempotencyKey === undefined ? {} : { idempotencyKey };
      const input = { source: { pool: volume.pool, name: volume.name }, target: place };
      return (await operations.start(definitions.clone, input, key)).id;
    },
    async resize(place, sizeBytes, { validateOnly }) {
      await ready();
      const volume = get(place);
      notOfImage(volume, imageOf(volume, images, imagePool));
      if (sizeBytes < volume.capacityBytes) throw wouldShrink(volume, volume.capacityBytes);
      if (sizeBytes >= 2n ** 63n) throw invalidArgument('size_bytes', 'It must have less than 8 EiB.');
      if (validateOnly) return null;
      const input = { pool: volume.pool, name: volume.name, sizeBytes: String(sizeBytes) };
      return (await operations.start(definitions.resize, input)).id;
    },
    async remove(place, { validateOnly }) {
      await ready();
      const volume = get(place);
      notOfImage(volume, imageOf(volume, images, imagePool));
      await checked('delete the volume', async () => {
        if (volume.path !== null) requireNoUsers(volume, await lookForUsers(volume.path));
      });
      if (validateOnly) return null;
      return (await operations.start(definitions.remove, { pool: volume.pool, name: volume.name })).id;
    },
    async upload(content, place, format, change) {
      requireNewName('volume', place.name);
      await ready();
      const pool = activePool(place.pool);
      if (!isPoolOfFiles(pool.type)) {
        throw new ProtiumError(
          'unsupported',
          `Content is taken into pools of files only, and "${pool.name}" is of the kind ${pool.type}.`,
        );
      }
      await checked('store the content', () =>
        requireFreePlace(client, { pool: pool.name, name: place.name }),
      );
      const ticket = uploads.add(content);
      try {
        const input = { pool: pool.name, name: place.name, ticket, format };
        const operation = await operations.start(definitions.upload, input, change);
        const forget = (): void => uploads.remove(ticket);
        operation.done.then(forget, forget);
        return operation;
      } catch (error) {
        uploads.remove(ticket);
        throw error;
      }
    },
    async content(place) {
      await ready();
      const volume = get(place);
      notOfSeed(volume);
      requireUnwritten(volume, false);
      return volumeContent(client, { pool: volume.pool, name: volume.name });
    },
  };

  function imageIdOf(volume: VolumeView): string {
    const image = images
      .list()
      .find((each) => each.volume.pool === volume.pool && each.volume.name === volume.name);
    if (image === undefined)
      throw new ProtiumError('not-found', `The image of the volume "${volume.name}" is gone.`);
    return image.id;
  }
}
