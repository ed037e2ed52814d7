import type { Spec, VolumeRequest } from '../spec/spec.ts';
import { normaliseId } from '../spec/ids.ts';

interface NamedVolume {
  readonly pool: string;
  readonly name: string;
}

/** What a config names besides what it asks to be made. */
export type SpecReference =
  | { readonly kind: 'image'; readonly name: string }
  | { readonly kind: 'host path'; readonly path: string }
  /** `volume` null: there is none of that name. */
  | { readonly kind: 'volume'; readonly named: string; readonly volume: NamedVolume | null };

/** Pure. In a name of several volumes all are meant: which one is taken, if any, is decided later (placement/volume-sources.ts). */
export function referencesOfSpec(
  { volumes }: Pick<Spec, 'volumes'>,
  known: readonly NamedVolume[],
): readonly SpecReference[] {
  return volumes.flatMap((request) => [...imageOf(request), ...volumesOf(request, known)]);
}

function imageOf({ image }: VolumeRequest): readonly SpecReference[] {
  return image === null ? [] : [{ kind: 'image', name: image }];
}

function volumesOf(request: VolumeRequest, known: readonly NamedVolume[]): readonly SpecReference[] {
  const { id, name, iso, sizeBytes, image } = request;
  if (iso !== null) {
    const found = [...byId(known, iso.toLowerCase()), ...byName(known, iso)];
    return found.length > 0
      ? found.map((volume) => ({ kind: 'volume', named: iso, volume }))
      : [{ kind: 'host path', path: iso }];
  }
  const isNew = sizeBytes !== null || image !== null;
  const found = id !== null ? byId(known, id) : isNew || name === null ? [] : byName(known, name);
  if (found.length === 0 && isNew) return [];
  const named = id ?? name;
  if (named === null) return [];
  return found.length > 0
    ? found.map((volume) => ({ kind: 'volume', named, volume }))
    : [{ kind: 'volume', named, volume: null }];
}

function byId(known: readonly NamedVolume[], id: string): readonly NamedVolume[] {
  // An id has 32 digits at least: most names of a thousand are told apart by their length.
  return known.filter(
    ({ name }) => name.length >= 32 && normaliseId(name.replace(/\.[a-z0-9]+$/, '')) === id,
  );
}

function byName(known: readonly NamedVolume[], asked: string): readonly NamedVolume[] {
  return known.filter(
    ({ pool, name }) => name === asked || (asked.endsWith(name) && `${pool}/${name}` === asked),
  );
}
