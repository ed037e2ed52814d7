import { readFileSync } from 'node:fs';
import { machineFiles } from '../../internal/host/files.ts';
import { readPciNames } from '../../internal/host/pci-ids.ts';
import { analyzeText } from '../../internal/provision/text/analyze-text.ts';
import { gradeText, measures, type ExampleText } from '../unit/provision/text/grade-text.ts';

/** Prints how well the texts of a file are understood, with each miss. */
export async function gradeTexts(file: string): Promise<void> {
  const pciIds = await readPciNames(machineFiles('/'));
  const texts = JSON.parse(readFileSync(file, 'utf8')) as readonly ExampleText[];
  const grades = texts.map((text) => {
    // The level is what a reader made of the text: it is not told.
    const grade = gradeText(analyzeText(text.text, { level: null, pciIds }), text);
    const misses = [...grade.values()].filter((miss) => miss !== null);
    console.log(`${text.id.padEnd(36)} ${misses.length === 0 ? 'ok' : misses.join('; ')}`);
    return grade;
  });
  console.log('');
  for (const measure of measures) {
    const asked = grades.filter((grade) => grade.has(measure));
    const right = asked.filter((grade) => grade.get(measure) === null).length;
    const percent = asked.length === 0 ? 100 : Math.round((right / asked.length) * 1000) / 10;
    console.log(`${measure.padEnd(18)} ${right}/${asked.length} (${percent} %)`);
  }
}
