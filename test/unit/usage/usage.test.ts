import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRunStore } from '../../../internal/usage/run-store.ts';
import { flavorOfTags } from '../../../internal/usage/usage.ts';
import { machineNow } from '../../../internal/usage/moment.ts';
import { openDatabaseFile } from '../../../internal/store/sqlite-database.ts';
import { databasePath, openFor } from '../operations/fixture.ts';
import { owner, World } from './world.ts';

const newWorld = () => new World(openFor(databasePath()));
const brief = (records: readonly { seconds: number; endedAt: string | null }[]) =>
  records.map(({ seconds, endedAt }) => [seconds, endedAt !== null]);
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('runs', () => {
  it('are from a start to the stop, with owner, flavor and price', async () => {
    const world = newWorld();
    const usage = world.daemon();
    world.start('vm');
    await turn();
    world.pass(60_000);
    expect(usage.running()).toBe(1);
    expect(usage.list({ owner })).toMatchObject([
      { owner, instance: 'vm', name: 'vm', flavor: 'small', pricePerHour: 0.1, endedAt: null, seconds: 60 },
    ]);
    world.stop('vm');
    world.pass(5000);
    const [record] = usage.list({ owner });
    expect(record).toMatchObject({
      seconds: 60,
      startedAt: '2026-11-10T00:00:00.000Z',
      endedAt: '2026-11-10T00:01:00.000Z',
    });
    expect(usage.running()).toBe(0);
    expect(usage.list({ owner: 'b'.repeat(32) })).toEqual([]);
  });

  it('of domains that Protium did not make are nobody’s', () => {
    const world = newWorld();
    const usage = world.daemon();
    world.start('foreign');
    expect(usage.list({})).toEqual([]);
  });

  it('are two when the domain was started again between two looks', () => {
    const world = newWorld();
    const usage = world.daemon();
    world.start('vm');
    world.pass(1000);
    world.start('vm');
    world.pass(2000);
    expect(brief(usage.list({}))).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  it('are found by the time in which they were', () => {
    const world = newWorld();
    const usage = world.daemon();
    world.start('vm');
    world.pass(10_000);
    world.stop('vm');
    const at = (seconds: number) => new Date(Date.UTC(2026, 10, 10) + seconds * 1000).toISOString();
    expect(usage.list({ from: at(5), to: at(6) })).toHaveLength(1);
    expect(usage.list({ from: at(11) })).toHaveLength(0);
    expect(usage.list({ to: at(0) })).toHaveLength(0);
  });

  it('have the name and the tag that the instance has at last', () => {
    const world = newWorld();
    const usage = world.daemon();
    world.start('vm');
    const domain = world.domains.get('vm');
    if (domain !== undefined) domain.description = 'mine';
    world.tell('vm');
    expect(usage.list({})).toMatchObject([{ tag: 'mine' }]);
  });
});

describe('a daemon that is killed', () => {
  it('is followed by one that goes on where the domain still runs', () => {
    const world = newWorld();
    world.daemon();
    world.start('vm');
    world.pass(10_000);
    world.kill();
    world.pass(10_000);
    world.lose();
    const usage = world.daemon();
    world.find();
    world.beat();
    world.pass(10_000);
    expect(brief(usage.list({}))).toEqual([[30, false]]);
  });

  it('knows of a domain that stopped in between no more than it had noted', () => {
    const world = newWorld();
    world.daemon();
    world.start('vm');
    world.start('other');
    world.pass(10_000);
    world.beat();
    world.kill();
    world.pass(5000);
    world.stop('vm');
    world.remove('other');
    world.lose();
    const usage = world.daemon();
    world.find();
    world.beat();
    expect(brief(usage.list({}))).toEqual([
      [10, true],
      [10, true],
    ]);
  });

  it('tells a domain that was started again, and a host that was booted again', () => {
    const world = newWorld();
    world.daemon();
    world.start('vm');
    world.pass(10_000);
    world.beat();
    world.kill();
    world.pass(100_000);
    world.boot();
    // The same running id as before: counted from 1 again.
    world.start('vm');
    world.pass(2000);
    const usage = world.daemon();
    expect(brief(usage.list({}))).toEqual([
      [10, true],
      [0, false],
    ]);
  });
});

describe('libvirt gone', () => {
  it('is not "stopped", and nothing is noted meanwhile', () => {
    const world = newWorld();
    const usage = world.daemon();
    world.start('vm');
    world.pass(10_000);
    world.beat();
    world.lose();
    world.pass(20_000);
    world.beat();
    expect(brief(usage.list({}))).toEqual([[10, false]]);
    world.find();
    world.beat();
    expect(brief(usage.list({}))).toEqual([[30, false]]);
  });

  it('for a while in which it stopped: it ended when it was seen last', () => {
    const world = newWorld();
    const usage = world.daemon();
    world.start('vm');
    world.pass(10_000);
    world.beat();
    world.lose();
    world.pass(20_000);
    world.stop('vm');
    world.find();
    expect(brief(usage.list({}))).toEqual([[10, true]]);
  });
});

describe('the clock', () => {
  it.each([3_600_000, -3_600_000, 73 * 365 * 86_400_000])('set by %i ms changes no duration', (ms) => {
    const world = newWorld();
    const usage = world.daemon();
    world.start('vm');
    world.pass(10_000);
    world.wall += ms;
    world.beat();
    world.pass(10_000);
    world.stop('vm');
    const [record] = usage.list({});
    expect(record).toMatchObject({ seconds: 20, endedAt: new Date(world.wall).toISOString() });
  });

  it('set back and forth leaves the run where it was', () => {
    const world = newWorld();
    const usage = world.daemon();
    world.start('vm');
    world.wall += 73 * 365 * 86_400_000;
    world.beat();
    world.wall -= 73 * 365 * 86_400_000;
    world.beat();
    expect(usage.list({})).toMatchObject([{ startedAt: '2026-11-10T00:00:00.000Z' }]);
  });

  it('of the machine counts from the boot', () => {
    const before = machineNow('b')();
    expect(before).toMatchObject({ bootId: 'b' });
    expect(machineNow('b')().uptime).toBeGreaterThanOrEqual(before.uptime);
    expect(before.uptime).toBeLessThan(Date.now());
  });
});

describe('the price', () => {
  it('is that of the launch, also of later starts', async () => {
    const world = newWorld();
    const usage = world.daemon();
    world.start('vm');
    await turn();
    world.stop('vm');
    world.prices = { small: 9 };
    world.start('vm');
    world.start('new');
    await turn();
    expect(usage.list({}).map(({ instance, pricePerHour }) => [instance, pricePerHour])).toEqual(
      expect.arrayContaining([
        ['vm', 0.1],
        ['vm', 0.1],
        ['new', 9],
      ]),
    );
  });

  it('is asked for again when it cannot be told', async () => {
    const world = newWorld();
    world.prices = null;
    const usage = world.daemon();
    world.start('vm');
    await turn();
    world.pass(1000);
    world.stop('vm');
    expect(usage.list({})).toMatchObject([{ pricePerHour: 0 }]);
    world.prices = { small: 0.2 };
    world.beat();
    await turn();
    expect(usage.list({})).toMatchObject([{ pricePerHour: 0.2 }]);
  });

  it('is nothing while a subscription pays', async () => {
    const world = newWorld();
    world.paying.set('vm', 'subscription');
    const usage = world.daemon();
    world.start('vm');
    world.pass(1000);
    world.paying.clear();
    usage.recharge('vm');
    await turn();
    world.pass(2000);
    expect(usage.list({})).toMatchObject([
      { seconds: 1, pricePerHour: 0, subscription: 'subscription' },
      { seconds: 2, pricePerHour: 0.1, subscription: null, endedAt: null },
    ]);
  });

  it('is nothing without a flavor', () => {
    expect([flavorOfTags(['a', 'flavor:c1.small']), flavorOfTags(['key:x'])]).toEqual(['c1.small', null]);
  });
});

it('one run of an instance is open at most: the table refuses a second one', () => {
  const world = newWorld();
  world.daemon();
  world.start('vm');
  const path = databasePath();
  const store = createRunStore(openFor(path));
  const run = {
    ...{ id: '1', owner, instance: 'i', name: 'n', tag: null, flavor: null, subscription: null },
    ...{ pricePerHour: 0, startedAt: 1, endedAt: null, ran: 0 },
    seen: { moment: { wall: 1, uptime: 1, bootId: '' }, domainId: 1 },
  };
  store.write([run]);
  expect(() => store.write([{ ...run, id: '2' }])).toThrow();
  expect(() => store.write([{ ...run, ran: -1 }])).toThrow();
});

const happening = fc.oneof(
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 100_000 }) }),
  fc.record({ kind: fc.constant('set-clock' as const), ms: fc.integer({ min: -1e8, max: 1e8 }) }),
  fc.record({
    kind: fc.constantFrom('start', 'stop', 'remove', 'beat', 'kill', 'lose', 'find', 'boot' as const),
    vm: fc.constantFrom('a', 'b'),
  }),
);

it('whatever happens, runs of an instance never overlap and never last longer than it ran', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      const database = openDatabaseFile(':memory:');
      const world = new World(database);
      let usage = world.daemon();
      const ran = new Map<string, number>();
      for (const what of happenings) {
        if (what.kind === 'pass') {
          world.pass(what.ms);
          for (const [uuid, { id }] of world.domains) {
            if (id !== null) ran.set(uuid, (ran.get(uuid) ?? 0) + what.ms);
          }
        } else if (what.kind === 'set-clock') world.wall += what.ms;
        else if (what.kind === 'start') world.start(what.vm);
        else if (what.kind === 'stop') world.stop(what.vm);
        else if (what.kind === 'remove') world.remove(what.vm);
        else if (what.kind === 'beat') world.beat();
        else if (what.kind === 'lose') world.lose();
        else if (what.kind === 'find') {
          if (!world.followed) world.find();
        } else {
          world.kill();
          world.lose();
          if (what.kind === 'boot') world.boot();
          usage = world.daemon();
          world.find();
          world.beat();
        }
      }
      for (const vm of ['a', 'b']) {
        const runs = usage.list({}).filter(({ instance }) => instance === vm);
        for (const [index, { startedAt }] of runs.entries()) {
          const before = runs[index - 1];
          if (before !== undefined) expect(startedAt >= (before.endedAt ?? '9')).toBe(true);
        }
        expect(runs.filter(({ endedAt }) => endedAt === null).length).toBeLessThanOrEqual(1);
        const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
        expect(runs.every((run) => run.seconds >= 0)).toBe(true);
        expect(seconds).toBeLessThanOrEqual((ran.get(vm) ?? 0) / 1000);
      }
      database.close();
    }),
    { numRuns: 150 },
  );
});

it('whatever is started and stopped while it is followed, every second counts', () => {
  const step = fc.record({
    kind: fc.constantFrom('start', 'stop', 'beat', 'set-clock' as const),
    ms: fc.integer({ min: 0, max: 100 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const database = openDatabaseFile(':memory:');
      const world = new World(database);
      const usage = world.daemon();
      let seconds = 0;
      for (const { kind, ms } of steps) {
        if (kind === 'start') world.start('a');
        if (kind === 'stop') world.stop('a');
        if (kind === 'beat') world.beat();
        if (kind === 'set-clock') world.wall += (ms - 50) * 100_000;
        world.pass(ms * 1000);
        if (typeof world.domains.get('a')?.id === 'number') seconds += ms;
      }
      expect(usage.list({}).reduce((sum, run) => sum + run.seconds, 0)).toBe(seconds);
      database.close();
    }),
    { numRuns: 150 },
  );
});
