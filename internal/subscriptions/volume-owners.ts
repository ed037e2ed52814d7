import type { InstanceRecords } from '../instances/records.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { DomainView } from '../libvirt/live-view/views.ts';
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
  /** What instances made, by POOL/NAME. The view gives the same list until a domain is read again, so this is as fresh. */
  let made: { readonly of: readonly DomainView[]; readonly owners: ReadonlyMap<string, string> } | null =
    null;
  const madeFor = (place: string): string | null => {
    const domains = view.domains();
    if (made?.of !== domains) made = { of: domains, owners: ownersOfMade(domains, records) };
    return made.owners.get(place) ?? null;
  };
  return {
    ownerOf({ pool, name }) {
      const place = `${pool}/${name}`;
      return ownership.ownerOf('volume', place)?.owner ?? madeFor(place);
    },
    placesOf(owner) {
      const ofInstances = view.domains().flatMap((domain) => {
        const record = records.of(domain);
        return record?.owner === owner
          ? record.createdVolumes.map(({ pool, name }) => `${pool}/${name}`)
          : [];
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

/** Of a volume that several say that they made, the first one counts. */
function ownersOfMade(
  domains: readonly DomainView[],
  records: Pick<InstanceRecords, 'of'>,
): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const domain of domains) {
    const record = records.of(domain);
    for (const { pool, name } of record?.createdVolumes ?? []) {
      const place = `${pool}/${name}`;
      if (record !== null && !owners.has(place)) owners.set(place, record.owner);
    }
  }
  return owners;
}
