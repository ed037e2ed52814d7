import type { Place } from '../clue.ts';

export type PassageKind = 'heading' | 'prose' | 'item' | 'row' | 'code';

/**
 * A heading, a paragraph, an item of a list, a row of a table or a line of code. `text` is without marks of Markdown and
 * RST and on one line, so that a sentence is one text wherever it was wrapped.
 */
export interface Passage {
  readonly file: string;
  readonly kind: PassageKind;
  readonly text: string;
  /** From the outermost. */
  readonly headings: readonly string[];
  /** What introduces the list that an item is in: "Requirements:", or the item above. */
  readonly leadIn: string;
  /** The quote of text.slice(start, end): of one line, the one with most of it. */
  place(start: number, end: number): Place;
}

interface RawPassage {
  readonly file: string;
  readonly kind: PassageKind;
  /** Of its first. */
  readonly line: number;
  readonly lines: readonly string[];
  readonly headings: readonly string[];
  readonly leadIn: string;
}

const longestQuote = 200;

/** What of a line is a mark: links' targets, emphasis, code, tags. */
const mark =
  /\]\((?:[^()\s]|\([^()]*\))*(?:\s+"[^"]*")?\)|<\/?[A-Za-z][^<>]{0,300}>|\*+|_{2,}|`+|!?\[|\]|\\(?=[<>*_`[\]])/g;

export function makePassage({ file, kind, line, lines, headings, leadIn }: RawPassage): Passage {
  const raw = lines.join('\n');
  const characters: string[] = [];
  const origins: number[] = [];
  const keep = (from: number, to: number): void => {
    for (let index = from; index < to; index += 1) {
      const character = raw.charAt(index);
      const blank = /\s/.test(character);
      if (blank && (characters.length === 0 || characters.at(-1) === ' ')) continue;
      characters.push(blank ? ' ' : character);
      origins.push(index);
    }
  };
  let last = 0;
  if (kind !== 'code')
    for (const found of raw.matchAll(mark)) {
      keep(last, found.index);
      last = found.index + found[0].length;
    }
  keep(last, raw.length);

  return {
    file,
    kind,
    text: characters.join('').trimEnd(),
    headings,
    leadIn,
    place: (start, end) => {
      const from = origins[start] ?? 0;
      const to = (origins[Math.max(start, Math.min(end, origins.length) - 1)] ?? raw.length - 1) + 1;
      return { file, ...longestLine(raw, from, to, line) };
    },
  };
}

function longestLine(raw: string, from: number, to: number, firstLine: number): Omit<Place, 'file'> {
  let line = firstLine + raw.slice(0, from).split('\n').length - 1;
  let best = { line, quote: '' };
  for (const part of raw.slice(from, to).split('\n')) {
    const quote = part.trim().slice(0, longestQuote);
    if (quote.length > best.quote.length) best = { line, quote };
    line += 1;
  }
  return best;
}
