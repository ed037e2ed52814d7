import type { Card } from './card.ts';
import { sizeAfter, sizeBefore } from './memory-beside.ts';
import { nameAt } from './name-index.ts';
import type { Word } from './words.ts';

const cardWords =
  /\b(?:gpus?|graphics|graphic|video ?cards?|vram|cuda|nvidia|geforce|tensor|grafik\w*|graphique|grafica|gráfica|vidéo|accelerators?)\b/i;
/** Names of data-centre cards that, in a row, mean nothing else; M4/M6 are screws. */
const rowNames = /^(?:Tesla (?:T4|P40|M40|M60|K40|K80|[PV]100)|A10G?|A16|A30|A40|A100|L4|L40S?|[HB][12]00)$/;
const behind =
  /^[\s-]{0,2}(?:gpus?|cards?|or better|or higher|or above|oder besser|ou mieux|class|karten?)\b/i;
const ahead = /(?:\b\d{1,2} ?[x×] ?|(?:^|[\s(])(?:gpus?|graphics|grafik\w*|card|karte|nvidia)(?:: ?| ))$/i;
const aheadOfNumber =
  /(?:^|[\s(])(?:an?|one|two|three|four|dual|single|ein(?:e|er|en)?|zwei|une?|deux|una|dos|due) $/i;
const aheadOfSeveral =
  /(?:^|[\s(])(?:\d|two|three|four|eight|zwei|drei|vier|deux|dos|due|several|mehrere) $/i;

/**
 * Whether something near a name that could mean anything else (A10, 3070) tells that it is a card.
 *
 * @param place the name's first word
 * @param next the first word after it
 */
export function speaksOfCard(
  text: string,
  words: readonly Word[],
  place: number,
  next: number,
  card: Card,
): boolean {
  const first = words[place];
  const last = words[next - 1];
  if (first === undefined || last === undefined) return false;
  if (words.length === next - place) return true;
  const bareNumber = /^\d/.test(first.text);
  const asWritten = text.slice(first.start, first.end);
  if (!bareNumber && asWritten !== asWritten.toUpperCase()) return false;
  if (/[.,:$€£#@-]$/.test(first.gap) || isAmount(words, next)) return false;
  const rest = text.slice(last.end, last.end + 16);
  if (/^(?:-\d|[.,]\d|%|:\d)/.test(rest)) return false;
  // "3060/3070", "T4/A10": cards in a row tell of each other.
  if (inRow(words, next, card, bareNumber)) return true;
  if (sizeAfter(text, last.end, card) !== null || sizeBefore(text, first.start, card) !== null) return true;
  const lead = text.slice(Math.max(0, first.start - 24), first.start);
  if (behind.test(rest) || ahead.test(lead)) return true;
  if (last.text === 's' && aheadOfSeveral.test(lead)) return true;
  // 1080 and 970 are too often something else.
  if (bareNumber && !card.name.includes('RTX')) return false;
  if (bareNumber && aheadOfNumber.test(lead)) return true;
  return cardWords.test(lineAround(text, first.start, last.end));
}

/** "GTX 970, 560 MB": a unit follows. */
export function isAmount(words: readonly Word[], place: number): boolean {
  return /^(?:[mgt]i?[bo]|[mg]hz|x|px|p|fps|w|watt|rpm|users?|nm)$/.test(words[place]?.text ?? '');
}

function inRow(words: readonly Word[], next: number, card: Card, bareNumber: boolean): boolean {
  const separator = words[next];
  if (separator === undefined) return false;
  const joined = /^(?:or|and|oder|und|ou|et|o|y|e)$/.test(separator.text) && separator.gap === ' ';
  const place = joined ? next + 1 : next;
  const slash = /^ ?\/ ?$/.test(separator.gap);
  if (!joined && !slash && !/^,\s$/.test(separator.gap)) return false;
  const another = nameAt(words, place)?.card;
  if (another === undefined) return false;
  return bareNumber ? slash : rowNames.test(card.name) && rowNames.test(another.name);
}

/** What stands on the same line, no more than 160 characters away. */
function lineAround(text: string, start: number, end: number): string {
  const before =
    text
      .slice(Math.max(0, start - 160), start)
      .split('\n')
      .at(-1) ?? '';
  const [after = ''] = text.slice(end, end + 160).split('\n');
  return `${before} ${after}`;
}
