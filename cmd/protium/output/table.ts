import stringWidth from 'string-width';
import { printable } from './printable.ts';

/** What a cell looks like is not what it measures: colour is put on after the padding. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Columns under their headers, two spaces apart; the last is not padded. */
export function formatTable(headers: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines: readonly (readonly Cell[])[] = [headers.map((text) => ({ text })), ...rows];
  const widths = headers.map((_, column) =>
    Math.max(...lines.map((line) => stringWidth(printable(line[column]?.text ?? '')))),
  );
  return lines.map((line) => `${formatLine(line, widths)}\n`).join('');
}

/** Names and values, for one object. */
export function formatFields(fields: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}\n`).join('');
}

function formatLine(line: readonly Cell[], widths: readonly number[]): string {
  const last = line.findLastIndex(({ text }) => text !== '');
  return line
    .slice(0, last + 1)
    .map(({ text, paint = unpainted }, column) => {
      const shown = printable(text);
      const gap = column === last ? 0 : (widths[column] ?? 0) - stringWidth(shown) + 2;
      return paint(shown) + ' '.repeat(gap);
    })
    .join('');
}

function unpainted(text: string): string {
  return text;
}
