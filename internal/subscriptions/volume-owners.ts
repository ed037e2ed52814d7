import type { InstanceRecords } from '../instances/records.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { Ownership } from '../ownership/ownership.ts';

/** Whose the volumes are: those that were made for an owner's instances, and those that it made by itself. */
export interface VolumeOwners {
  /** null: nobody's. */
  ownerOf(volume: { readonly pool: string; readonly name: string }): string | null;
  /** All volumes of the owner's, as POOL/NAME; such too as are gone. */
  placesOf(owner: string): ReadonlySet<string>;
  /** How many bytes of the pool the owner's volumes take up. */
  bytesOf(pool: string, owner: string): number;
}

export function createVolumeOwners({
  view,
  records,
  ownership,
}: {
  readonly view: Pick<LiveView, 'pool' | 'volumes' | 'domains'>;
  readonly records: Pick<InstanceRecords, 'of'>;
  readonly ownership: Pick<Ownership, 'list' | 'ownerOf'>;
}): VolumeOwners {
  return {
    ownerOf({ pool, name }) {
      const owned = ownership.ownerOf('volume', `${pool}/${name}`);
      if (owned !== undefined) return owned.owner;
      const made = view
        .domains()
        .map((domain) => records.of(domain))
        .find((record) => record?.createdVolumes.some((each) => each.pool === pool && each.name === name));
      return made?.owner ?? null;
    },
    placesOf(owner) {
      const ofInstances = view.domains().flatMap((domain) => {
        const record = records.of(domain);
        return record?.owner === owner ? record.createdVolumes.map(({ pool, name }) => `${pool}/${name}`) : [];
      });
      return new Set([...ownership.list('volume', owner).map(({ id }) => id), ...ofInstances]);
    },
    bytesOf(pool, owner) {
      const found = view.pool(pool);
      if (found === undefined) return 0;
      const prefix = `${pool}/`;
      const own = ownership
        .list('volume', owner)
        .flatMap(({ id }) => (id.startsWith(prefix) ? [id.slice(prefix.length)] : []));
      const ofInstances = view.domains().flatMap((domain) => {
        const record = records.of(domain);
        if (record?.owner !== owner) return [];
        return record.createdVolumes.flatMap((volume) => (volume.pool === pool ? [volume.name] : []));
      });
      const names = new Set([...own, ...ofInstances]);
      return view
        .volumes(found.uuid)
        .reduce((sum, { name, allocationBytes }) => sum + (names.has(name) ? Number(allocationBytes) : 0), 0);
    },
  };
}
