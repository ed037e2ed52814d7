import { memoryOfDevice } from '../gpu-models/cards.ts';

const gibibyte = 2 ** 30;

/**
 * A card's memory in GB: as its name says (`GeForce GTX 1060 6GB`), by the tables of cards, else as large as its window into it,
 * where that is the whole of it (resizable BAR). null: not known.
 */
export function cardMemoryGb(card: {
  readonly vendor: string;
  readonly model: string;
  readonly name: string | null;
  readonly bars: readonly { readonly bytes: number; readonly prefetchable: boolean }[];
}): number | null {
  const named = /\b(\d{1,3}) ?GB\b/i.exec(card.name ?? '')?.[1];
  if (named !== undefined) return Number(named);
  const known = memoryOfDevice(`${card.vendor}:${card.model}`, card.name);
  if (known !== null) return known;
  const windows = card.bars.filter(({ prefetchable }) => prefetchable).map(({ bytes }) => bytes);
  const largest = Math.max(0, ...windows);
  return largest >= gibibyte ? Math.floor(largest / gibibyte) : null;
}
