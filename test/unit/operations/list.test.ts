import { describe, expect, it } from 'vitest';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import type { OperationQuery, Operations } from '../../../internal/operations/operations.ts';
import { chain } from './chain.ts';
import { databasePath, engine, gate } from './fixture.ts';

const tags = (operations: Operations, query?: OperationQuery) =>
  operations.list(query).operations.map(({ input }) => input['tag']);

describe('list', () => {
  async function five() {
    const go = gate();
    const definition = chain({
      steps: [
        {
          name: 'one',
          do: async ({ input }) => {
            if (input.tag === 'bad') throw new ProtiumError('busy', 'Busy.');
            if (input.tag === 'slow') await go.passed;
          },
        },
      ],
    });
    const other = chain({ kind: 'test.other', steps: [] });
    const operations = engine(databasePath(), [definition, other]);
    await (
      await operations.start(definition, { resource: 'a', tag: 'first' }, { owner: 'me' })
    ).done;
    await (
      await operations.start(other, { resource: 'a', tag: 'other' })
    ).done;
    await operations.wait((await operations.start(definition, { resource: 'b', tag: 'bad' })).id);
    await operations.start(definition, { resource: 'c', tag: 'slow' }, { owner: 'me' });
    await operations.start(definition, { resource: 'c', tag: 'queued' });
    return { operations, go };
  }

  it('filters, the newest first', async () => {
    const { operations, go } = await five();
    expect(tags(operations)).toEqual(['queued', 'slow', 'bad', 'other', 'first']);
    expect(tags(operations, { state: 'failed' })).toEqual(['bad']);
    expect(tags(operations, { state: ['queued', 'running'] })).toEqual(['queued', 'slow']);
    expect(tags(operations, { kind: 'test.other' })).toEqual(['other']);
    expect(tags(operations, { resource: 'thing/a' })).toEqual(['other', 'first']);
    expect(tags(operations, { owner: 'me', state: 'succeeded' })).toEqual(['first']);
    expect(tags(operations, { owner: 'nobody' })).toEqual([]);
    go.open();
  });

  it('comes in pages', async () => {
    const { operations, go } = await five();
    const first = operations.list({ limit: 2 });
    expect(first.operations.map(({ input }) => input['tag'])).toEqual(['queued', 'slow']);
    const second = operations.list({ limit: 2, after: first.next ?? '' });
    expect(second.operations.map(({ input }) => input['tag'])).toEqual(['bad', 'other']);
    const third = operations.list({ limit: 2, after: second.next ?? '' });
    expect(third).toMatchObject({ operations: [{ input: { tag: 'first' } }], next: null });
    expect(operations.list({ limit: 5 }).next).toBeNull();
    go.open();
  });

  it.each([{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { after: '' }, { after: "1' OR 1" }])(
    'refuses %j',
    (query) => {
      expect(() => engine(databasePath(), []).list(query)).toThrow(
        expect.objectContaining({ code: 'argument-invalid' }),
      );
    },
  );
});

describe('ended operations', () => {
  it('are removed when they are old, or too many; running ones never', async () => {
    const path = databasePath();
    let now = Date.parse('2026-01-01T00:00:00Z');
    const clock = () => new Date(now);
    const definition = chain({ steps: [{ name: 'one' }] });
    const operations = engine(path, [definition], { clock, retention: { days: 10, count: 3 } });
    const run = async (tag: string): Promise<void> => {
      await (
        await operations.start(definition, { resource: 'a', tag })
      ).done;
    };
    await run('old');
    now += 9 * 24 * 3600 * 1000;
    await run('newer');
    await operations.recover();
    expect(tags(operations)).toEqual(['newer', 'old']);
    now += 2 * 24 * 3600 * 1000;
    await operations.recover();
    expect(tags(operations)).toEqual(['newer']);
    for (const tag of ['1', '2', '3', '4']) await run(tag);
    await operations.locks.run(['thing/a'], async () => {
      const queued = await operations.start(definition, { resource: 'a', tag: 'queued' });
      await operations.recover();
      expect(tags(operations)).toEqual(['queued', '4', '3', '2']);
      await operations.cancel(queued.id);
    });
  });

  it('are removed while the engine runs', async () => {
    const definition = chain({ steps: [] });
    const operations = engine(databasePath(), [definition], { retention: { count: 10 } });
    for (let i = 0; i < 100; i += 1) await (await operations.start(definition, { resource: 'a' })).done;
    expect(operations.list().operations.length).toBe(10);
  });
});
