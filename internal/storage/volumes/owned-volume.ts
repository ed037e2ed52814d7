import type { Ownership } from '../../ownership/ownership.ts';
import type { VolumePlace } from './volume-place.ts';

/** Whose a volume is to be, and by what name of theirs. */
export interface OwnedBy {
  readonly owner: string;
  /** Id of the user who makes it; absent: nobody whom Protium keeps. */
  readonly creator?: string;
  readonly label: string;
}

/** Records whose a new volume is. What somebody removed by hand had left behind, goes: the name was free. */
export function recordOwned(
  ownership: Pick<Ownership, 'record' | 'forget'>,
  place: VolumePlace,
  owned: OwnedBy | undefined,
): void {
  if (owned === undefined) return;
  forgetOwned(ownership, place);
  ownership.record({ kind: 'volume', id: `${place.pool}/${place.name}`, ...owned });
}

export function forgetOwned(ownership: Pick<Ownership, 'forget'>, { pool, name }: VolumePlace): void {
  ownership.forget('volume', `${pool}/${name}`);
}
