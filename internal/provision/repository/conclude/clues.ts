import type { Found } from '../../analysis.ts';
import type { Clue, ClueSubject, ClueValues } from '../clue.ts';

/** As many lines as a person wants to read for one value. */
const mostEvidence = 4;

/** All that was found, by what it is about, the surest first; equals in the order in which they were found. */
export class Clues {
  private readonly all: readonly Clue[];

  constructor(all: readonly Clue[]) {
    this.all = all;
  }

  about<S extends ClueSubject>(subject: S): readonly Clue<S>[] {
    return this.all
      .filter((clue): clue is Clue<S> => clue.about === subject)
      .toSorted((left, right) => right.confidence - left.confidence);
  }

  stances(...wanted: readonly ClueValues['gpu'][]): readonly Clue<'gpu'>[] {
    return this.about('gpu').filter(({ value }) => wanted.includes(value));
  }
}

/** A value with the clues that it was made of. */
export function found<T>(value: T, clues: readonly Clue[], confidence?: number): Found<T> {
  const seen = new Set<string>();
  const evidence = clues
    .map((clue) => clue.evidence)
    .filter(({ file, line, quote }) => {
      const key = `${file}\n${line}\n${quote}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .slice(0, mostEvidence);
  return { value, confidence: confidence ?? Math.max(...clues.map((clue) => clue.confidence)), evidence };
}

/** Of the surest clues the one with the lowest value: "or above" of one is met by the other too. */
export function lowestOfSurest<S extends ClueSubject>(
  clues: readonly Clue<S>[],
  measure: (value: ClueValues[S]) => number,
  margin = 0.15,
): Clue<S> | undefined {
  const best = clues[0]?.confidence ?? 0;
  return clues
    .filter(({ confidence }) => confidence >= best - margin)
    .toSorted((left, right) => measure(left.value) - measure(right.value))[0];
}

/** "12.4" → 12.04, so that 9.10 comes after 9.2. */
export function versionNumber(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major + minor / 1000;
}
