import type { Level } from './levels.ts';

/** A cell, or a sentence: what is said together. */
export interface Segment {
  readonly text: string;
  /** Its place in the clean text. */
  readonly start: number;
  /** What stands before it as its subject: "RAM" of a row or an item, the heading where there is none. */
  readonly label: string;
  /** Column, heading and group: what it is for. */
  readonly context: string;
  /** The level of a column, row, heading or label. */
  readonly level: Level | null;
  readonly kind: 'cell' | 'item' | 'prose';
  /** Counts lines, so that neighbours can be told. */
  readonly line: number;
}

export const mostSegments = 4000;
