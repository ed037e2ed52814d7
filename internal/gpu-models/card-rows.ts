import { cardNames } from './card-names.ts';
import type { Card, KnownCard } from './card.ts';

/** Cards of one vendor and kind as text. */
export interface CardSection {
  readonly vendor: Card['vendor'];
  readonly kind: Card['kind'];
  /**
   * A card a line: `name|GB|compute capability|rank`, then `laptop` and `listed as ...` where they apply. Sizes by commas, the
   * usual one first; `12i` has a device id of its own. Lines with # are remarks.
   */
  readonly rows: string;
}

/** Reads the rows of a section. */
export function readCards({ vendor, kind, rows }: CardSection): readonly KnownCard[] {
  return rows
    .split('\n')
    .filter((row) => row !== '' && !row.startsWith('#'))
    .map((row): KnownCard => {
      const [name = '', sizes = '', capability = '', rank = '', ...more] = row.split('|');
      const gb = sizes === '' ? [] : sizes.split(',');
      return {
        name,
        vendor,
        kind,
        memoryGb: gb.map((size) => Number.parseFloat(size)),
        ownIdGb: gb.filter((size) => size.endsWith('i')).map((size) => Number.parseFloat(size)),
        computeCapability: capability === '' ? null : capability,
        rank: Number(rank),
        names: cardNames(name),
        mobileOnly: more.includes('laptop'),
        listedAs: more.find((part) => part.startsWith('listed as '))?.slice('listed as '.length) ?? null,
      };
    });
}
