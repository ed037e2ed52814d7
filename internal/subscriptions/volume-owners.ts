import type { InstanceRecord } from '../instances/documents/metadata.ts';
import type { InstanceRecords } from '../instances/records.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { DomainView } from '../libvirt/live-view/views.ts';
import type { Ownership } from '../ownership/ownership.ts';

/** Whose the volumes are: those that were made for an owner's instances, and those that it made by itself. */
export interface VolumeOwners {
  /** null: nobody's. */
  ownerOf(volume: { readonly pool: string; readonly name: string }): string | null;
  /** Id of the user who made it; null: nobody whom Protium keeps. */
  creatorOf(volume: { readonly pool: string; readonly name: string }): string | null;
  creatorOfImage(name: string): string | null;
  /** What a user made, of whatever project: volumes as POOL/NAME; such too as are gone. */
  placesMadeBy(creator: string): ReadonlySet<string>;
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
  readonly ownership: Pick<Ownership, 'list' | 'madeBy' | 'ownerOf'>;
}): VolumeOwners {
  /** What instances made, by POOL/NAME. The view gives the same list until a domain is read again, so this is as fresh. */
  let made: { readonly of: readonly DomainView[]; readonly makers: Makers } | null = null;
  const madeFor = (place: string): Maker | undefined => {
    const domains = view.domains();
    if (made?.of !== domains) made = { of: domains, makers: makersOf(domains, records) };
    return made.makers.get(place);
  };
  return {
    ownerOf({ pool, name }) {
      const place = `${pool}/${name}`;
      return ownership.ownerOf('volume', place)?.owner ?? madeFor(place)?.owner ?? null;
    },
    creatorOf({ pool, name }) {
      const place = `${pool}/${name}`;
      const owned = ownership.ownerOf('volume', place);
      return owned === undefined ? (madeFor(place)?.creator ?? null) : owned.creator;
    },
    creatorOfImage: (name) => ownership.ownerOf('image', name)?.creator ?? null,
    placesMadeBy: (creator) =>
      new Set([
        ...ownership.madeBy('volume', creator).map(({ id }) => id),
        ...placesOfInstances(view, records, (record) => record.creator === creator),
      ]),
    placesOf(owner) {
      const ofInstances = placesOfInstances(view, records, (record) => record.owner === owner);
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

type Maker = Pick<InstanceRecord, 'owner' | 'creator'>;
type Makers = ReadonlyMap<string, Maker>;

/** Of a volume that several say that they made, the first one counts. */
function makersOf(domains: readonly DomainView[], records: Pick<InstanceRecords, 'of'>): Makers {
  const makers = new Map<string, Maker>();
  for (const domain of domains) {
    const record = records.of(domain);
    for (const { pool, name } of record?.createdVolumes ?? []) {
      const place = `${pool}/${name}`;
      if (record !== null && !makers.has(place)) makers.set(place, record);
    }
  }
  return makers;
}

function placesOfInstances(
  view: Pick<LiveView, 'domains'>,
  records: Pick<InstanceRecords, 'of'>,
  isOne: (record: InstanceRecord) => boolean,
): readonly string[] {
  return view.domains().flatMap((domain) => {
    const record = records.of(domain);
    return record !== null && isOne(record)
      ? record.createdVolumes.map(({ pool, name }) => `${pool}/${name}`)
      : [];
  });
}
