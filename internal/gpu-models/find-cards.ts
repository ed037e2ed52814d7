import { sizeAfter, sizeBefore } from './memory-beside.ts';
import { cardTable } from './card-table.ts';
import { nameAt, type NameAt } from './name-index.ts';
import { isAmount, speaksOfCard } from './speaks-of-card.ts';
import type { KnownCard } from './card.ts';
import { isNear, withoutMarks, wordsOf, type Word } from './words.ts';

/** A card as a text names it. */
export interface FoundCard {
  readonly card: KnownCard;
  /** Places in the text, with the maker's name and the memory that belong to it. */
  readonly start: number;
  readonly end: number;
  /** The memory said next to it, in GB; null: none, or none that this card was sold with. */
  readonly memoryGb: number | null;
  /** The text means the laptop's. */
  readonly mobile: boolean;
}

/** A word that makes another card of the name before it. */
const variants = new Set(['ti', 'super', 'xt', 'xtx', 'gre', 'ada', 'blackwell', 'boost']);
const makers = new Set([
  'mobility',
  'nvidia',
  'geforce',
  'amd',
  'ati',
  'radeon',
  'intel',
  'quadro',
  'tesla',
  'rtx',
]);
const processors = new Set(['ryzen', 'threadripper', 'athlon', 'phenom', 'core', 'xeon', 'epyc']);
/** "2080S" is short for it; "2080s" are several. */
const superOf = new Map(
  cardTable
    .filter(({ name }) => name.endsWith(' SUPER'))
    .map((card) => [card.name.replace(' SUPER', ''), card]),
);
const interfaces = /^(?:sxm\d?|pcie|nvl|hbm\d?e?)$/;
const separators = /^[\s]*(?:[/,|+&)]|\))*[\s]*$/;
const joiners = new Set(['or', 'oder', 'ou', 'o', 'and', 'und', 'et', 'y', 'e', 'bzw', 'resp']);

/** Cards that a text names, in order, none inside another. Linear in the text's length. */
export function findCardsInText(original: string): readonly FoundCard[] {
  const text = withoutMarks(original);
  const words = wordsOf(text);
  const found: FoundCard[] = [];
  let previous: { readonly card: KnownCard; readonly place: number } | null = null;
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place];
    if (word === undefined || (place > 0 && word.gap === '')) continue;
    const named: NameAt | null = nameAt(words, place);
    const listed: { card: KnownCard; length: number } | null =
      named?.strength === 'sure' ? null : continuation(words, place, previous);
    const plain: KnownCard | undefined = listed?.card ?? named?.card;
    if (plain === undefined) continue;
    const length = listed?.length ?? named?.length ?? 1;
    const ends = endOf(words, place + length);
    if (ends === null) continue;
    const card: KnownCard = text[ends.end - 1] === 'S' ? (superOf.get(plain.name) ?? plain) : plain;
    if (isSeries(words, place, ends.next, card)) continue;
    if (listed === null && named?.strength === 'weak' && !speaksOfCard(text, words, place, ends.next, card))
      continue;
    if (isOtherLine(words, place, card)) continue;
    const after = sizeAfter(text, ends.end, card);
    const before = after === null ? sizeBefore(text, startOf(words, place), card) : null;
    found.push({
      card,
      start: before?.start ?? startOf(words, place),
      end: after?.end ?? ends.end,
      memoryGb: after?.gb ?? before?.gb ?? null,
      mobile: ends.mobile || card.mobileOnly || isMobility(words, place),
    });
    place = ends.next - 1;
    while (place + 1 < words.length && (words[place + 1]?.start ?? 0) < (after?.end ?? 0)) place += 1;
    previous = { card, place };
  }
  return found;
}

/** `3070` of "RTX 3060 or 3070", `6700 XT` of "RX 6600 XT / 6700 XT": the line of the card before. */
function continuation(
  words: readonly Word[],
  place: number,
  previous: { readonly card: KnownCard; readonly place: number } | null,
): { card: KnownCard; length: number } | null {
  if (previous === null) return null;
  const between = words.slice(previous.place + 1, place + 1);
  const [first, ...rest] = between;
  const near =
    between.length === 1
      ? /[/,|+&]/.test(first?.gap ?? '') && separators.test(first?.gap ?? '')
      : between.length === 2 && joiners.has(first?.text ?? '') && (rest[0]?.gap ?? '') === ' ';
  if (!near || (place > 0 && words[place]?.gap === '')) return null;
  const lines = lineOf(previous.card.name);
  for (const line of lines) {
    const lead = wordsOf(line).map((word, index) => (index === 0 ? word : { ...word, gap: word.gap }));
    const [head, ...tail] = words.slice(place, place + 5);
    if (head === undefined) return null;
    const named = nameAt([...lead, { ...head, gap: ' ' }, ...tail], 0);
    if (named !== null && named.length > lead.length) {
      const length = named.length - lead.length;
      if (!isAmount(words, place + length)) return { card: named.card, length };
    }
  }
  return null;
}

/** Lines that a number after this card's may be of. */
function lineOf(name: string): readonly string[] {
  const lower = name.toLowerCase();
  if (/^geforce (?:rtx|gtx)/.test(lower)) return ['rtx', 'gtx'];
  if (/^geforce \d/.test(lower)) return ['geforce'];
  if (lower.startsWith('radeon rx vega')) return ['radeon rx vega', 'radeon rx'];
  const words = lower.split(' ');
  const number = words.findIndex((word) => /\d/.test(word) && !/^r[579]$/.test(word));
  const line = words.slice(0, Math.max(1, number)).join(' ');
  return line === lower ? ['nvidia'] : [line];
}

/** Where the name ends; null: a letter or a word follows that makes another of it. */
function endOf(
  words: readonly Word[],
  from: number,
): { readonly next: number; readonly end: number; readonly mobile: boolean } | null {
  let next = from;
  let mobile = false;
  const at = (place: number): string => words[place]?.text ?? '';
  const glued = (place: number): boolean => words[place]?.gap === '';
  if (glued(next) && ['m', 's'].includes(at(next))) {
    mobile = at(next) === 'm';
    next += 1;
  }
  if (glued(next)) return null;
  // The next line begins with something else: "Notebook: yes".
  const near = (place: number): boolean => {
    const gap = words[place]?.gap ?? ',';
    return isNear(gap) && !gap.includes('\n');
  };
  if (near(next) && variants.has(at(next))) return null;
  if (near(next) && ['mobile', 'laptop', 'notebook', 'portable'].includes(at(next))) {
    mobile = true;
    next += 1;
    if (near(next) && at(next) === 'gpu') next += 1;
  } else if (near(next) && at(next) === 'max' && at(next + 1) === 'q') {
    mobile = true;
    next += 2;
  }
  // A100-SXM4-80GB: "sxm" and "4" are two words.
  if (near(next) && interfaces.test(at(next))) {
    next += 1;
    if (glued(next) && /^\d$/.test(at(next))) next += 1;
  }
  return { next, end: words[next - 1]?.end ?? 0, mobile };
}

/** With the maker's words before it. */
function startOf(words: readonly Word[], place: number): number {
  let first = place;
  while (
    first > Math.max(0, place - 4) &&
    makers.has(words[first - 1]?.text ?? '') &&
    isNear(words[first]?.gap ?? ',')
  )
    first -= 1;
  return words[first]?.start ?? 0;
}

/** "RTX 4000 series" is GeForce's, not the Quadro. */
function isSeries(words: readonly Word[], place: number, next: number, card: KnownCard): boolean {
  if (!/^Quadro RTX|^HD Graphics|^Radeon HD \d000/.test(card.name) || words[place]?.text === 'quadro')
    return false;
  return /^(?:series|serie|reihe|generation|cards?|gpus|class|and|und)$/.test(words[next]?.text ?? '');
}

/** "Radeon HD 5000" is not Intel's HD Graphics 5000, "Radeon 6800" not the GeForce, "Ryzen 5 5600XT" no card. */
function isOtherLine(words: readonly Word[], place: number, card: KnownCard): boolean {
  if (processors.has(words[place - 1]?.text ?? '') || processors.has(words[place - 2]?.text ?? '')) {
    return /^\d/.test(words[place]?.text ?? '');
  }
  const before = isNear(words[place]?.gap ?? ',') ? (words[place - 1]?.text ?? '') : '';
  if (card.vendor === 'intel') return ['radeon', 'ati', 'amd'].includes(before);
  if (card.vendor === 'nvidia') return ['radeon', 'rx', 'ati', 'arc'].includes(before);
  return ['geforce', 'gtx', 'rtx', 'nvidia'].includes(before);
}

/** "Mobility Radeon HD 5870" */
function isMobility(words: readonly Word[], place: number): boolean {
  return words.slice(Math.max(0, place - 2), place).some(({ text }) => text === 'mobility');
}
