import type { Standing } from './ask.ts';
import type { Reading } from './reading.ts';
import type { Kind } from './words.ts';

/** A size that a text gives, and what for. */
export interface Amount extends Standing {
  readonly kind: Kind;
  /** What says that it is of this kind: 3 a word beside it, 2 a label, 1 what came before it, 0 nothing. */
  readonly sure: 0 | 1 | 2 | 3;
  readonly gb: number;
  /** "per user", "each": of how many things it is one's; null: of the whole. */
  readonly per: Share | null;
  /** Joined to what stands before it: "plus", "more", "on top". */
  readonly added: boolean;
  /** "in all": the others are parts of it. */
  readonly total: boolean;
  /** "for the database": what it is for, in words of the text. */
  readonly purpose: string;
  readonly reading: Reading;
  /** In the segment. */
  readonly start: number;
  readonly end: number;
}

export interface Share {
  /** What there are several of, as the text calls it, in small letters. */
  readonly noun: string;
  /** "per 1,000 users": 1000. */
  readonly each: number;
  /** Said beside it: "two guests of 4 GB each"; null: it has to be looked for. */
  readonly count: number | null;
}
