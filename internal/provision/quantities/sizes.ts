import { figurePattern, numberWordPattern, readCount, readFigure } from './numbers.ts';

/** Something measured that stands in a text. */
export interface Size {
  /** In GB as the text counts: 1024 MB are one, 1 TB is 1024. Of bits: what they are in bytes. */
  readonly gb: number;
  /** The upper end of a range (`100-200 GB`), else as `gb`. */
  readonly gbHigh: number;
  /** `2` of `2 x 16 GB`, else 1. `gb` is that of one. */
  readonly times: number;
  /**
   * `bits`: written as bits (`10 Gbit`). `maybe-bits`: `Gb`, which people write for both. `rate`: a second's worth (`29 GB/s`,
   * `150 Mbps`): never a capacity.
   */
  readonly kind: 'bytes' | 'bits' | 'maybe-bits' | 'rate';
  /** Places in the text, the unit included. */
  readonly start: number;
  readonly end: number;
}

const number = `(?:${figurePattern})`;
const unit = String.raw`(?<unit>(?:kilo|mega|giga|tera|péta|peta)(?:bytes?|octets?|bits?)|[kmgtp]i?[bo](?:ytes?|its?)?|[kmgtp]bytes?|[kmgtp]bits?|gigas?|gigs?|teras?|megas?|[gt](?![a-z0-9.])|[кмгт](?:иб|б|байт\p{L}*))`;
const second = String.raw`(?<rate>\s?\/\s?(?:s(?:ec|ek)?|seg)\b|ps\b|\s?(?:per|pro|par|por|al)\s(?:second[oe]?|sekunde|segundo))?`;
const joint = String.raw`\s?(?:-|–|—|to|bis|à|a|hasta|até|\.\.\.?)\s?`;

const pattern = new RegExp(
  String.raw`(?<![\w.,/])(?:(?<times>\d{1,3})\s?[x×*]\s?)?(?<low>${number})` +
    String.raw`(?:(?:\s?[kmgt]i?[bo])?${joint}(?<high>${number}))?\+?[\s\u00a0\u202f-]?\s?${unit}${second}(?![\p{Script=Latin}\p{Script=Cyrillic}\d])`,
  'giu',
);

/** "sixteen gigabytes", "half a terabyte". */
const wordPattern = new RegExp(
  String.raw`(?<![\p{L}\d.,-])(?:(?<half>half an?|(?:ein(?:en)? )?halbe[sn]?|un demi|medio|mezzo|meio)|(?<number>${numberWordPattern}))[\s-](?<unit>(?:giga|tera|téra|mega|méga)(?:bytes?|octets?)|gigs?|gigas?|teras?|[gtm]i?b)(?![\p{L}\d])`,
  'giu',
);

const power: Readonly<Record<string, number>> = { k: -2, m: -1, g: 0, t: 1, p: 2, к: -2, м: -1, г: 0, т: 1 };

/**
 * Every size in a text, in order. GB, GiB, Go, Gio, Gbytes and giga mean the same here: who asks for a machine writes one for
 * the other. Neither frequencies (GHz) nor bare numbers are sizes. Linear in the length of the text.
 */
export function findSizes(text: string): readonly Size[] {
  const inFigures = [...text.matchAll(pattern)].flatMap((match): Size[] => {
    const found = readMatch(match);
    return found === null ? [] : [found];
  });
  const inWords = [...text.matchAll(wordPattern)].flatMap((match): Size[] => {
    const exponent = power[match.groups?.['unit']?.[0]?.toLowerCase() ?? ''];
    const number = match.groups?.['half'] === undefined ? readCount(match.groups?.['number'] ?? '') : 0.5;
    if (exponent === undefined || number === null) return [];
    const gb = number * 1024 ** exponent;
    return [
      { gb, gbHigh: gb, times: 1, kind: 'bytes', start: match.index, end: match.index + match[0].length },
    ];
  });
  return [...inFigures, ...inWords].sort((one, other) => one.start - other.start);
}

function readMatch(match: RegExpExecArray | RegExpMatchArray): Size | null {
  const { times, low = '', high, unit: word = '', rate } = match.groups ?? {};
  const after = (match.input ?? '').slice((match.index ?? 0) + match[0].length).slice(0, 20);
  const exponent = power[word[0]?.toLowerCase() ?? ''];
  if (exponent === undefined || match.index === undefined || !plausibleUnit(word, low, after)) return null;
  const bits = kindOf(word, rate);
  const factor = 1024 ** exponent / (bits === 'bits' || /bits?$/i.test(word) ? 8 : 1);
  // The low end of `1 TB - 2 TB` has its own unit, which is the same but in odd texts; those of two units are two sizes.
  const from = sizeOf(low, exponent) * factor;
  const to = high === undefined ? from : sizeOf(high, exponent) * factor;
  return {
    // What descends is no range: `RTX 3060-12 GB`.
    gb: Math.min(from, to),
    gbHigh: to,
    times: times === undefined ? 1 : Math.max(1, Number(times)),
    kind: bits,
    start: match.index,
    end: match.index + match[0].length,
  };
}

/** `1.024 TB` is a decimal: nobody has a thousand terabytes. */
function sizeOf(figure: string, exponent: number): number {
  return exponent > 0 && /^\d{1,2}[.,]\d{3}$/.test(figure)
    ? Number(figure.replace(',', '.'))
    : readFigure(figure);
}

/** `4 to 8`: the `to` of a range is no unit of terabytes, and `4 mo` alone may be months; capital M says megaoctets. */
function plausibleUnit(word: string, figure: string, after: string): boolean {
  if (/^[kmgtp]o$/i.test(word))
    return /^[KMGTP]/.test(word) || /^\s(?:de|d')\s?(?:ram|m[ée]moire|disque|stockage|vram|ssd)/i.test(after);
  // 2G to 6G are networks of telephones.
  return word.length > 1 || word === 'T' || (word === 'G' && !/^[2-6]$/.test(figure));
}

function kindOf(word: string, rate: string | undefined): Size['kind'] {
  if (rate !== undefined) return 'rate';
  if (/bits?$/i.test(word)) return 'bits';
  return /^[KMGTP]i?b$/.test(word) ? 'maybe-bits' : 'bytes';
}
