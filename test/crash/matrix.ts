import { setTimeout } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import type { Bench } from './bench.ts';
import type { InsideAnswer } from '../system/daemon-inside.ts';
import type { Scenario } from './scenario.ts';
import type { Stop } from './stopper.ts';
import { difference, type World } from './world.ts';

/** What an uninterrupted run of a scenario is, and every point at which it can be cut. */
export interface Course {
  /** What there is before anything is prepared; renewed after each run, as some of them leave a past. */
  start: World;
  /** What its preparation adds to that. */
  readonly before: World;
  /** What there is of it afterwards. */
  readonly after: World;
  readonly points: readonly Omit<Stop, 'victim'>[];
}

export interface Outcome {
  readonly stop: Stop;
  /** null: it converged; else what is wrong. */
  readonly trouble: string | null;
}

/** Runs it without any crash, and removes what it made. */
export async function dryRun(bench: Bench, scenario: Scenario): Promise<Course> {
  try {
    const world = () => bench.world(scenario.reachesOut);
    const start = await world();
    await scenario.prepare?.(bench);
    await bench.settled();
    const before = await stableWorld(world);
    await bench.stopper.arm(null);
    await happened(bench, scenario, await scenario.act(bench));
    const after = await stableWorld(world);
    const points = pointsOf(bench.stopper.points, scenario.everyWrite === true);
    await bench.stopper.arm(null);
    return {
      start: await removed(bench, scenario, start),
      before: difference(start, before),
      after: difference(start, after),
      points,
    };
  } catch (error) {
    await bench.wipe();
    throw error;
  }
}

/** The scenario with a crash at one point. Whatever comes out, the bench is as fresh as before. */
export async function crashAt(
  bench: Bench,
  scenario: Scenario,
  course: Course,
  stop: Stop,
): Promise<Outcome> {
  const { before, after, start } = course;
  const world = () => bench.world(scenario.reachesOut);
  try {
    await scenario.prepare?.(bench);
    await bench.settled();
    await bench.stopper.arm(stop);
    // Whoever asked loses the connection.
    const acting = scenario
      .act(bench)
      .then((answer) => ended(bench, answer))
      .catch(() => undefined);
    await strikes(bench, stop, acting);
    await bench.settled();
    const added = async () => difference(start, await world());
    await expectWorld(added, [before, after], 'neither as before nor as after');
    await bench.stopper.arm(null);
    course.start = await removed(bench, scenario, start);
    return { stop, trouble: null };
  } catch (error) {
    const trouble = [error instanceof Error ? error.message : String(error), ...complaints(bench)].join('\n');
    await bench.wipe();
    course.start = await world();
    return { stop, trouble };
  }
}

/** What the daemon said that is worth reading. */
function complaints({ daemon }: Bench): readonly string[] {
  return daemon.log
    .filter(({ level }) => level === 'warn' || level === 'error')
    .slice(-15)
    .map((line) => JSON.stringify(line).slice(0, 600));
}

/** What is over is still told of, and the pool of addresses goes on where it was. */
const past = /^row of (lease|provision|booking(_user|_setting)?|subscription|floating_last|computation):/;

/** Removes everything; resolves with what is there then, which is what was there at the start, but for rows of the past. */
export async function removed(bench: Bench, scenario: Scenario, start: World): Promise<World> {
  await bench.removeEverything();
  const tangible = (world: World) => world.filter((line) => !past.test(line));
  const world = () => bench.world(scenario.reachesOut);
  await expectWorld(async () => tangible(await world()), [tangible(start)], 'after everything was removed');
  return world();
}

async function strikes(bench: Bench, stop: Stop, acting: Promise<unknown>): Promise<void> {
  const { daemon, stopper } = bench;
  if (stop.victim === 'daemon') {
    const gone = daemon.gone.then(() => 'gone');
    const late = acting.then(() => setTimeout(20_000, 'late'));
    if ((await Promise.race([gone, late])) === 'late') throw new Error('the point was not reached');
    await bench.start();
    return;
  }
  await vi.waitFor(() => expect(stopper.reached, 'the point was not reached').toBe(true), {
    timeout: 60_000,
    interval: 20,
  });
  if (stop.victim === 'disk') {
    // A good one is there when the daemon is started again.
    await Promise.race([acting, setTimeout(3000)]);
    await bench.start();
    return;
  }
  await bench.host.startLibvirtd();
  await acting;
  await vi.waitFor(async () => expect((await bench.call('GET', '/v1/host')).status).toBe(200), {
    timeout: 30_000,
    interval: 100,
  });
}

/** Waits as ended() does; rejects where a crash is not needed for it to fail. */
async function happened(bench: Bench, { fails }: Scenario, answer: unknown): Promise<void> {
  const { status, body, headers } = answer as InsideAnswer;
  if (fails === true && status >= 400) return bench.settled();
  expect(status, JSON.stringify(body)).toBeLessThan(300);
  if (status === 202) {
    const waited = await bench.call('GET', `${headers.location ?? ''}/wait?timeoutSeconds=100`);
    const state = fails === true ? 'OPERATION_STATE_FAILED' : 'OPERATION_STATE_SUCCEEDED';
    expect(waited.body, JSON.stringify(waited.body)).toMatchObject({ operation: { state } });
  }
  await bench.settled();
}

/** When the operation that an answer names has ended, or the answer says that there is none. */
async function ended(bench: Bench, answer: unknown): Promise<void> {
  const { status, headers } = answer as { status: number; headers: { location?: string } };
  if (status === 202) await bench.call('GET', `${headers.location ?? ''}/wait?timeoutSeconds=100`);
  await bench.settled();
}

/**
 * The record of who did what, and of what was used, is kept in the same way whatever is done: not all of them show it. How often
 * what was used is written depends on how long things take.
 */
const alike = /^(insert|update|delete) (audit|usage)_/;

/** Every point of the writes that were seen. */
export function pointsOf(labels: readonly string[], everyWrite: boolean): Course['points'] {
  const seen = new Map<string, number>();
  return labels.flatMap((label) => {
    const occurrence = (seen.get(label) ?? 0) + 1;
    seen.set(label, occurrence);
    if (alike.test(label) && (!everyWrite || occurrence > 1)) return [];
    return (['before', 'after'] as const).map((when) => ({ label, occurrence, when }));
  });
}

/** The world when it has stopped changing: what follows an operation in the background is part of it. */
async function stableWorld(world: () => Promise<World>): Promise<World> {
  for (let last = await world(); ;) {
    await setTimeout(1000);
    const now = await world();
    if (difference(last, now).length === 0) return now;
    last = now;
  }
}

export async function expectWorld(
  world: () => Promise<World>,
  wanted: readonly World[],
  what: string,
): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const now = await world();
    const differences = wanted.map((each) => difference(each, now)).sort((a, b) => a.length - b.length);
    const [least = []] = differences;
    if (least.length === 0) return;
    if (Date.now() > deadline) throw new Error(`${what}:\n${least.slice(0, 40).join('\n')}`);
    await setTimeout(200);
  }
}
