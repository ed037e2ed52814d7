import { findLevelWords, levelOfLabel, type Level } from './levels.ts';
import { isSystemLabel } from './label-words.ts';
import { mostSegments, type Segment } from './segment.ts';
import { findSystems } from './system-words.ts';
import { sentencesOf } from './sentences.ts';
import { readTable, tableAt, type TextLine } from './tables.ts';

const bullet = /^[ \t]*(?:[-*+•·▪◦‣–>]|\d{1,2}[.)](?=\s)|[a-z]\)(?=\s)|#{1,6}(?=\s)|\[[ x]\])[ \t]*/;
/** "RAM: ...", "Memory (recommended): ...", "CPU = ...", "Disk – ...". */
const labelled =
  /^([\p{L}\p{N}][^:：=|\n]{0,48}?)(?:[ \t]*[:：](?=\s|[^\s/\d]|\d)|[ \t]+=[ \t]+|[ \t]+->?[ \t]+)[ \t]*(?=\S)/u;

interface Heading {
  readonly text: string;
  readonly level: Level | null;
}

/** Cuts a text into cells, items and sentences, each with what stands over and before it. Linear in its length. */
export function segmentsOf(text: string): readonly Segment[] {
  const lines = linesOf(text);
  const segments: Segment[] = [];
  let heading: Heading = { text: '', level: null };
  let section = '';
  for (let index = 0; index < lines.length && segments.length < mostSegments;) {
    const line = lines[index];
    if (line === undefined) break;
    const length = tableAt(lines, index);
    if (length > 0) {
      segments.push(...readTable(lines.slice(index, index + length), heading, index));
      index += length;
      continue;
    }
    index += 1;
    if (line.text.trim() === '') {
      // A group of lines that a title like "Minimum" stands over ends where prose begins again.
      if (isProse(lines[index]?.text ?? '')) heading = { text: section, level: null };
      continue;
    }
    const mark = bullet.exec(line.text)?.[0] ?? /^[ \t]*/.exec(line.text)?.[0] ?? '';
    const rest = line.text.slice(mark.length);
    if (isHeading(rest, mark, lines[index]?.text)) {
      const level = levelOfLabel(rest);
      if (level === null && heading.level === null) section = rest;
      heading = { text: rest, level: level ?? (isSystemLabel(rest) ? heading.level : null) };
      segments.push({
        text: rest,
        start: line.start + mark.length,
        label: '',
        context: '',
        level: levelOfLabel(rest),
        kind: 'item',
        line: index,
      });
      continue;
    }
    // A sentence that goes on in the next line is one.
    let whole = rest;
    while (index < lines.length && goesOn(whole, lines[index]?.text ?? '')) {
      whole += `\n${lines[index]?.text ?? ''}`;
      index += 1;
    }
    segments.push(...itemSegments(whole, line.start + mark.length, heading, mark.trim() !== '', index));
  }
  return segments.slice(0, mostSegments);
}

function linesOf(text: string): readonly TextLine[] {
  const lines: TextLine[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    lines.push({ text: line.replace(/\r$/, ''), start });
    start += line.length + 1;
  }
  return lines;
}

/** A short line that names what comes below it. */
function isHeading(rest: string, mark: string, next: string | undefined): boolean {
  const line = rest.trim();
  if (line.length > 90 || next === undefined) return false;
  if (mark.trim().startsWith('#')) return true;
  const words = line.replace(/[:：]$/, '').split(/\s+/);
  const few = words.length <= 8 && !/\d\s?[GMT]i?[BbOo]\b/.test(line);
  if (/[:：]$/.test(line)) return few;
  if (!few || /[.!?;,]$/.test(line) || labelled.test(line)) return false;
  const levels = findLevelWords(line);
  return levels.length > 0 && words.length <= 5 && next.trim() !== '' && !/\d/.test(line);
}

function isProse(line: string): boolean {
  return line.trim().split(/\s+/).length >= 5 && !bullet.test(line) && labelled.exec(line.trim()) === null;
}

/** The next line is the rest of this one: this has no end, that begins small and is no item. */
function goesOn(line: string, next: string): boolean {
  if (next.trim() === '' || bullet.test(next) || line.length > 8000) return false;
  if (/[.!?:;]\s*$/.test(line) || line.trim().length < 40) return false;
  return /^[ \t]*[\p{Ll}(\d]/u.test(next) && labelled.exec(next.trim()) === null;
}

function itemSegments(
  text: string,
  start: number,
  heading: Heading,
  isItem: boolean,
  line: number,
): readonly Segment[] {
  const found = labelled.exec(text);
  const label = found !== null && isLabel(found[1] ?? '') ? (found[1] ?? '') : '';
  const level = label === '' ? null : levelOfLabel(label);
  // What names no part and no level says something itself: "Windows 11 guest: ...".
  const skipped =
    label === '' || (level === null && !isSystemLabel(label)) || findSystems(label).some(({ hint }) => !hint)
      ? 0
      : (found?.[0].length ?? 0);
  const rest = text.slice(skipped);
  return sentencesOf(rest).map(({ text: sentence, start: place }, index) => {
    // Within a paragraph too a sentence may begin with its subject: "Disk: ...".
    const own = index === 0 ? null : labelled.exec(sentence);
    const inner =
      own !== null && isLabel(own[1] ?? '') && isSystemLabel(own[1] ?? '') ? (own[1] ?? '') : null;
    const cut = inner === null ? 0 : (own?.[0].length ?? 0);
    return {
      text: sentence.slice(cut),
      start: start + skipped + place + cut,
      label: inner ?? (label === '' ? heading.text : label),
      context: `${heading.text} ${label}`,
      level: (inner === null ? null : levelOfLabel(inner)) ?? level ?? heading.level,
      kind: isItem || label !== '' ? ('item' as const) : ('prose' as const),
      line,
    };
  });
}

/** A label is a name, not the first half of a sentence. */
function isLabel(label: string): boolean {
  return label.trim().split(/\s+/).length <= 6 && !/[.!?;]\s/.test(label);
}
