import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOperations } from '../../../internal/operations/engine.ts';
import type { OperationRecord } from '../../../internal/operations/model.ts';
import type { Operations } from '../../../internal/operations/operations.ts';
import type { Database, Statement } from '../../../internal/store/database.ts';
import { openDatabaseFile } from '../../../internal/store/sqlite-database.ts';
import { collectGarbage } from './collect-garbage.ts';
import { silent } from './fixture-log.ts';
import { definitionsOf, mortalWorld, type PlannedOperation, type PlannedStep } from './plan-world.ts';

/** The process dies with the n-th write, before it or just after. */
function mortalDatabase(
  database: Database,
  deathAt: number,
  when: 'before' | 'after',
  die: () => void,
): Database {
  let writes = 0;
  let dead = false;
  const stopIfDead = (): void => {
    if (dead) throw new Error('the process is dead');
  };
  const kill = (): never => {
    dead = true;
    die();
    throw new Error('the process dies');
  };
  return {
    ...bound(database),
    prepare<Row>(sql: string): Statement<Row> {
      const statement = database.prepare<Row>(sql);
      return {
        run: (parameters) => (stopIfDead(), statement.run(parameters)),
        get: (parameters) => (stopIfDead(), statement.get(parameters)),
        all: (parameters) => (stopIfDead(), statement.all(parameters)),
      };
    },
    transaction(fn) {
      stopIfDead();
      writes += 1;
      if (writes - 1 === deathAt && when === 'before') kill();
      const result = database.transaction(fn);
      if (writes - 1 === deathAt) kill();
      return result;
    },
  };
}

function bound(database: Database): Database {
  return {
    path: database.path,
    prepare: (sql) => database.prepare(sql),
    exec: (sql) => database.exec(sql),
    transaction: (fn) => database.transaction(fn),
    backup: (path) => database.backup(path),
    spendReserve: () => database.spendReserve(),
    restoreReserve: () => database.restoreReserve(),
    close: () => database.close(),
  };
}

interface Death {
  readonly at: 'point' | 'before-write' | 'after-write';
  readonly count: number;
}

/** Many databases are opened here; whether a disk has them does not matter to a process that only seems to die. */
const inMemoryDirectory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const never: Death = { at: 'point', count: Infinity };

interface Ends {
  readonly records: readonly OperationRecord[];
  readonly items: ReadonlySet<string>;
  /** What whoever started an operation was told, by its id. */
  readonly outcomes: ReadonlyMap<string, string>;
  /** How many of the lives did end by their death. */
  readonly died: number;
}

let lives = 0;

/** Lives on one database file and in one world, each ending by its death; then one that nothing happens to. */
async function live(
  plans: readonly PlannedOperation[],
  deaths: readonly Death[],
  cancelled: readonly boolean[] = [],
): Promise<Ends> {
  lives += 1;
  if (lives % 50 === 0) await collectGarbage();
  const directory = mkdtempSync(join(inMemoryDirectory, 'protium-crash-'));
  try {
    return await liveIn(join(directory, 'protium.db'), plans, deaths, cancelled);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function liveIn(
  path: string,
  plans: readonly PlannedOperation[],
  deaths: readonly Death[],
  cancelled: readonly boolean[],
): Promise<Ends> {
  const items = new Set<string>();
  const undoAttempts = new Map<string, number>();
  const outcomes = new Map<string, string>();
  let died = 0;
  for (const [index, death] of [...deaths, never].entries()) {
    const file = openDatabaseFile(path, { reserveBytes: 1 });
    const world = mortalWorld(items, undoAttempts, death.at === 'point' ? death.count : Infinity);
    const database = mortalDatabase(
      file,
      death.at === 'point' ? Infinity : death.count,
      death.at === 'before-write' ? 'before' : 'after',
      () => world.die(),
    );
    const definitions = definitionsOf(plans, world);
    const operations = createOperations({ database, definitions, log: silent });
    const work = async (): Promise<void> => {
      await recoverUntilResolved(operations);
      if (index > 0) return;
      await Promise.all(
        definitions.map(async (definition, position) => {
          const handle = await operations.start(definition, { name: 'x' });
          if (cancelled[position] === true) await operations.cancel(handle.id);
          const tell = (outcome: string): void => {
            // The dead tell nobody.
            if (!world.isDead()) outcomes.set(handle.id, outcome);
          };
          await handle.done.then(
            () => tell('succeeded'),
            () => tell('failed'),
          );
        }),
      );
      await recoverUntilResolved(operations);
    };
    await Promise.race([world.death, work().catch((error: unknown) => rethrowUnless(world.isDead(), error))]);
    expect(world.violations).toEqual([]);
    const unfinished = file.prepare<{ id: string }>('SELECT id FROM operation WHERE ended_at IS NULL').all();
    if (world.isDead()) died += 1;
    if (world.isDead())
      loseVolatile(
        plans,
        items,
        file,
        unfinished.map(({ id }) => id),
      );
    const records = world.isDead() ? [] : operations.list({ limit: 1000 }).operations;
    file.close();
    if (death === never) return { records, items, outcomes, died };
  }
  throw new Error('the last life does not end by death');
}

function rethrowUnless(dead: boolean, error: unknown): void {
  if (!dead) throw error;
}

async function recoverUntilResolved(operations: Operations): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const { unresolved } = await operations.recover();
    if (unresolved.length === 0) return;
    if (attempt > 20) throw new Error(`never resolved: ${String(unresolved[0]?.error)}`);
  }
}

function loseVolatile(
  plans: readonly PlannedOperation[],
  items: Set<string>,
  database: Database,
  unfinished: readonly string[],
): void {
  const kinds = new Map(
    database
      .prepare<{ id: string; kind: string }>('SELECT id, kind FROM operation')
      .all()
      .map(({ id, kind }) => [id, kind]),
  );
  for (const item of [...items]) {
    const [id = '', step] = item.split('/');
    const plan = plans.find(({ name }) => kinds.get(id) === `plan.${name}`);
    const planned = plan?.steps[Number(step)];
    if (unfinished.includes(id) && planned?.volatile === true && planned.verifies) items.delete(item);
  }
}

/** Complete, or as before; and nobody was told otherwise. */
function expectAllOrNothing({ records, items, outcomes }: Ends): void {
  const expected = records
    .filter(({ state }) => state === 'succeeded')
    .flatMap(({ id, steps }) => steps.flatMap((_, index) => [`${id}/${index}/a`, `${id}/${index}/b`]));
  expect([...items].sort()).toEqual(expected.sort());
  for (const { id, state, steps, endedAt, error } of records) {
    expect(endedAt).not.toBeNull();
    if (state === 'succeeded') expect(steps.every((step) => step.state === 'done')).toBe(true);
    else expect(steps.every((step) => step.state === 'undone' || step.state === 'pending')).toBe(true);
    expect(error?.details['leftBehind']).toBeUndefined();
    const told = outcomes.get(id);
    if (told !== undefined) expect(told === 'succeeded').toBe(state === 'succeeded');
  }
}

const step = fc.record<PlannedStep>({
  verifies: fc.boolean(),
  volatile: fc.boolean(),
  fails: fc.oneof(
    { weight: 5, arbitrary: fc.constant<'no'>('no') },
    {
      weight: 1,
      arbitrary: fc.constantFrom<PlannedStep['fails'][]>(
        'intent',
        'before',
        'between',
        'after',
        'without-effect',
      ),
    },
  ),
  undoFailures: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) },
  ),
});

const plans = fc
  .array(
    fc.record({
      resource: fc.constantFrom('domain/a', 'domain/b'),
      onRestart: fc.constantFrom<('resume' | 'undo')[]>('resume', 'undo'),
      steps: fc.array(step, { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((list) => list.map((plan, index): PlannedOperation => ({ ...plan, name: String(index) })));

const death = fc.oneof(
  fc.record<Death>({ at: fc.constant('point'), count: fc.integer({ min: 0, max: 40 }) }),
  fc.record<Death>({
    at: fc.constantFrom<Death['at'][]>('before-write', 'after-write'),
    count: fc.integer({ min: 0, max: 15 }),
  }),
);

describe('whatever happens, an operation is complete or leaves nothing behind', () => {
  it('with random plans, failures, cancels and deaths', async () => {
    await fc.assert(
      fc.asyncProperty(
        plans,
        fc.array(death, { maxLength: 4 }),
        fc.array(fc.boolean(), { maxLength: 3 }),
        async (planned, deaths, cancelled) => {
          expectAllOrNothing(await live(planned, deaths, cancelled));
        },
      ),
      { numRuns: 120 },
    );
  }, 120_000);

  const plain: PlannedStep = { verifies: true, volatile: false, fails: 'no', undoFailures: 0 };
  const shapes: readonly [string, readonly PlannedStep[]][] = [
    ['all goes well', [plain, plain, plain]],
    ['nothing can be verified', [plain, plain, plain].map((each) => ({ ...each, verifies: false }))],
    ['the last step fails', [plain, plain, { ...plain, fails: 'between' }]],
    ['an undo fails once', [plain, { ...plain, undoFailures: 1 }, { ...plain, fails: 'after' }]],
  ];
  const cases = shapes.flatMap(([what, steps]) =>
    (['resume', 'undo'] as const).map((onRestart) => ({ what, onRestart, steps })),
  );
  it.each(cases)(
    'at every point of dying: $what, $onRestart',
    async ({ onRestart, steps }) => {
      const plan: PlannedOperation = { name: 'x', resource: 'domain/x', onRestart, steps };
      for (const at of ['point', 'before-write', 'after-write'] as const) {
        let ends: Ends;
        let count = 0;
        do {
          ends = await live([plan], [{ at, count }]);
          expectAllOrNothing(ends);
          count += 1;
        } while (ends.died > 0);
        // There were points to die at: at least the start, three steps and the end.
        expect(count).toBeGreaterThan(5);
      }
    },
    120_000,
  );
});
