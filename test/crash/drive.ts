import { expect } from 'vitest';
import type { Bench } from './bench.ts';
import { crashAt, dryRun, type Outcome } from './matrix.ts';
import { note, sampled } from './sample.ts';
import { titleOf, type Scenario } from './scenario.ts';
import type { Stop } from './stopper.ts';

/** A scenario with a crash at each of its points, or at a sample of them; resolves with what came of it. */
export async function drive(
  bench: Bench,
  scenario: Scenario,
  victim: Stop['victim'],
): Promise<readonly Outcome[]> {
  const title = titleOf(scenario);
  const course = await dryRun(bench, scenario).catch((error: unknown) => {
    note(`${title} cannot be run: ${String(error)}`);
    throw error;
  });
  note(`${title}: ${course.points.length} points`);
  expect(course.points).not.toEqual([]);
  expect(tablesOf(course.points)).toEqual(expect.arrayContaining([...(scenario.drives ?? [])]));
  const outcomes: Outcome[] = [];
  for (const point of sampled(course.points)) {
    const outcome = await crashAt(bench, scenario, course, { ...point, victim });
    outcomes.push(outcome);
    const { label, occurrence, when } = point;
    const result = outcome.trouble === null ? 'converged' : 'FAILED';
    note(`${result}: ${title}, ${victim} ${when} ${label} (${occurrence})`);
    if (outcome.trouble !== null) note(outcome.trouble);
  }
  return outcomes;
}

/** What points write, beside the journal. */
function tablesOf(points: readonly { readonly label: string }[]): readonly string[] {
  const parts = points.flatMap(({ label }) => label.split(', '));
  return parts.flatMap((part) => /^(?:insert|update|delete|replace) (\w+)$/.exec(part)?.[1] ?? []);
}

export const failed = (outcomes: readonly Outcome[]): readonly Outcome[] =>
  outcomes.filter(({ trouble }) => trouble !== null);
