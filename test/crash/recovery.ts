import type { Bench } from './bench.ts';
import { expectWorld, pointsOf, removed, type Course, type Outcome } from './matrix.ts';
import type { Scenario } from './scenario.ts';
import type { Stop } from './stopper.ts';
import { difference, type World } from './world.ts';

type Point = Course['points'][number];

/** What the daemon writes as it recovers from a crash at a point, up to where all is settled. */
export async function recoveryOf(bench: Bench, scenario: Scenario, course: Course, first: Point) {
  return tried(bench, scenario, course, async () => {
    await crash(bench, scenario, first);
    await bench.start();
    await bench.settled();
    return pointsOf(bench.stopper.points, false);
  });
}

/** A crash at the first point, another one at the second, which is one of the recovery; then a daemon that lives. */
export async function crashTwice(
  bench: Bench,
  scenario: Scenario,
  course: Course,
  [first, second]: readonly [Point, Point],
): Promise<Outcome> {
  const stop: Stop = { ...second, victim: 'daemon' };
  try {
    await tried(bench, scenario, course, async () => {
      await crash(bench, scenario, first);
      await bench.startAndDie(stop);
      await bench.start();
      await bench.settled();
    });
    return { stop, trouble: null };
  } catch (error) {
    await bench.wipe();
    course.start = await bench.world(scenario.reachesOut);
    return { stop, trouble: error instanceof Error ? error.message : String(error) };
  }
}

async function crash(bench: Bench, scenario: Scenario, point: Point): Promise<void> {
  await bench.stopper.arm({ ...point, victim: 'daemon' });
  const { daemon } = bench;
  // Whoever asked loses the connection.
  await scenario.act(bench).catch(() => undefined);
  await daemon.gone;
}

/** From fresh objects; whatever is done must leave the host as it was before the change, or as it is after it. */
async function tried<T>(
  bench: Bench,
  scenario: Scenario,
  course: Course,
  work: () => Promise<T>,
): Promise<T> {
  const { start, before, after } = course;
  await scenario.prepare?.(bench);
  await bench.settled();
  const answer = await work();
  const added = async (): Promise<World> => difference(start, await bench.world(scenario.reachesOut));
  await expectWorld(added, [before, after], 'neither as before nor as after');
  await bench.stopper.arm(null);
  course.start = await removed(bench, scenario, start);
  return answer;
}
