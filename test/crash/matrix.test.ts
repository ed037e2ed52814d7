import { appendFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeOrphanedHosts } from '../host/private-host.ts';
import { createBench, type Bench } from './bench.ts';
import { crashAt, dryRun, type Outcome } from './matrix.ts';
import { otherWork, scenarios, type Scenario } from './scenarios.ts';
import type { Stop } from './stopper.ts';

/** Of each scenario so many points, spread over it; 0: all. */
const sample = Number(process.env['CRASH_SAMPLE'] ?? 0);
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
      const course = await dryRun(bench, scenario).catch((error: unknown) => {
        note(`${title} cannot be run: ${String(error)}`);
        throw error;
      });
      note(`${title}: ${course.points.length} points`);
      expect(course.points).not.toEqual([]);
      const outcomes: Outcome[] = [];
      for (const point of sampled(course.points)) {
        const outcome = await crashAt(bench, scenario, course, { ...point, victim });
        outcomes.push(outcome);
        const { label, occurrence, when } = point;
        note(
          `${outcome.trouble === null ? 'converged' : 'FAILED'}: ${title}, ${victim} ${when} ${label} (${occurrence})`,
        );
        if (outcome.trouble !== null) note(outcome.trouble);
      }
      rows.push({ title, victim, outcomes });
      expect(outcomes.filter(({ trouble }) => trouble !== null)).toEqual([]);
    },
    1_800_000,
  );
});

/** For who waits: a long run says how far it is in the file that CRASH_LOG names. */
function note(line: string): void {
  const file = process.env['CRASH_LOG'];
  if (file !== undefined) appendFileSync(file, `${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

function titleOf({ kind, variant }: Scenario): string {
  return variant === undefined ? kind : `${kind} ${variant}`;
}

/** Spread over them, the first one included. */
function sampled<T>(points: readonly T[]): readonly T[] {
  if (sample === 0 || points.length <= sample) return points;
  return points.filter(
    (_, index) =>
      Math.floor((index * sample) / points.length) > Math.floor(((index - 1) * sample) / points.length),
  );
}

function table(): string {
  const lines = rows.map(({ title, victim, outcomes }) => {
    const converged = outcomes.filter(({ trouble }) => trouble === null).length;
    return `| ${title} | ${victim} | ${outcomes.length} | ${converged} |`;
  });
  return ['| kind | killed | points | converged |', '| --- | --- | --: | --: |', ...lines, ''].join('\n');
}
