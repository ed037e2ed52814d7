import { cardTable } from './card-table.ts';
import type { KnownCard } from './card.ts';
import { isNear, wordsOf, type Word } from './words.ts';

/** A name of a card that stands at some word. */
export interface NameAt {
  readonly card: KnownCard;
  readonly strength: 'sure' | 'weak';
  /** How many words it has. */
  readonly length: number;
}

interface Entry {
  readonly card: KnownCard;
  readonly strength: 'sure' | 'weak';
  /** For each word whether it must be joined to the one before. */
  readonly joined: readonly boolean[];
}

const index = new Map<string, Entry>();
let longest = 0;
for (const card of cardTable) {
  for (const { text, strength } of card.names) {
    const words = wordsOf(text);
    const key = words.map((word) => word.text).join(' ');
    const known = index.get(key);
    // "P4" of Tesla and of Quadro: who stands first in the table has it, but for a sure name.
    if (known !== undefined && (known.strength === 'sure' || strength === 'weak')) continue;
    index.set(key, { card, strength, joined: words.map(({ gap }, place) => place > 0 && gap === '') });
    longest = Math.max(longest, words.length);
  }
}

/** The longest name that begins at a word and ends with one, as far as words of one name may be apart. */
export function nameAt(words: readonly Word[], place: number): NameAt | null {
  let reach = 1;
  while (reach < longest && isNear(words[place + reach]?.gap ?? ',')) reach += 1;
  for (let length = reach; length > 0; length -= 1) {
    const key = words
      .slice(place, place + length)
      .map(({ text }) => text)
      .join(' ');
    const entry = index.get(key);
    if (entry === undefined) continue;
    const fits = entry.joined.every((joined, offset) => !joined || words[place + offset]?.gap === '');
    if (fits) return { card: entry.card, strength: entry.strength, length };
  }
  return null;
}
