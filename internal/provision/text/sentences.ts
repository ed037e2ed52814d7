export interface Sentence {
  readonly text: string;
  readonly start: number;
}

/** After these a dot ends no sentence. */
const abbreviation =
  /(?:^|[\s(])(?:min|max|rec|e\.g|i\.e|approx|ca|z\.\s?b|bzw|ggf|inkl|incl|etc|evtl|no|nr|vs|mr|mrs|dr|st|ver|resp|usw|p\.\s?ex|ex|env|aprox|p\.\s?ej|ej|es|ad es|sig|sr|sra|u\.\s?a|d\.\s?h)$/i;

const longest = 2000;

/** Sentences, with their places. A dot within a number or before a small letter ends none. */
export function sentencesOf(text: string): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let from = 0;
  const push = (to: number): void => {
    // What has no end is cut, so that nothing that is looked for about a place costs more than this.
    for (; to - from > longest; from += longest)
      sentences.push({ text: text.slice(from, from + longest), start: from });
    const part = text.slice(from, to);
    const blank = part.length - part.trimStart().length;
    if (part.trim() !== '') sentences.push({ text: part.trim(), start: from + blank });
    from = to;
  };
  for (const match of text.matchAll(/[.!?]+["')\]]*(?=\s+\S|$)|[。！？]|[.!?]\n/g)) {
    const end = match.index + match[0].length;
    const next = /^\s+(\S)/.exec(text.slice(end, end + 12))?.[1] ?? '';
    const before = text.slice(Math.max(from, match.index - 12), match.index);
    if (match[0].startsWith('.') && /\p{Ll}/u.test(next) && abbreviation.test(before)) continue;
    if (match[0].startsWith('.') && abbreviation.test(before) && /[\d\p{L}]/u.test(next)) continue;
    push(end);
  }
  push(text.length);
  return sentences;
}
