import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { requireNewName } from '../new-name.ts';
import { isPoolOfFiles } from '../pools/pool-source.ts';
import { requireNoUsers } from './delete-volume.ts';
import { imageOf, notOfImage, notOfSeed } from './guarded-volumes.ts';
import { requireRoom } from './storage-full.ts';
import { pathOf, type VolumeLookups } from './volume-lookups.ts';
import { startOptions, type VolumeChange, type VolumeParts } from './volume-parts.ts';
import { requireFreePlace, type VolumePlace } from './volume-place.ts';

/** @param target `name` empty: the name that it has. */
export type BeginMove = (
  source: VolumePlace,
  target: VolumePlace,
  change: VolumeChange,
) => Promise<string | null>;

export function beginMove(parts: VolumeParts, lookups: VolumeLookups): BeginMove {
  const { client, view, operations, definitions, images, imagePool, lookForUsers, guard, ready } = parts;
  return async (source, target, change) => {
    const { validateOnly, idempotencyKey } = change;
    const from = { pool: lookups.poolNamed(source.pool).name, name: source.name };
    const pool = lookups.activePool(target.pool);
    const place = { pool: pool.name, name: target.name === '' ? source.name : target.name };
    requireNewName('volume', place.name, 'target_name');
    if (place.pool === from.pool) {
      throw invalidArgument(
        'target_pool',
        `The volume "${from.name}" is in the pool "${pool.name}" already.`,
      );
    }
    await ready();
    // With a key it may be a request that was answered before, whose volume has moved by now.
    const isRepeated =
      idempotencyKey !== undefined &&
      !validateOnly &&
      !view.volumes().some((each) => each.pool === from.pool && each.name === from.name);
    if (!isRepeated) {
      const volume = lookups.volume(from);
      notOfSeed(volume);
      notOfImage(volume, imageOf(volume, images, imagePool));
      const { format, allocationBytes, capacityBytes } = volume;
      if (format !== null && format !== 'raw' && !isPoolOfFiles(pool.type)) {
        throw new ProtiumError(
          'unsupported',
          `A pool of the kind ${pool.type} keeps raw volumes, and "${from.name}" is ${format}. Clone it there instead.`,
        );
      }
      try {
        requireNoUsers(volume, await lookForUsers(pathOf(volume)));
        const mostBytes = allocationBytes > capacityBytes ? allocationBytes : capacityBytes;
        if (idempotencyKey === undefined || validateOnly) {
          await requireFreePlace(client, place);
          await guard.require({
            pool: pool.name,
            bytes: mostBytes,
            owner: guard.ownerOf(from),
            isMoved: true,
          });
        }
        await requireRoom(client, { pool: pool.name, leastBytes: allocationBytes, mostBytes });
      } catch (error) {
        throw fromLibvirt(error, 'move the volume');
      }
    }
    if (validateOnly) return null;
    const input = { source: from, target: place };
    return (await operations.start(definitions.move, input, startOptions(change))).id;
  };
}
