import { expect, it } from 'vitest';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import type { JsonValue } from '../../../internal/spec/spec.ts';
import { cases, exampleConfigs } from '../instances/document-cases.ts';

/** What the golden files say of each field, by its path in the spec; of what is in a list, of all items together. */
function noted(seen: Map<string, Set<string>>, path: string, value: JsonValue): void {
  const note = (text: string): void => {
    seen.set(path, (seen.get(path) ?? new Set<string>()).add(text));
  };
  if (Array.isArray(value)) {
    note(JSON.stringify(value));
    for (const item of value) noted(seen, `${path}[]`, item as JsonValue);
  } else if (typeof value === 'object' && value !== null && path !== 'extra') {
    if (path !== '') note('an object');
    for (const [key, inner] of Object.entries(value))
      noted(seen, path === '' ? key : `${path}.${key}`, inner);
  } else note(JSON.stringify(value));
}

/** Always there. */
const sections = new Set(['cpu', 'memory', 'os', 'tuning', 'networks[]', 'pci[]', 'volumes[]']);

it('every field occurs in a golden document, with more than one value', () => {
  const seen = new Map<string, Set<string>>();
  const configs = [...cases.map(([, , config]) => config), ...exampleConfigs.map(({ body }) => body)];
  for (const config of configs) {
    const answer = readSpec(config);
    if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
    noted(seen, '', answer.spec as unknown as JsonValue);
  }
  expect(seen.size).toBeGreaterThan(35);
  // Of the guest's secrets there is one.
  const constant = [...seen].filter(
    ([path, values]) => values.size < 2 && !sections.has(path) && !path.startsWith('guest.'),
  );
  expect(constant.map(([path]) => path)).toEqual([]);
});
