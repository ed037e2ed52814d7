import { findSizes, type Size } from '../quantities/sizes.ts';
import { findLevelWords, type Level, type LevelWord } from './levels.ts';
import { findSelectors, type Selector } from './selectors.ts';
import type { Segment } from './segment.ts';
import { findKindWords, type KindWord } from './words.ts';

/** A segment with what was found in it. */
export interface Reading {
  readonly segment: Segment;
  readonly sizes: readonly Size[];
  readonly words: readonly KindWord[];
  readonly levels: readonly LevelWord[];
  readonly selectors: readonly Selector[];
  /** Of the label, the column and the heading. */
  readonly around: readonly Selector[];
  /** Where clauses end: commas, brackets, dots. */
  readonly cuts: readonly number[];
}

export function readSegment(segment: Segment): Reading {
  const { text } = segment;
  return {
    segment,
    sizes: findSizes(text),
    words: findKindWords(text),
    levels: findLevelWords(text),
    selectors: findSelectors(text),
    around: findSelectors(`${segment.context} ${segment.label}`),
    cuts: [...text.matchAll(/[;()，；（）、]|,(?!\d)|[.。](?=\s|$)|\s-\s/g)].map(({ index }) => index),
  };
}

/** The clause about text.slice(start, end). */
export function clauseAt(
  { segment: { text }, cuts }: Reading,
  start: number,
  end: number,
): { from: number; to: number } {
  let from = 0;
  for (const cut of cuts) {
    if (cut >= end) return { from, to: cut };
    if (cut < start) from = cut + 1;
  }
  return { from, to: text.length };
}

export function clauseText(reading: Reading, start: number, end: number): string {
  const { from, to } = clauseAt(reading, start, end);
  return reading.segment.text.slice(from, to);
}

export function isInBrackets({ segment: { text } }: Reading, start: number): boolean {
  const before = text.slice(0, start);
  return before.lastIndexOf('(') > before.lastIndexOf(')');
}

/**
 * The level of what stands at a place: of a word after it in its clause ("8 GB minimum"), else of the last one before it in
 * the sentence ("recommended 8 GB"), else of the row, the column or the heading.
 */
export function levelAt(reading: Reading, start: number, end: number): Level | null {
  const { segment, levels, sizes } = reading;
  const { to } = clauseAt(reading, start, end);
  const nextSize = sizes.find((size) => size.start >= end)?.start ?? segment.text.length;
  const after = levels.find((word) => word.start >= end && word.start < Math.min(to, nextSize));
  if (
    after !== undefined &&
    !/\b(?:and|und|et|y|e|or|oder|ou|o)\b/i.test(segment.text.slice(end, after.start))
  )
    return after.level;
  const bracketed = /^[^()]{0,12}\(\s*/.exec(segment.text.slice(end))?.[0].length;
  const inside = bracketed === undefined ? undefined : levels.find((word) => word.start === end + bracketed);
  if (inside !== undefined && /^\s*\)/.test(segment.text.slice(inside.end))) return inside.level;
  const { from } = clauseAt(reading, start, end);
  const before = levels.findLast(
    (word) => word.end <= start && (word.start >= from || !isPredicate(reading, word)),
  );
  // What stands in brackets does not speak for what follows them.
  if (before !== undefined && isInBrackets(reading, before.start) === isInBrackets(reading, start))
    return before.level;
  return segment.level;
}

/** "8 GB minimum": it is said of the size before it, not of what follows. */
function isPredicate(reading: Reading, word: LevelWord): boolean {
  const { from, to } = clauseAt(reading, word.start, word.end);
  const inClause = reading.sizes.filter(({ start }) => start >= from && start < to);
  return inClause.length > 0 && inClause.every(({ end }) => end <= word.start);
}

/** The selectors that count at a place, one kind each: of its clause, else the last before it, else of what is around. */
export function selectorsAt(reading: Reading, start: number, end: number): readonly Selector[] {
  const { from, to } = clauseAt(reading, start, end);
  const { selectors, around } = reading;
  return (['resolution', 'grade', 'parameters', 'edition', 'surface', 'vendor'] as const).flatMap((kind) => {
    const own = selectors.filter((each) => each.kind === kind);
    const inClause = own.filter((each) => each.start >= from && each.end <= to);
    if (inClause.length > 0) return inClause;
    const before = own.findLast((each) => each.end <= start);
    return before === undefined ? around.filter((each) => each.kind === kind) : [before];
  });
}
