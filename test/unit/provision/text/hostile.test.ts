import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeText } from '../../../../internal/provision/text/analyze-text.ts';
import { mostCharacters } from '../../../../internal/provision/text/clean-text.ts';
import { unprovenOf } from '../repository/grade.ts';
import { pciNames } from './pci-names.ts';

const analysis = (text: string) => analyzeText(text, { level: null, pciIds: pciNames });

describe('whatever a text is', () => {
  it.each([
    ['figures', '16 GB RAM, '],
    ['bare figures', '1 2 3 4 5 6 7 8 9 '],
    ['one letter', 'a'],
    ['blanks', ' '],
    ['newlines', '\n'],
    ['brackets', '(('],
    ['labels', 'RAM: '],
    ['pipes', '| a | b |\n'],
    ['gaps', 'a   b\n'],
    ['cards', 'RTX 3060 or '],
    ['levels', 'minimum recommended '],
    ['shares', '2 GB per user and '],
    ['exceptions', 'except the GTX 1650 '],
    ['half a unit', '1 G'],
    ['half a figure', '1.000.'],
    ['systems', 'Windows 10 or Windows 11 or '],
    ['words that lead on', 'no any a the '],
    ['numbers in words', 'two of the '],
    ['dots', '.'],
    ['hyphens', '- '],
    ['commas', ',;:'],
    ['Japanese', 'メモリは8GB、'],
  ])('%s without end are read to the bound, and no further', (_name, piece) => {
    const text = piece.repeat(Math.ceil((mostCharacters + 100) / piece.length));
    const { notes, facts } = analysis(text);
    expect(notes).toContain(`Only the first ${mostCharacters} characters were read.`);
    expect(JSON.stringify(facts).length).toBeLessThan(100_000);
  });

  it('twice the text takes about twice the steps: a hundred megabytes are cut before anything is looked at', () => {
    const { notes } = analysis('4 GB RAM\n'.repeat(12_000_000));
    expect(notes).toContain(`Only the first ${mostCharacters} characters were read.`);
  });

  it('any text gives an analysis whose quotes stand in their lines, and that JSON can say', () => {
    const words = [
      '16',
      ' ',
      'GB',
      'RAM',
      '\n',
      'Windows 10',
      '|',
      'RTX 3060',
      'minimum',
      ':',
      ',',
      '(',
      ')',
      'per user',
      '20 users',
      'no',
      '\u0000',
      '\u202e',
      'é',
      '内存',
      '   ',
      '- ',
      '.',
      'SSD',
      '1,5',
      '\r\n',
      '\u{1F600}',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 40 }), (parts) => {
        const text = parts.join('');
        const { facts } = analysis(text);
        const lines = text.split(/\r\n|\n|\r/);
        const unproven = unprovenOf(facts, (_file, line) => lines[line - 1] ?? '').filter(
          (miss) => !miss.includes('has no ""'),
        );
        expect(unproven).toEqual([]);
        expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
      }),
    );
  });

  it('control characters, bidirectional marks and full-width letters hide nothing and reach no terminal', () => {
    const { facts } = analysis('Memory: \u001b[31m１６ ＧＢ\u202e\u0007 of RAM\r\nDisk:\u00a0100\u00a0GB');
    expect(facts.ram_gb?.value).toBe(16);
    expect(facts.disk_gb?.value).toBe(100);

    expect(JSON.stringify(facts.ram_gb?.evidence.map(({ quote }) => quote))).not.toMatch(
      /[\u0000-\u001f\u202e]|\\u/,
    );
  });

  it('markup is text: nothing of it is run or resolved', () => {
    const { facts } = analysis(
      'a: &a ["x","x"]\nb: *a\n<script>alert(1)</script> ${process.exit()} $(reboot)\nRAM: 8 GB <img src=x>',
    );
    expect(facts.ram_gb?.value).toBe(8);
  });

  it('an empty text asks for nothing', () => {
    const { facts, notes } = analysis('');
    expect(facts.gpu.need.value).toBe('none');
    expect(facts.os.family.confidence).toBeLessThan(0.3);
    expect(notes).toEqual([]);
  });
});

describe('levels', () => {
  const text = 'Minimum: 4 GB RAM, 20 GB disk\nRecommended: 8 GB RAM, 40 GB disk';
  it.each([
    ['minimum', 4, 20],
    ['recommended', 8, 40],
    [null, 8, 40],
  ] as const)('%s', (level, ram, disk) => {
    const { facts } = analyzeText(text, { level, pciIds: pciNames });
    expect(facts).toMatchObject({ ram_gb: { value: ram }, disk_gb: { value: disk } });
  });

  it('the text itself may ask for the minimum', () => {
    expect(analysis(`${text}\nThe minimum is enough for us.`).facts.ram_gb?.value).toBe(4);
  });
});

describe('notes', () => {
  it.each([
    ['RAM: 8 GB\nMemory: 12 GB', '8', 'it says'],
    ['4 GB RAM for the system plus 2 GB for the database', '4 + 2 = 6 GB', 'sum'],
    ['macOS 14, 8 GB RAM', 'macOS cannot be had', ''],
    ['Solaris 10 on SPARC', 'SPARC', ''],
  ])('%s', (text, part) => {
    expect(analysis(text).notes.join(' ')).toContain(part);
  });
});
