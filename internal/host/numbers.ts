import type { MachineFiles } from './files.ts';

/** A whole number of a file, decimal or with 0x; null: not there, or no number. */
export function numberIn(files: MachineFiles, file: string): number | null {
  return parseNumber(files.text(file));
}

export function parseNumber(content: string | null): number | null {
  const written = content?.trim() ?? '';
  return /^-?(?:\d{1,15}|0x[0-9a-fA-F]{1,13})$/.test(written) ? Number(written) : null;
}

/** No machine has more CPUs or nodes: a range beyond is no range. */
const highest = 65_535;

/** A set of numbers as the kernel writes it: `0-3,8`. Ascending, each once; what is no range is left out. */
export function parseRange(written: string | null): readonly number[] {
  const numbers = (written ?? '')
    .trim()
    .split(',')
    .flatMap((part) => {
      const [, from, to = from] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part.trim()) ?? [];
      if (from === undefined) return [];
      const [start, end] = [Number(from), Number(to)];
      if (end > highest) return [];
      return Array.from({ length: Math.max(0, end - start + 1) }, (_, index) => start + index);
    });
  return [...new Set(numbers)].sort((a, b) => a - b);
}
