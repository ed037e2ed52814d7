import type { Place } from './clue.ts';
import type { SourceFile } from '../analysis.ts';

export function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/);
}

const split = new WeakMap<SourceFile, readonly string[]>();

/** Many ask for one line each: a file of a hundred thousand lines must not be split as many times. */
function linesIn(file: SourceFile): readonly string[] {
  const lines = split.get(file) ?? linesOf(file.text);
  split.set(file, lines);
  return lines;
}

/** A line of a file, quoted from its first sign on. */
export function placeOfLine(file: SourceFile, line: number): Place {
  const text = linesIn(file)[line - 1] ?? '';
  return { file: file.path, line, quote: text.trim().slice(0, 200) };
}

/** The first line that matches, from a line on; null: none does. */
export function findLine(file: SourceFile, pattern: RegExp, from = 1): number | null {
  const lines = linesIn(file);
  for (let line = from; line <= lines.length; line += 1) if (pattern.test(lines[line - 1] ?? '')) return line;
  return null;
}

/** No ecosystem has longer names; npm's limit is the highest. What is longer is a text that makes regular expressions too large. */
const longestName = 214;

export function isPackageName(text: string): boolean {
  return text.length > 0 && text.length <= longestName;
}

export function escapeForRegExp(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, String.raw`\$&`);
}

/** How many folders down. */
export function depthOf(path: string): number {
  return path.split('/').length - 1;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
