import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeOrphanedHosts } from '../host/private-host.ts';
import { createBench, type Bench } from './bench.ts';
import { drive, failed } from './drive.ts';
import type { Outcome } from './matrix.ts';
import { otherWork } from './other-work.ts';
import { titleOf } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import type { Stop } from './stopper.ts';

const victims = (process.env['CRASH_VICTIMS'] ?? 'daemon,libvirtd').split(',') as Stop['victim'][];

let bench: Bench;
const rows: { readonly title: string; readonly victim: string; readonly outcomes: readonly Outcome[] }[] = [];

beforeAll(async () => {
  await removeOrphanedHosts();
  bench = await createBench('crash');
}, 120_000);

afterAll(async () => {
  await bench.close();
  const text = table();
  console.log(text);
  const file = process.env['CRASH_TABLE'];
  if (file !== undefined) await writeFile(file, text);
});

it('every kind of operation is driven by some scenario', () => {
  const line = bench.daemon.log.find(({ message }) => message === 'operations that this version knows');
  const known = [...(line?.['kinds'] as string[])].sort();
  expect([...new Set(scenarios.map(({ kind }) => kind))].sort()).toEqual(known);
});

describe.each(victims)('killed: %s', (victim) => {
  it.each([...scenarios, ...otherWork].map((scenario) => ({ title: titleOf(scenario), scenario })))(
    '$title converges from every point',
    async ({ title, scenario }) => {
      const outcomes = await drive(bench, scenario, victim);
      rows.push({ title, victim, outcomes });
      expect(failed(outcomes)).toEqual([]);
    },
    1_800_000,
  );
});

function table(): string {
  const lines = rows.map(({ title, victim, outcomes }) => {
    const converged = outcomes.filter(({ trouble }) => trouble === null).length;
    return `| ${title} | ${victim} | ${outcomes.length} | ${converged} |`;
  });
  return ['| kind | killed | points | converged |', '| --- | --- | --: | --: |', ...lines, ''].join('\n');
}
