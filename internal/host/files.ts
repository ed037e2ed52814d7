import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

/** The pseudo files of a machine under a root. What is not there, or may not be read, is null or empty: never an error. */
export interface MachineFiles {
  /** The whole text without the last newline. */
  text(file: string): Promise<string | null>;
  bytes(file: string, length: number): Promise<Uint8Array | null>;
  /** Names in a directory, sorted; empty when it is not there. */
  list(directory: string): Promise<readonly string[]>;
  /** Where a link leads, as it is written; null: no link. */
  link(file: string): Promise<string | null>;
}

export function machineFiles(root: string): MachineFiles {
  const place = (file: string): string => path.join(root, file);
  return {
    text: (file) =>
      readFile(place(file), 'utf8').then(
        (content) => content.replace(/\n$/, ''),
        () => null,
      ),
    bytes: (file, length) =>
      readFile(place(file)).then(
        (content) => new Uint8Array(content.subarray(0, length)),
        () => null,
      ),
    list: (directory) =>
      readdir(place(directory)).then(
        (names) => names.sort(),
        () => [],
      ),
    link: (file) => readlink(place(file)).catch(() => null),
  };
}

/** A whole number of a file, decimal or with 0x; null: not there, or no number. */
export async function numberIn(files: MachineFiles, file: string): Promise<number | null> {
  return parseNumber(await files.text(file));
}

export function parseNumber(content: string | null): number | null {
  const written = content?.trim() ?? '';
  return /^-?(?:\d{1,19}|0x[0-9a-fA-F]{1,16})$/.test(written) ? Number(written) : null;
}

/** A set of numbers as the kernel writes it: `0-3,8`. What is no range is left out. */
export function parseRange(written: string | null): readonly number[] {
  const numbers = (written ?? '')
    .trim()
    .split(',')
    .flatMap((part) => {
      const [, from, to = from] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part.trim()) ?? [];
      if (from === undefined) return [];
      const [start, end] = [Number(from), Number(to)];
      return Array.from({ length: Math.max(0, end - start + 1) }, (_, index) => start + index);
    });
  return [...new Set(numbers)].sort((a, b) => a - b);
}
