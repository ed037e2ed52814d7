import { linesOf } from '../lines.ts';
import type { SourceFile } from '../../analysis.ts';
import { makePassage, type Passage, type PassageKind } from './passage.ts';

const fence = /^\s*(?:>\s*)?(```|~~~)/;
const itemStart = /^(\s*)(?:[-*+•]|\d{1,2}[.)]|#\.)\s+(?=\S)/;
const underline = /^\s*([=\-~^"'*+#])\1{2,}\s*$/;
const longestLine = 4_000;

/** The passages of a Markdown, RST or plain text file. */
export function readPassages(file: SourceFile): readonly Passage[] {
  return new PassageReader(file.path).read(linesOf(file.text));
}

class PassageReader {
  private readonly passages: Passage[] = [];
  private readonly headings: { level: number; text: string }[] = [];
  private readonly underlines: string[] = [];
  private readonly items: { indent: number; text: string }[] = [];
  private leadIn = '';
  private open: { kind: PassageKind; line: number; lines: string[] } | null = null;

  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  read(lines: readonly string[]): readonly Passage[] {
    let inFence = false;
    lines.forEach((whole, index) => {
      const text = whole.slice(0, longestLine);
      const line = index + 1;
      if (fence.test(text)) {
        this.close();
        inFence = !inFence;
      } else if (inFence) this.add('code', line, text);
      else if (text.trim() === '') this.close();
      else if (this.isUnderline(lines, index)) this.open = null;
      else this.readLine(text, line, lines, index);
    });
    this.close();
    return this.passages;
  }

  private readLine(text: string, line: number, lines: readonly string[], index: number): void {
    const atx = /^\s{0,3}(#{1,6})\s+(.*?)#*\s*$/.exec(text);
    const under = atx === null ? this.underlineBelow(lines, index) : null;
    const item = itemStart.exec(text);
    if (atx !== null) this.addHeading((atx[1] ?? '').length, line, text, atx[2] ?? '');
    else if (under !== null) this.addHeading(this.levelOf(under), line, text, text);
    else if (item !== null) this.startItem((item[1] ?? '').length, line, text);
    else if (text.trimStart().startsWith('|')) this.add('row', line, text);
    else if (this.open !== null) this.open.lines.push(text);
    else if (/^(?: {4}|\t)/.test(text) && this.items.length === 0) this.add('code', line, text);
    else {
      if (!/^\s/.test(text)) this.items.length = 0;
      this.open = { kind: 'prose', line, lines: [text] };
    }
  }

  private isUnderline(lines: readonly string[], index: number): boolean {
    return underline.test(lines[index] ?? '') && this.underlineBelow(lines, index - 1) !== null;
  }

  private underlineBelow(lines: readonly string[], index: number): string | null {
    const title = lines[index];
    const below = underline.exec(lines[index + 1] ?? '');
    if (below === null || title === undefined || title.trim() === '' || title.length > 120) return null;
    if (underline.test(title) || itemStart.test(title) || title.trimStart().startsWith('|')) return null;
    // A rule below a paragraph of several lines is a rule.
    const above = lines[index - 1]?.trim() ?? '';
    return above === '' || underline.test(above) ? (below[1] ?? null) : null;
  }

  /** RST: the order in which its underlines come is that of the levels. */
  private levelOf(mark: string): number {
    if (mark === '=' || mark === '-') return mark === '=' ? 1 : 2;
    if (!this.underlines.includes(mark)) this.underlines.push(mark);
    return 3 + this.underlines.indexOf(mark);
  }

  private addHeading(level: number, line: number, raw: string, text: string): void {
    this.close();
    this.items.length = 0;
    this.leadIn = '';
    while ((this.headings.at(-1)?.level ?? 0) >= level) this.headings.pop();
    this.emit('heading', line, [raw]);
    this.headings.push({ level, text: text.replaceAll(/[*_`#]/g, '').trim() });
  }

  private startItem(indent: number, line: number, text: string): void {
    this.close();
    while ((this.items.at(-1)?.indent ?? -1) >= indent) this.items.pop();
    this.open = { kind: 'item', line, lines: [text] };
    this.items.push({ indent, text });
  }

  /** Each line of code and each row is a passage of its own. */
  private add(kind: PassageKind, line: number, text: string): void {
    this.close();
    this.emit(kind, line, [text]);
  }

  private close(): void {
    const open = this.open;
    this.open = null;
    if (open === null) return;
    const passage = this.emit(open.kind, open.line, open.lines);
    if (open.kind === 'prose') this.leadIn = passage.text.slice(-200);
  }

  private emit(kind: PassageKind, line: number, lines: readonly string[]): Passage {
    const parents = kind === 'item' ? this.items.slice(0, -1).map(({ text }) => text.trim()) : [];
    const passage = makePassage({
      file: this.file,
      kind,
      line,
      lines,
      headings: this.headings.map(({ text }) => text),
      leadIn: [this.leadIn, ...parents].join(' ').trim(),
    });
    this.passages.push(passage);
    return passage;
  }
}
