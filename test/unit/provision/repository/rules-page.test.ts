import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { rules } from '../../../../internal/provision/repository/rules/rules.ts';
import { textRules } from '../../../../internal/provision/text/text-rules.ts';
import { provisionRulesPage } from '../../../tools/provision-rules-page.ts';

const file = path.resolve(import.meta.dirname, '../../../../docs/provision-rules.md');

it('docs/provision-rules.md is what the tables say; UPDATE_DOCS=1 rewrites it', () => {
  const page = provisionRulesPage(rules, textRules);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, page);
  expect(readFileSync(file, 'utf8')).toBe(page);
});

it('no two rules have one name', () => {
  expect(new Set([...rules, ...textRules].map(({ name }) => name)).size).toBe(
    rules.length + textRules.length,
  );
});
