import { describe, expect, it, vi } from 'vitest';
import type { OperationEvent } from '../../../internal/operations/operations.ts';
import { chain } from './chain.ts';
import { chainEngine } from './chain-engine.ts';
import { databasePath, engine, gate, openFor } from './fixture.ts';

describe('an operation that goes well', () => {
  it('does its steps in order and answers with the result', async () => {
    const { operations, definition, log } = chainEngine([{ name: 'one' }, { name: 'two' }]);
    const { id, done } = await operations.start(definition, { resource: 'a' }, { owner: 'me' });
    expect(await done).toEqual({ made: ['one', 'two'] });
    expect(log).toEqual(['intent one', 'do one', 'intent two', 'do two']);
    expect(operations.get(id)).toMatchObject({
      id,
      kind: 'test.chain',
      state: 'succeeded',
      resources: ['thing/a'],
      input: { resource: 'a' },
      result: { made: ['one', 'two'] },
      error: null,
      owner: 'me',
      cancelRequested: false,
      progress: { completedSteps: 2, totalSteps: 2, fraction: 1 },
      steps: [
        { name: 'one', title: 'make one', state: 'done', data: { token: 'one-token', made: 'one' } },
        { name: 'two', title: 'make two', state: 'done', data: { token: 'two-token', made: 'two' } },
      ],
    });
  });

  it('reads the same from another process', async () => {
    const { operations, definition, path } = chainEngine([{ name: 'one' }]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await done;
    const there = engine(path, [definition]).get(id);
    expect(there).toEqual(operations.get(id));
  });

  it('writes a step with its intent to the disk before it acts', async () => {
    const seen: unknown[] = [];
    const { operations, definition, path } = chainEngine([
      { name: 'one' },
      {
        name: 'two',
        do: (run) =>
          void seen.push(...(reader.get(run.operationId)?.steps ?? []), reader.get(run.operationId)?.state),
      },
    ]);
    const reader = engine(path, []);
    await (
      await operations.start(definition, { resource: 'a' })
    ).done;
    expect(seen).toEqual([
      expect.objectContaining({ name: 'one', state: 'done', data: { token: 'one-token', made: 'one' } }),
      expect.objectContaining({ name: 'two', state: 'started', data: { token: 'two-token' }, endedAt: null }),
      'running',
    ]);
  });

  it('writes little: one transaction per step, one at either end', async () => {
    const path = databasePath();
    const database = openFor(path);
    const transaction = vi.spyOn(database, 'transaction');
    const definition = chain({ steps: ['1', '2', '3', '4', '5', '6'].map((name) => ({ name })) });
    const operations = engine(path, [definition], { database });
    await (
      await operations.start(definition, { resource: 'a' })
    ).done;
    expect(transaction).toHaveBeenCalledTimes(8);
  });

  it('may have no steps', async () => {
    const { operations, definition } = chainEngine([]);
    expect(await (await operations.start(definition, { resource: 'a' })).done).toEqual({ made: [] });
  });
});

describe('operations on the same resource', () => {
  it('run one after the other in the order of asking; others meanwhile', async () => {
    const order: string[] = [];
    const gates = new Map(['a', 'b', 'c'].map((name) => [name, gate()]));
    const reached = new Map(['a', 'b', 'c'].map((name) => [name, gate()]));
    const definition = chain({
      steps: [
        {
          name: 'one',
          do: async ({ input }) => {
            const tag = input.tag ?? '';
            order.push(`${tag} begins`);
            reached.get(tag)?.open();
            await gates.get(tag)?.passed;
            order.push(`${tag} ends`);
          },
        },
      ],
    });
    const operations = engine(databasePath(), [definition]);
    const first = await operations.start(definition, { resource: 'x', tag: 'a' });
    const second = await operations.start(definition, { resource: 'x', tag: 'b' });
    const other = await operations.start(definition, { resource: 'y', tag: 'c' });
    await reached.get('c')?.passed;
    expect(operations.get(second.id)).toMatchObject({
      state: 'queued',
      progress: { fraction: 0, message: 'waiting for other operations' },
    });
    gates.get('c')?.open();
    await other.done;
    gates.get('b')?.open();
    gates.get('a')?.open();
    await Promise.all([first.done, second.done]);
    expect(order).toEqual(['a begins', 'c begins', 'c ends', 'a ends', 'b begins', 'b ends']);
  });

  it('wait for a caller that holds the lock', async () => {
    const { operations, definition, log } = chainEngine([{ name: 'one' }]);
    const { done } = await operations.locks.run(['thing/a'], async () => {
      const handle = await operations.start(definition, { resource: 'a' });
      expect(operations.get(handle.id)?.state).toBe('queued');
      expect(log).toEqual([]);
      return handle;
    });
    expect(await done).toEqual({ made: ['one'] });
  });
});

describe('what the engine refuses', () => {
  it('two definitions of one kind, an unknown one, two steps of one name, and input that JSON cannot hold', async () => {
    const definition = chain({ steps: [{ name: 'one' }] });
    expect(() => engine(databasePath(), [definition, chain({ steps: [] })])).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
    const operations = engine(databasePath(), [
      definition,
      chain({ kind: 'test.twice', steps: [{ name: 'a' }, { name: 'a' }] }),
    ]);
    const input = { resource: 'a' };
    await expect(operations.start(chain({ kind: 'test.other', steps: [] }), input)).rejects.toMatchObject({
      code: 'internal',
    });
    await expect(operations.start(chain({ kind: 'test.twice', steps: [] }), input)).rejects.toMatchObject({
      code: 'internal',
    });
    await expect(
      operations.start(definition, { resource: 'a', tag: new Date() as unknown as string }),
    ).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('input.tag') as string });
    expect(operations.list().operations).toEqual([]);
  });
});

describe('observe', () => {
  it('is told each end once, and may fail', async () => {
    const events: OperationEvent[] = [];
    const times = [0, 250];
    const { operations, definition } = chainEngine([{ name: 'one' }], {
      clock: () => new Date(times.length > 1 ? (times.shift() ?? 0) : 250),
      observe: (event) => {
        events.push(event);
        throw new Error('observer');
      },
    });
    await (
      await operations.start(definition, { resource: 'a' })
    ).done;
    expect(events).toEqual([{ kind: 'test.chain', state: 'succeeded', durationMs: 250 }]);
  });
});
