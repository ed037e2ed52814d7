import type { PciNames } from '../host/pci-ids.ts';
import { cardTable } from './card-table.ts';
import type { Card, KnownCard } from './card.ts';
import { nameAt } from './name-index.ts';
import { wordsOf } from './words.ts';

/** A device of pci.ids that is a card of the table. */
export interface ListedDevice {
  /** `10de:2489` */
  readonly id: string;
  readonly card: KnownCard;
  /** Only laptops have it. */
  readonly mobile: boolean;
  /** As the list says; null: it does not. */
  readonly memoryGb: number | null;
}

export const pciVendors: Readonly<Record<Card['vendor'], string>> = {
  nvidia: '10de',
  amd: '1002',
  intel: '8086',
};

const notCards = /\b(?:audio|usb|switch|nvswitch|bridge)\b|\(secondary\)|controller \(|ucsi/i;
/** Words beside a card's name that leave it the same card. */
const beside =
  /\b(?:rev\.? ?\w|oem|lite hash rate|engineering sample|refresh|generation|gddr\d\w?|ghz edition|mac edition|v2|mobile|max-q|laptop gpu|embedded gpu|laptop|(?:max-q )?workstation edition|server edition|sxm\d?|pcie|dgxs|fhhl|nvl|hbm\de?|\d+ ?gb|graphics|\(.*\))(?=\W|$)/gi;
/** Forms of a Kepler Tesla: K20c is for workstations, K40m without a fan. */
const teslaForm = /^(?:[cmsdt]|st)$/i;
const laptop = /\b(?:mobile|mobility|laptop|max-q|embedded)\b/i;
const lines = new Map<string, KnownCard[]>();
for (const card of cardTable) {
  const line = card.listedAs?.toLowerCase();
  if (line !== undefined) lines.set(line, [...(lines.get(line) ?? []), card]);
}
const cache = new WeakMap<PciNames, readonly ListedDevice[]>();

/** All cards of the table that a pci.ids lists. Worked out once for each list. */
export function listedDevices(names: PciNames): readonly ListedDevice[] {
  const known = cache.get(names);
  if (known !== undefined) return known;
  const devices = Object.values(pciVendors).flatMap((vendor) =>
    names.models(vendor).flatMap(({ id, name }) => readDevice(`${vendor}:${id}`, name)),
  );
  cache.set(names, devices);
  return devices;
}

/** `Navi 23 [Radeon RX 6600/6600 XT/6600M]`: two desktop cards; `TU106M [GeForce RTX 2060 Mobile]`: one of laptops. */
export function readDevice(id: string, name: string): readonly ListedDevice[] {
  if (notCards.test(name)) return [];
  const bracket = name.indexOf('[');
  // Intel's are listed without: `HD Graphics 530`. Of others it is a chip then.
  if (bracket < 0 && !id.startsWith(pciVendors.intel)) return [];
  const chip = bracket < 0 ? '' : name.slice(0, bracket);
  const title = bracket < 0 ? name : name.slice(bracket + 1).replace(/\]\s*$/, '');
  const mobileChip = /^G[A-Z]{1,2}\d{2,3}\w?(?:M|GLM|BM|CM)\b|^GN\d/.test(chip.trim());
  const parts = partsOf(title);
  const found = parts.flatMap((part) => cardsNamed(id, part, mobileChip));
  // An id that desktop cards have too tells nothing of laptops.
  return found.some(({ mobile }) => !mobile) ? found.filter(({ mobile }) => !mobile) : found;
}

/** `Radeon RX 460/560D / Pro 450/455`: each with the words that the ones before it leave out of it. */
function partsOf(title: string): readonly string[] {
  let before = '';
  return title.split('/').map((part) => {
    const own = part.trim().replaceAll(/\s+/g, ' ');
    before = wholeOf(own, before);
    return before;
  });
}

function wholeOf(own: string, before: string): string {
  if (before === '' || /^(?:geforce|quadro|tesla|radeon|firepro|grid|instinct|mobility|nvs|rtx)\b/i.test(own))
    return own;
  // "Radeon 9800 XXL/XT", "GeForce 6800 GT/GTO/Ultra"
  if (/^(?:xtx?|pro|gto?|gtx|ultra|x2)$/i.test(own)) return before.replace(/\S+$/, own);
  const maker = /^(?:mobility )?radeon(?: instinct)?/i.exec(before)?.[0];
  if (/^(?:rx|r[579x]|hd|pro|vega)\b/i.test(own)) return `${maker ?? ''} ${own}`.trim();
  const lineWords = before.split(' ');
  const number = lineWords.findIndex((word) => /\d/.test(word) && !/^r[579]$/i.test(word));
  return `${lineWords.slice(0, Math.max(0, number)).join(' ')} ${own}`.trim();
}

function cardsNamed(id: string, part: string, mobileChip: boolean): ListedDevice[] {
  const bare = part.replace(/^mobility /i, '');
  const gb = /(\d{1,3}) ?GB\b/i.exec(bare)?.[1];
  const device = (card: KnownCard, mobile: boolean): ListedDevice => ({
    id,
    card,
    mobile: mobile || card.mobileOnly,
    memoryGb: gb === undefined ? null : Number(gb),
  });
  const shared = (lines.get(bare.toLowerCase()) ?? []).map((card) => device(card, mobileChip));
  const words = wordsOf(bare);
  const named = nameAt(words, 0);
  if (named === null || !id.startsWith(pciVendors[named.card.vendor])) return shared;
  const end = words[named.length - 1]?.end ?? 0;
  const laptopNumber = named.card.kind !== 'datacenter' && /^M\b/.test(bare.slice(end));
  const rest = bare.slice(laptopNumber ? end + 1 : end).replaceAll(beside, '');
  if (/[a-z0-9]/i.test(rest) && !(named.card.name.startsWith('Tesla K') && teslaForm.test(rest)))
    return shared;
  return [...shared, device(named.card, mobileChip || laptopNumber || laptop.test(part))];
}
