import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Evidence } from '../../../../internal/provision/analysis.ts';
import { analyzeText } from '../../../../internal/provision/text/analyze-text.ts';
import { textRules } from '../../../../internal/provision/text/text-rules.ts';
import { gradeText, measures, rateOf, type ExampleText, type Measure } from './grade-text.ts';
import { pciNames } from './pci-names.ts';

const file = path.resolve(import.meta.dirname, '../../../fixtures/provision/requirement-texts.json');
const texts = JSON.parse(readFileSync(file, 'utf8')) as readonly ExampleText[];
const analyses = texts.map((text) => analyzeText(text.text, { level: null, pciIds: pciNames }));
const grades = texts.map((text, index) =>
  gradeText(analyses[index] ?? analyzeText('', { level: null, pciIds: pciNames }), text),
);

/** What texts of this kind have to reach; those of judgement less. */
const least: Partial<Record<Measure, number>> = {
  'memory judged': 0.8,
  'disk judged': 0.8,
  'cores judged': 0.8,
};

it.each(measures)('%s', (measure) => {
  const misses = grades.flatMap((grade, index) => {
    const miss = grade.get(measure);
    return typeof miss === 'string' ? [`${texts[index]?.id ?? ''}: ${miss}`] : [];
  });
  expect(rateOf(grades, measure), misses.join('\n')).toBeGreaterThanOrEqual(least[measure] ?? 0.95);
});

it('each rule that makes a value is one of the list, and each of the list makes one', () => {
  const used = new Set(analyses.flatMap(({ facts }) => rulesOf(facts)));
  expect([...used].sort()).toStrictEqual(textRules.map(({ name }) => name).sort());
});

function rulesOf(facts: unknown): readonly string[] {
  if (typeof facts !== 'object' || facts === null) return [];
  if ('confidence' in facts && 'evidence' in facts)
    return (facts.evidence as readonly Evidence[]).map(({ rule }) => rule);
  return Object.values(facts).flatMap((value) => rulesOf(value));
}
