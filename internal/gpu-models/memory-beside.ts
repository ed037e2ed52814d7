import type { Card } from './card.ts';

const unit = String.raw`(?<unit>g(?:i?b|o)?|m(?:i?b|o))\b`;
// On the same line: another may tell of the machine's own memory.
const after = new RegExp(
  String.raw`^(?:[^\S\n]|[,(/:[-]){0,3}(?:(?:with|mit|avec|con|à)\s)?(?<amount>\d{1,4})\s?${unit}`,
  'iu',
);
const before = new RegExp(
  String.raw`(?<![\d.,])(?<amount>\d{1,4})[\s-]?${unit}(?:\s(?:of\s)?(?:vram|video))?(?:[^\S\n]|-){1,2}$`,
  'iu',
);
/** What tells that an amount is the machine's, or a speed. */
const elsewhere =
  /^\s?(?:\/\s?s|ps\b|(?:of |de |an |di )?(?:system|ram|ddr\d?|arbeits|haupt|main|mémoire vive|disk|ssd|hdd|storage|free|frei|platz|libres?|memory$))/iu;

/** The amount of memory that stands after a card and is one that it was sold with. */
export function sizeAfter(text: string, end: number, card: Card): { gb: number; end: number } | null {
  const next = text.slice(end, end + 60);
  const match = after.exec(next);
  if (match?.groups !== undefined) {
    if (elsewhere.test(next.slice(match[0].length))) return null;
    const gb = sizeOf(match.groups, card);
    if (gb === null) return null;
    const bracket = /^[\s,]{0,2}\(/.test(next) && next[match[0].length] === ')';
    return { gb, end: end + match[0].length + (bracket ? 1 : 0) };
  }
  // "8800 GTS 640" leaves the unit out.
  const bare = /^ (\d{3,4})(?![\d.,\p{L}])/u.exec(next);
  const gb =
    bare?.[1] === undefined
      ? undefined
      : card.memoryGb.find((size) => size < 2 && size * 1024 === Number(bare[1]));
  return bare === null || gb === undefined ? null : { gb, end: end + bare[0].length };
}

/** The amount that stands before: `a 3 GB GTX 780`. */
export function sizeBefore(text: string, start: number, card: Card): { gb: number; start: number } | null {
  const from = Math.max(0, start - 24);
  const match = before.exec(text.slice(from, start));
  if (match?.groups === undefined) return null;
  const gb = sizeOf(match.groups, card);
  return gb === null ? null : { gb, start: from + match.index };
}

/** The size it was sold with that is meant, a tenth up or down: 768 MB is 0.75 GB, 640 MB 0.625. */
function sizeOf(groups: Record<string, string | undefined>, card: Card): number | null {
  const amount =
    Number(groups['amount']) / (groups['unit']?.toLowerCase().startsWith('m') === true ? 1024 : 1);
  return card.memoryGb.find((size) => Math.abs(size - amount) <= size * 0.05) ?? null;
}
