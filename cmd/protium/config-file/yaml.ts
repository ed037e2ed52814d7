import { isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { TextProblem } from './text-problem.ts';

/** Ids of PCI devices: four hexadecimal digits, which YAML takes for numbers where they look like some (1002, 1e82). */
const idFields: readonly unknown[] = ['vendor', 'vendor_id', 'model', 'model_id'];

export function parseYaml(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col: column } = lines.linePos(problem.pos[0]);
    throw new TextProblem(`${problem.message}.`, { line, column });
  }
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || !isScalar(value) || !idFields.includes(key.value)) return;
      if (typeof value.value === 'number' && value.source !== undefined) value.value = value.source;
    },
  });
  return document.toJS();
}
