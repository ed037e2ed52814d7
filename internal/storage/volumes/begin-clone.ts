import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { VolumeView } from '../../libvirt/live-view/views.ts';
import { requireNewName } from '../new-name.ts';
import { isPoolOfFiles } from '../pools/pool-source.ts';
import type { BeginCreate } from './begin-create.ts';
import { imageOf, notOfSeed } from './guarded-volumes.ts';
import type { OwnedBy } from './owned-volume.ts';
import { requireRoom } from './storage-full.ts';
import type { VolumeLookups } from './volume-lookups.ts';
import { startOptions, type VolumeChange, type VolumeParts } from './volume-parts.ts';
import { requireFreePlace, type VolumePlace } from './volume-place.ts';

/** @param target `pool` empty: the pool of the source. */
export type BeginClone = (
  source: VolumePlace,
  target: VolumePlace,
  change: VolumeChange & {
    readonly linked: boolean;
    /** Whose it is to be; absent: nobody's. */
    readonly owned?: OwnedBy;
  },
) => Promise<string | null>;

export function beginClone(
  parts: VolumeParts,
  lookups: VolumeLookups,
  layer: BeginCreate['layer'],
): BeginClone {
  const { client, operations, definitions, images, imagePool, guard, ready } = parts;
  const imageIdOf = ({ pool, name }: VolumeView): string => {
    const image = images.list().find((each) => each.volume.pool === pool && each.volume.name === name);
    if (image !== undefined) return image.id;
    throw new ProtiumError('not-found', `The image of the volume "${name}" is gone.`);
  };
  return async (source, target, change) => {
    requireNewName('volume', target.name, 'target_name');
    await ready();
    const volume = lookups.volume(source);
    notOfSeed(volume);
    const pool = lookups.activePool(target.pool === '' ? volume.pool : target.pool);
    const place = { pool: pool.name, name: target.name };
    const { pool: sourcePool, name } = volume;
    if (change.linked) {
      if (!isPoolOfFiles(pool.type)) {
        throw invalidArgument('target_pool', `A pool of the kind ${pool.type} has no layers.`);
      }
      const isImage = imageOf(volume, images, imagePool) !== null;
      return layer(place, isImage ? { image: imageIdOf(volume) } : { pool: sourcePool, name }, change);
    }
    lookups.requireUnwritten(volume, { alsoByIdle: false });
    const { validateOnly, idempotencyKey, owned } = change;
    const owner = owned?.owner ?? change.owner ?? null;
    try {
      if (idempotencyKey === undefined || validateOnly) {
        await requireFreePlace(client, place);
        await guard.require({
          pool: pool.name,
          bytes: volume.capacityBytes,
          owner,
          creator: owned?.creator ?? null,
        });
      }
      const leastBytes =
        volume.allocationBytes < volume.capacityBytes ? volume.allocationBytes : volume.capacityBytes;
      await requireRoom(client, { pool: pool.name, leastBytes, mostBytes: volume.capacityBytes });
    } catch (error) {
      throw fromLibvirt(error, 'copy the volume');
    }
    if (validateOnly) return null;
    const input = {
      source: { pool: sourcePool, name },
      target: place,
      ...(owned === undefined ? {} : { owned: { ...owned } }),
    };
    return (await operations.start(definitions.clone, input, startOptions(change))).id;
  };
}
