import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createProgram } from '../../../cmd/protium/program.ts';
import { cliPage } from '../../tools/cli-page.ts';

const file = path.resolve(import.meta.dirname, '../../../docs/cli.md');

it('docs/cli.md tells of every command', () => {
  const page = cliPage(createProgram(() => Promise.resolve()));
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, page);
  expect(readFileSync(file, 'utf8')).toBe(page);
});
