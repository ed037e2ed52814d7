import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBench, type Bench } from './bench.ts';
import { failed } from './drive.ts';
import { dryRun, type Outcome } from './matrix.ts';
import { crashTwice, recoveryOf } from './recovery.ts';
import { note, sampled } from './sample.ts';
import { titleOf } from './scenario.ts';
import { scenarios } from './scenarios.ts';

/** Of these the daemon is killed again in each write of its recovery. */
const kinds = [
  'instance.register',
  'instance.unregister',
  'instance.attach',
  'volume.move',
  'instance.migrate',
];

let bench: Bench;

beforeAll(async () => {
  bench = await createBench('again');
}, 120_000);

afterAll(async () => {
  await bench.close();
});

it.each(kinds)(
  '%s converges from a crash in the recovery from a crash',
  async (wanted) => {
    const found = scenarios.find(({ kind }) => kind === wanted);
    if (found === undefined) throw new Error(`no scenario drives ${wanted}`);
    const { everyWrite: _, ...scenario } = found;
    const course = await dryRun(bench, scenario);
    // Where there is something to recover: not before it has begun, nor after it has ended.
    const inside = course.points.slice(2, -2);
    const outcomes: Outcome[] = [];
    for (const first of sampled(inside, 2)) {
      const points = await recoveryOf(bench, scenario, course, first);
      note(`${titleOf(scenario)}, ${first.when} ${first.label}: ${points.length} points of its recovery`);
      expect(points).not.toEqual([]);
      for (const second of sampled(points)) {
        const outcome = await crashTwice(bench, scenario, course, [first, second]);
        const { label, occurrence, when } = second;
        const result = outcome.trouble === null ? 'converged' : 'FAILED';
        note(`${result}: ${titleOf(scenario)}, again ${when} ${label} (${occurrence})`);
        if (outcome.trouble !== null) note(outcome.trouble);
        outcomes.push(outcome);
      }
    }
    expect(failed(outcomes)).toEqual([]);
  },
  1_800_000,
);
