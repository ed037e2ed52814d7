import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { VolumeView } from '../../libvirt/live-view/views.ts';
import { requireNewName } from '../new-name.ts';
import { isPoolOfFiles } from '../pools/pool-source.ts';
import type { CreateVolume, Preallocation } from './create-volume.ts';
import { notOfSeed } from './guarded-volumes.ts';
import type { OwnedBy } from './owned-volume.ts';
import { requireRoom } from './storage-full.ts';
import { pathOf, type VolumeLookups } from './volume-lookups.ts';
import { startOptions, type VolumeChange, type VolumeParts } from './volume-parts.ts';
import { requireFreePlace, type VolumePlace } from './volume-place.ts';

export interface VolumeRequest extends VolumePlace {
  /** 0: as large as what it lies on. */
  readonly sizeBytes: bigint;
  /** null: qcow2 in pools of files, else raw. */
  readonly format: 'qcow2' | 'raw' | null;
  readonly preallocation: Preallocation;
  readonly backing: { readonly image: string } | VolumePlace | null;
  /** Whose it is to be, and by what name of theirs; absent: nobody's. */
  readonly owned?: OwnedBy;
}

/** What a volume comes to lie on; `release` null: nothing has to be told while it does not yet. */
interface Base {
  readonly volume: VolumeView;
  readonly release: ((user: string) => () => void) | null;
}

export interface BeginCreate {
  /** An empty volume, or a layer on what the request names. */
  create(request: VolumeRequest, change: VolumeChange): Promise<string | null>;
  /** A layer of the same size on a volume or on an image. */
  layer(
    place: VolumePlace,
    on: { readonly image: string } | VolumePlace,
    change: VolumeChange & { readonly owned?: OwnedBy },
  ): Promise<string | null>;
}

export function beginCreate(parts: VolumeParts, lookups: VolumeLookups): BeginCreate {
  const { client, operations, definitions, images, guard, ready } = parts;
  const baseOf = (backing: NonNullable<VolumeRequest['backing']>): Base => {
    if (!('image' in backing)) {
      const volume = lookups.volume(backing);
      notOfSeed(volume);
      lookups.requireUnwritten(volume, { alsoByIdle: true });
      return { volume, release: null };
    }
    const image = images.get(backing.image);
    if (image === undefined) throw new ProtiumError('not-found', `There is no image "${backing.image}".`);
    return { volume: lookups.volume(image.volume), release: (user) => images.hold(image, user) };
  };
  const start = async (
    request: Omit<VolumeRequest, 'backing'> & { readonly format: 'qcow2' | 'raw' },
    base: Base | null,
    change: VolumeChange,
  ): Promise<string | null> => {
    const { pool, name, format, preallocation, sizeBytes, owned } = request;
    const { validateOnly, idempotencyKey } = change;
    try {
      if (idempotencyKey === undefined || validateOnly) {
        await requireFreePlace(client, { pool, name });
        await guard.require({
          pool,
          bytes: sizeBytes,
          owner: owned?.owner ?? change.owner ?? null,
          creator: owned?.creator ?? null,
        });
      }
      if (preallocation === 'full') {
        await requireRoom(client, { pool, leastBytes: sizeBytes, mostBytes: sizeBytes });
      }
    } catch (error) {
      throw fromLibvirt(error, 'create the volume');
    }
    if (validateOnly) return null;
    const input = {
      pool,
      name,
      sizeBytes: String(sizeBytes),
      format,
      preallocation,
      backing: base === null ? null : backingInput(base.volume),
      ...(owned === undefined ? {} : { owned: { ...owned } }),
    };
    const release = base?.release?.(`volume ${pool}/${name}`);
    try {
      const { id, done } = await operations.start(definitions.create, input, startOptions(change));
      if (release !== undefined) done.then(release, release);
      return id;
    } catch (error) {
      release?.();
      throw error;
    }
  };
  return {
    async create(request, change) {
      requireNewName('volume', request.name);
      await ready();
      const pool = lookups.activePool(request.pool);
      const base = request.backing === null ? null : baseOf(request.backing);
      const format = request.format ?? (isPoolOfFiles(pool.type) ? 'qcow2' : 'raw');
      if (format === 'qcow2' && !isPoolOfFiles(pool.type)) {
        throw invalidArgument('format', `Volumes of a pool of the kind ${pool.type} are raw.`);
      }
      if (base !== null && format !== 'qcow2')
        throw invalidArgument('format', 'Only a qcow2 volume lies on another.');
      requirePossible(request.preallocation, format, base !== null);
      const least = base?.volume.capacityBytes ?? 512n;
      const sizeBytes =
        request.sizeBytes === 0n && base !== null ? base.volume.capacityBytes : request.sizeBytes;
      if (sizeBytes < least || sizeBytes >= 2n ** 63n) {
        throw invalidArgument('size_bytes', `It must have at least ${least} bytes, and less than 8 EiB.`);
      }
      return start({ ...request, pool: pool.name, sizeBytes, format }, base, change);
    },
    async layer({ pool, name }, on, change) {
      const base = baseOf(on);
      const sizeBytes = base.volume.capacityBytes;
      const { owned, ...how } = change;
      const layer = { pool, name, sizeBytes, format: 'qcow2', preallocation: 'off' } as const;
      return start({ ...layer, ...(owned !== undefined && { owned }) }, base, how);
    },
  };
}

function requirePossible(preallocation: Preallocation, format: 'qcow2' | 'raw', isLayer: boolean): void {
  if (preallocation === 'metadata' && (format !== 'qcow2' || isLayer)) {
    throw invalidArgument(
      'preallocation',
      'Only qcow2 volumes that lie on no other have metadata to be allocated.',
    );
  }
  if (preallocation === 'full' && isLayer) {
    throw invalidArgument('preallocation', 'A volume that lies on another is not allocated in full.');
  }
}

function backingInput(volume: VolumeView): NonNullable<CreateVolume['input']['backing']> {
  const { pool, name, format } = volume;
  if (format !== 'qcow2' && format !== 'raw') {
    throw new ProtiumError(
      'argument-invalid',
      `The volume "${name}" is ${format ?? 'of no format'}; layers lie on qcow2 and raw.`,
    );
  }
  return { path: pathOf(volume), format, place: { pool, name } };
}
