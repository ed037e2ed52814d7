import path from 'node:path';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectSqlite } from '../../internal/store/sqlite.ts';
import { createBench, type Bench } from './bench.ts';
import { pointsOf } from './matrix.ts';
import { note, sampled } from './sample.ts';
import { starts, type StartScenario } from './starts.ts';
import type { World } from './world.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await createBench('start');
}, 120_000);

afterAll(async () => {
  await bench.close();
});

/** A daemon that is off, with the database that the scenario wants. */
async function prepare({ fresh, sql }: StartScenario): Promise<void> {
  await bench.daemon.end('SIGKILL');
  if (fresh === true) await rm(bench.stateDirectory, { recursive: true });
  const file = path.join(bench.stateDirectory, 'protium.db');
  if (sql !== undefined) {
    const database = connectSqlite(file);
    database.exec(sql);
    database.close();
  }
}

/** Tables of the daemon that runs, and the files beside them. */
const kept = async (): Promise<World> =>
  (await bench.world()).filter((line) => /^(row of|file: \/tmp)/.test(line));

it.each(starts)(
  '$title: the next daemon comes to the same from every point',
  async (scenario) => {
    await prepare(scenario);
    await bench.start();
    await bench.settled();
    const wanted = await kept();
    const points = pointsOf(bench.stopper.points, false).filter(({ label }) => scenario.driving.test(label));
    note(`${scenario.title}: ${points.length} points`);
    expect(points).not.toEqual([]);
    for (const point of sampled(points)) {
      note(`${scenario.title}: ${point.when} ${point.label}`);
      await prepare(scenario);
      await bench.startAndDie({ ...point, victim: 'daemon' });
      await bench.start();
      await bench.settled();
      expect(await kept()).toEqual(wanted);
    }
  },
  600_000,
);
