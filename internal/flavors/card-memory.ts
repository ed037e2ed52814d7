/**
 * Memory of well-known cards in GB, by `vendor:device`: nothing that sysfs tells of a card without its driver says how much
 * it has. Ids of cards that are sold with different amounts are left out.
 */
const ofCard: ReadonlyMap<string, number> = new Map(
  Object.entries({
    '10de': {
      2: '1cb3 1cb2',
      4: '1cb1',
      8: '1b80 1b81 1b82 1bb1 1e82 1e87 1f02 1f07 2482 2484 2486 2488 2489',
      10: '2206 2216',
      11: '1b06 1e04 1e07',
      12: '2208 2503 2504 2487 2782 2786',
      16: '1bb0 1eb8 1db4 24b0 2704',
      24: '1b30 1b38 2203 2204 2231 2236 2684',
      32: '1db6',
      48: '2230',
    },
    '1002': { 8: '687f', 12: '73df', 16: '6863 66af 73bf' },
  }).flatMap(([vendor, amounts]) =>
    Object.entries(amounts).flatMap(([gigabytes, devices]) =>
      devices.split(' ').map((device): [string, number] => [`${vendor}:${device}`, Number(gigabytes)]),
    ),
  ),
);

const gibibyte = 2 ** 30;

/**
 * A card's memory in GB: as its name says (`GeForce GTX 1060 6GB`), as is known of it, else as large as its window into it,
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
  const known = ofCard.get(`${card.vendor}:${card.model}`);
  if (known !== undefined) return known;
  const windows = card.bars.filter(({ prefetchable }) => prefetchable).map(({ bytes }) => bytes);
  const largest = Math.max(0, ...windows);
  return largest >= gibibyte ? Math.floor(largest / gibibyte) : null;
}
