import type { Evidence } from '../analysis.ts';

/** Nobody writes down more than this by hand; what comes after is not read. */
export const mostCharacters = 64 * 1024;

/** A text as it is read: every place of it is the same place of what was given. */
export interface CleanText {
  readonly text: string;
  /** Evidence for text.slice(start, end), by a rule. */
  readonly evidence: (start: number, end: number, rule: string) => Evidence;
  /** It was longer. */
  readonly cut: boolean;
}

/** What a terminal takes for a command to colour. */

const escapes = /\u001b\[[\d;]{0,16}[A-Za-z]/g;

/** Control characters but tab and newline, and what turns the direction of writing. */

const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/**
 * One character for one, so that places stay what they are: unseen characters and odd blanks become blanks, full-width
 * letters and digits plain ones, all dashes "-".
 */
export function cleanText(raw: string): CleanText {
  const given = raw.slice(0, mostCharacters);
  const text = given
    .replaceAll(/\r(?!\n)/g, '\n')
    .replaceAll(escapes, (sequence) => ' '.repeat(sequence.length))
    .replaceAll(unseen, ' ')
    .replaceAll(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')
    .replaceAll(/[\uff01-\uff5e]/g, (character) => String.fromCodePoint(character.charCodeAt(0) - 0xfe_e0))
    .replaceAll(/[’ʼ]/g, "'");
  const starts = [0, ...[...given.matchAll(/\r\n|\n|\r/g)].map((match) => match.index + match[0].length)];
  return {
    text,
    cut: raw.length > given.length,
    evidence: (start, end, rule) => {
      const line = lineAt(starts, start);
      const from = starts[line] ?? 0;
      const to = (starts[line + 1] ?? given.length + 1) - 1;
      return {
        file: 'text',
        line: line + 1,
        quote: quoteOf(given.slice(from, to), start - from, end - from),
        rule,
      };
    },
  };
}

/** The last line that starts at or before a place. */
function lineAt(starts: readonly number[], place: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What stands about a place of a line, at most 200 characters, without characters that a terminal would obey. */
function quoteOf(line: string, start: number, end: number): string {
  const room = Math.max(0, 160 - (end - start));
  const from = Math.max(0, start - room);
  const part = line.slice(from, Math.min(line.length, from + 200));
  let place = 0;
  for (const piece of part.split(unseen)) {
    if (place + piece.length > start - from && piece.trim() !== '') return piece.trim();
    place += piece.length + 1;
  }
  return (
    part
      .split(unseen)
      .find((piece) => piece.trim() !== '')
      ?.trim() ?? ''
  );
}
