import { kindOfLabel } from './label-words.ts';
import { findLevelWords, levelOfLabel, type Level } from './levels.ts';
import type { Segment } from './segment.ts';
import { findBounds, findSelectors } from './selectors.ts';

export interface TextLine {
  readonly text: string;
  readonly start: number;
}

interface Cell {
  readonly text: string;
  /** In the line. */
  readonly start: number;
}

const rule = /^[\s|+:=-]+$/;

/** How many lines from this one on are a table; 0: none begins here. */
export function tableAt(lines: readonly TextLine[], index: number): number {
  const isRow = isPipeRow(lines[index]?.text ?? '') ? isPipeRow : isGapRow;
  let end = index;
  let rows = 0;
  while (end < lines.length && end - index < 400) {
    const { text } = lines[end] ?? { text: '' };
    if (isRow(text)) rows += 1;
    else if (rows === 0 || !rule.test(text) || text.trim() === '') break;
    end += 1;
  }
  return rows >= 2 ? end - index : 0;
}

function isPipeRow(line: string): boolean {
  return line.length < 4000 && /\S\s*\||\|\s*\S/.test(line) && !rule.test(line);
}

function isGapRow(line: string): boolean {
  return line.length < 4000 && !/^\s*[-*•]\s/.test(line) && gapCells(line).length >= 2;
}

function gapCells(line: string): readonly Cell[] {
  return [...line.matchAll(/\S(?:[^\s]|[ ](?! ))*/g)].map((match) => ({
    text: match[0].trimEnd(),
    start: match.index,
  }));
}

function pipeCells(line: string, hasFrame: boolean): readonly Cell[] {
  const cells: Cell[] = [];
  let start = 0;
  for (const part of line.split('|')) {
    cells.push({ text: part.trim(), start: start + (part.length - part.trimStart().length) });
    start += part.length + 1;
  }
  // The frame makes an empty cell at each end; without one an empty cell is a corner.
  if (hasFrame && line.trim().startsWith('|')) cells.shift();
  if (line.trim().endsWith('|')) cells.pop();
  return cells;
}

interface Column {
  readonly text: string;
  readonly start: number;
}

/** The cells of a table, each with its row's name and its column's. */
export function readTable(
  lines: readonly TextLine[],
  heading: { readonly text: string; readonly level: Level | null },
  firstLine: number,
): readonly Segment[] {
  const isPipe = isPipeRow(lines[0]?.text ?? '');
  const real = lines.map((line, index) => ({ line, index })).filter(({ line }) => !rule.test(line.text));
  const hasFrame = real.every(({ line }) => line.text.trim().startsWith('|'));
  const rows = real.map((row) => ({
    ...row,
    cells: isPipe ? pipeCells(row.line.text, hasFrame) : gapCells(row.line.text),
  }));
  const [first] = rows;
  const header = first !== undefined && isHeader(first.cells, first.line.text) ? first.cells : null;
  const columns = header === null ? null : columnsOf(header, isPipe);
  const byKind = header !== null && header.filter(({ text }) => kindOfLabel(text) !== null).length >= 2;
  const body = (header === null ? rows : rows.slice(1)).flatMap(({ line, index, cells }) => {
    const [name] = cells;
    if (name === undefined) return [];
    const whole = columns === null || isPipe ? cells : splitAt(cells, columns);
    // Where columns are parts of the machine the first one mostly says for whom.
    const skipped = byKind && kindOfLabel(header[0]?.text ?? '') !== null ? 0 : 1;
    const segments: Segment[] = [];
    whole.slice(skipped).forEach((cell, place) => {
      const column =
        skipped === 0 ? (header?.[place]?.text ?? '') : (columnFor(columns, cell, place, isPipe)?.text ?? '');
      const before = segments.at(-1);
      const text = isSame(cell.text) && before !== undefined && !byKind ? before.text : cell.text;
      if (text === '') return;
      const levelOf = (label: string): Level | null => (label === '' ? null : levelOfLabel(label));
      segments.push({
        text,
        start: isSame(cell.text) && before !== undefined && !byKind ? before.start : line.start + cell.start,
        label: byKind ? column : name.text,
        context: byKind ? `${heading.text} ${name.text}` : `${heading.text} ${column}`,
        level: byKind
          ? (levelOf(name.text) ?? heading.level)
          : (levelOf(column) ?? levelOf(name.text) ?? heading.level),
        kind: 'cell',
        line: firstLine + index,
      });
    });
    return segments;
  });
  // What stands over the names of rows is a title.
  const corner = header?.[0];
  if (
    corner === undefined ||
    corner.text === '' ||
    columns?.includes(corner) === true ||
    kindOfLabel(corner.text) !== null
  )
    return body;
  const start = (first?.line.start ?? 0) + corner.start;
  return [
    { text: corner.text, start, label: '', context: '', level: null, kind: 'item', line: firstLine },
    ...body,
  ];
}

/** "same", "dito", a mark for it: the figure of the column before. */
function isSame(text: string): boolean {
  return /^(?:same|same as (?:min|minimum|left)|ditto|dito|idem|gleich|ebenso|pareil|igual|uguale|lo stesso|mismo|"|''|″|←|同左|同上)\.?$/i.test(
    text.trim(),
  );
}

function isHeader(cells: readonly Cell[], line: string): boolean {
  const values = cells.filter(({ text }) => text !== '');
  const levels = values.filter(({ text }) => findLevelWords(text).length > 0 || levelOfLabel(text) !== null);
  const kinds = values.filter(({ text }) => kindOfLabel(text) !== null);
  if (values.some(({ text }) => /\d\s?[GMT]i?[BbOo]\b|\d\s?[GM]Hz/.test(text))) return false;
  if (cells[0]?.text === '' || (/^\s{4,}/.test(line) && values.length > 1)) return true;
  if (values.filter(({ text }) => findSelectors(text).length + findBounds(text).length > 0).length >= 2)
    return true;
  return (levels.length > 0 && kinds.length <= 1) || kinds.length >= 2;
}

/** The columns after the first; of a header without one for the names of rows all. */
function columnsOf(header: readonly Cell[], isPipe: boolean): readonly Column[] {
  if (isPipe) return header.slice(1);
  const [first] = header;
  const hasCorner = first !== undefined && first.start < 4 && levelOfLabel(first.text) === null;
  return hasCorner ? header.slice(1) : header;
}

/** A cell that reaches into the next column with but one blank between is two. */
function splitAt(cells: readonly Cell[], columns: readonly Column[]): readonly Cell[] {
  return cells.flatMap((cell) => {
    const cut = columns.find(
      ({ start }) =>
        start > cell.start &&
        start < cell.start + cell.text.length &&
        cell.text[start - cell.start - 1] === ' ',
    );
    if (cut === undefined) return [cell];
    const place = cut.start - cell.start;
    return [
      { text: cell.text.slice(0, place).trimEnd(), start: cell.start },
      { text: cell.text.slice(place), start: cut.start },
    ];
  });
}

function columnFor(
  columns: readonly Column[] | null,
  cell: Cell,
  place: number,
  isPipe: boolean,
): Column | undefined {
  if (columns === null || isPipe) return columns?.[place];
  const nearest = columns.toSorted(
    (one, other) => Math.abs(one.start - cell.start) - Math.abs(other.start - cell.start),
  )[0];
  return nearest !== undefined && Math.abs(nearest.start - cell.start) <= 6 ? nearest : columns[place];
}
