import type { Place } from './clue.ts';
import type { SourceFile } from '../analysis.ts';

export function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/);
}

/** A line of a file, quoted from its first sign on. */
export function placeOfLine(file: SourceFile, line: number): Place {
  const text = linesOf(file.text)[line - 1] ?? '';
  return { file: file.path, line, quote: text.trim().slice(0, 200) };
}

/** The first line that matches, from a line on; null: none does. */
export function findLine(file: SourceFile, pattern: RegExp, from = 1): number | null {
  const lines = linesOf(file.text);
  for (let line = from; line <= lines.length; line += 1) if (pattern.test(lines[line - 1] ?? '')) return line;
  return null;
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
