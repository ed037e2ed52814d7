import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openDatabaseFile } from '../../../internal/store/sqlite-database.ts';
import { deviceScenarios } from '../../crash/device-scenarios.ts';
import { otherWork } from '../../crash/other-work.ts';
import { titleOf } from '../../crash/scenario.ts';
import { scenarios } from '../../crash/scenarios.ts';
import { starts } from '../../crash/starts.ts';

const page = path.resolve(import.meta.dirname, '../../../docs/crash-matrix.md');
/** Of each kind of operation. */
const journal = ['operation', 'operation_step', 'operation_resource'];

function tables(): readonly string[] {
  const database = openDatabaseFile(':memory:');
  try {
    return database
      .prepare<{
        name: string;
      }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
      .all()
      .map(({ name }) => name);
  } finally {
    database.close();
  }
}

function driversOf(table: string): readonly string[] {
  if (journal.includes(table)) return ['every kind of operation'];
  const all = [...scenarios, ...otherWork, ...deviceScenarios].map((scenario) => ({
    title: titleOf(scenario),
    drives: scenario.drives ?? [],
  }));
  return [...all, ...starts].filter(({ drives }) => drives.includes(table)).map(({ title }) => title);
}

it('every table of the database is driven by a scenario of the crash matrix', () => {
  expect(tables().filter((table) => driversOf(table).length === 0)).toEqual([]);
});

it('docs/crash-matrix.md tells of each table what drives it (UPDATE_DOCS=1 rewrites it)', () => {
  const text = readFileSync(page, 'utf8');
  const lines = tables().map((table) => `- \`${table}\`: ${driversOf(table).join('; ')}`);
  const [begin, end] = ['<!-- tables -->', '<!-- end of tables -->'];
  const made = text.replace(
    new RegExp(`${begin}[^]*${end}`),
    () => `${begin}\n\n${lines.join('\n')}\n\n${end}`,
  );
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, made);
  expect(readFileSync(page, 'utf8')).toBe(made);
});
