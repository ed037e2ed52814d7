import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBench, type Bench } from './bench.ts';
import { deviceScenarios } from './device-scenarios.ts';
import { drive, failed } from './drive.ts';
import { titleOf } from './scenario.ts';
import type { Stop } from './stopper.ts';

const victims = (process.env['CRASH_VICTIMS'] ?? 'daemon,libvirtd').split(',') as Stop['victim'][];

let bench: Bench;

beforeAll(async () => {
  bench = await createBench('cards', { devices: true });
}, 120_000);

afterAll(async () => {
  await bench.close();
});

describe.each(victims)('killed: %s', (victim) => {
  it.each(deviceScenarios.map((scenario) => ({ title: titleOf(scenario), scenario })))(
    '$title gives the devices back from every point',
    async ({ scenario }) => {
      expect(failed(await drive(bench, scenario, victim))).toEqual([]);
    },
    1_800_000,
  );
});
