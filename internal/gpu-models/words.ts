/** A run of letters or of digits. */
export interface Word {
  /** Lower case. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** What stands between the previous word and this one; "" : they are one, as `rtx` and `3060` of RTX3060. */
  readonly gap: string;
}

/** Trade marks between words are spaces, and so is the x of "8xH100": every place stays where it is. */
export function withoutMarks(text: string): string {
  return text
    .replace(/[™®©]|\((?:tm|r)\)/gi, (mark) => ' '.repeat(mark.length))
    .replace(/(?<=(?<![\p{L}\d])[1-9]\d?)x(?=\p{L})/giu, ' ');
}

/** Words in Latin letters; other scripts are what stands between, so that no space is needed before or after them. */
export function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  let last = 0;
  for (const match of text.matchAll(/[\p{Script=Latin}]+|\d+/gu)) {
    const end = match.index + match[0].length;
    words.push({ text: match[0].toLowerCase(), start: match.index, end, gap: text.slice(last, match.index) });
    last = end;
  }
  return words;
}

/** Whether two words are as near as those of one name. */
export function isNear(gap: string): boolean {
  return gap.length <= 3 && /^[\s_-]*$/.test(gap);
}
