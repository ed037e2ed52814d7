import { ProtiumError } from '../../../../errors/protium-error.ts';
import { attachmentsOf } from '../../../../instances/attachments/attachments.ts';
import { currentInstance } from '../../../../instances/changes/current-instance.ts';
import type { Instance } from '../../../../instances/instance.ts';
import type { VolumeView } from '../../../../libvirt/live-view/views.ts';
import type { User } from '../../../../identity/identity.ts';
import type { Region, VolumeFunctionParts } from './parts.ts';

/** A volume of a user, as the view knows it. */
export interface UserVolume {
  readonly id: string;
  readonly region: Region;
  readonly createdAt: string;
  readonly view: VolumeView;
}

/** What a user has: somebody else's answers as what is not there. */
export interface UserVolumes {
  /** Oldest first. */
  list(user: User): readonly UserVolume[];
  /** Throws `not-found`. */
  get(user: User, id: string): UserVolume;
  /** null: the first. Throws `argument-invalid`. */
  region(id: string | null): Region;
  /** What has the volume as a disk: one of the user's instances; `others`: not one of these; null: nothing. */
  holder(user: User, volume: UserVolume): Instance | 'others' | null;
  /** The disk's target in an instance that has it; null: it has it no more. */
  target(instance: Instance, volume: UserVolume): Promise<string | null>;
}

export function userVolumes(parts: VolumeFunctionParts): UserVolumes {
  const { regions, ownership, instances, client, view } = parts;
  const list = (user: User): readonly UserVolume[] => {
    const there = new Map(view.volumes().map((volume) => [`${volume.pool}/${volume.name}`, volume]));
    return ownership.list('volume', user.owner).flatMap(({ id, createdAt }) => {
      const found = there.get(id);
      if (found === undefined) return [];
      const { pool, name } = found;
      // The administrator may have moved it to where no region is.
      const region = regions.find((each) => each.pool === pool) ?? { id: pool, pool };
      return { id: name, region, createdAt, view: found };
    });
  };
  const instanceOf = (user: User, uuid: string): Instance | undefined => {
    const instance = instances.get(uuid);
    return instance?.owner === user.owner ? instance : undefined;
  };
  return {
    list,
    get(user, id) {
      const volume = list(user).find((each) => each.id === id);
      if (volume !== undefined) return volume;
      throw new ProtiumError('not-found', `There is no volume "${id}".`);
    },
    region(id) {
      const region = id === null ? regions[0] : regions.find((each) => each.id === id);
      if (region !== undefined) return region;
      const known = regions.map((each) => each.id).join(', ');
      throw new ProtiumError('argument-invalid', `There is no region "${id}". There is ${known}.`, {
        details: { field: 'region_id' },
      });
    },
    holder(user, { view: { path } }) {
      const holders = view.domains().filter(({ diskPaths }) => path !== null && diskPaths.includes(path));
      if (holders.length === 0) return null;
      return holders.map(({ uuid }) => instanceOf(user, uuid)).find((each) => each !== undefined) ?? 'others';
    },
    async target({ uuid }, { view: { path } }) {
      const { running, definition } = await currentInstance(client, uuid);
      const disk = attachmentsOf(running, definition).find(
        ({ kind, device }) =>
          kind === 'volume' &&
          'source' in device &&
          device.source !== null &&
          'path' in device.source &&
          device.source.path === path,
      );
      return disk?.id ?? null;
    },
  };
}
