/** Of makers and product lines, without which people call a card by its number: `Quadro P400` is a p400. */
const lines =
  /\b(nvidia|amd|ati|intel|corporation|geforce|quadro|tesla|radeon|pro wx|arc|graphics|controller|integrated|lite hash rate|gb)\b/gi;

/** What a card is called: `GeForce RTX 3060 Ti` of `GA104 [GeForce RTX 3060 Ti Lite Hash Rate]`. */
export function cardTitle(modelName: string): string {
  const inBrackets = /\[([^\]]+)\]/.exec(modelName)?.[1] ?? modelName;
  return inBrackets
    .replace(/\bLite Hash Rate\b/i, '')
    .replace(/\b\d{1,3} ?GB\b/i, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/**
 * The part of a flavor's name that tells the card: `rtx3060ti`, `p400`. Of several that share an id (`RX 470/480/570`) the
 * first. The device's id where nothing is left, or its name is not known.
 */
export function cardSlug(modelName: string | null, deviceId: string): string {
  const slug = cardTitle(modelName ?? '')
    .split('/')[0]
    ?.replaceAll(lines, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '');
  return slug === undefined || slug === '' ? deviceId : slug.slice(0, 40);
}

/** For a person: `GeForce RTX 3060 (12GB)`, `2 × Tesla T4 (16GB)`. */
export function cardDescription(card: {
  /** By pci.ids; null: not listed. */
  readonly modelName: string | null;
  readonly vendor: string;
  readonly model: string;
  readonly memoryGb: number | null;
  readonly count: number;
}): string {
  const title = card.modelName === null ? `${card.vendor}:${card.model}` : cardTitle(card.modelName);
  const memory = card.memoryGb === null ? '' : ` (${card.memoryGb}GB)`;
  return `${card.count > 1 ? `${card.count} × ` : ''}${title}${memory}`;
}
