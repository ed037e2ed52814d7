import { describe, expect, it } from 'vitest';
import type { OperationRecord } from '../../../internal/operations/model.ts';
import { chain } from './chain.ts';
import { databasePath, engine, gate } from './fixture.ts';

const brief = ({ state, progress, steps }: OperationRecord) =>
  `${state} ${progress.fraction.toFixed(3)} ${progress.message} [${steps.map((step) => step.state).join(' ')}]`;

function progressing() {
  const definition = chain({
    steps: [
      {
        name: 'one',
        do: (run) => {
          run.progress(0.5, 'half of one');
          run.progress(0.25);
          run.progress(7);
          run.progress(NaN);
        },
      },
      { name: 'two' },
    ],
  });
  return { definition, operations: engine(databasePath(), [definition]) };
}

describe('watch', () => {
  it('is told every change, with a progress that never falls', async () => {
    const { definition, operations } = progressing();
    const seen: OperationRecord[] = [];
    operations.watch(null, (record) => seen.push(record));
    await (
      await operations.start(definition, { resource: 'a' })
    ).done;
    expect(seen.map(brief)).toEqual([
      'queued 0.000 waiting for other operations [pending pending]',
      'running 0.000 make one [started pending]',
      'running 0.250 half of one [started pending]',
      'running 0.250 make one [started pending]',
      'running 0.500 make one [started pending]',
      'running 0.500 make one [started pending]',
      'running 0.500 make two [done pending]',
      'running 0.500 make two [done started]',
      'running 1.000 finish [done done]',
      'succeeded 1.000 succeeded [done done]',
    ]);
  });

  it('of one operation is told of no other; ends when asked; survives a listener that fails', async () => {
    const { definition, operations } = progressing();
    const go = gate();
    const mine: string[] = [];
    const [first, second] = await operations.locks.run(['thing/a'], async () => [
      await operations.start(definition, { resource: 'a' }),
      await operations.start(definition, { resource: 'a' }),
    ]);
    operations.watch(first.id, () => {
      throw new Error('listener');
    });
    operations.watch(first.id, ({ id }) => mine.push(id));
    const unwatched: string[] = [];
    operations.watch(null, ({ id }) => unwatched.push(id))();
    go.open();
    await Promise.all([first.done, second.done]);
    expect(new Set(mine)).toEqual(new Set([first.id]));
    expect(unwatched).toEqual([]);
  });
});

describe('changes', () => {
  it('of one operation begin with how it stands and end with its end', async () => {
    const { definition, operations } = progressing();
    const { id } = await operations.start(definition, { resource: 'a' });
    const seen: OperationRecord[] = [];
    for await (const record of operations.changes(id)) seen.push(record);
    expect(seen[0]?.id).toBe(id);
    expect(seen.at(-1)?.state).toBe('succeeded');
    const after: OperationRecord[] = [];
    for await (const record of operations.changes(id)) after.push(record);
    expect(after.map(brief)).toEqual(['succeeded 1.000 succeeded [done done]']);
  });

  it('come as one to a slow reader', async () => {
    const { definition, operations } = progressing();
    const reader = operations.changes(null)[Symbol.asyncIterator]();
    const first = reader.next();
    const { done, id } = await operations.start(definition, { resource: 'a' });
    expect(await first).toMatchObject({ value: { id, state: 'queued' } });
    await done;
    await (
      await operations.start(definition, { resource: 'b' })
    ).done;
    expect(await reader.next()).toMatchObject({ value: { id, state: 'succeeded' } });
    expect(await reader.next()).toMatchObject({ value: { resources: ['thing/b'], state: 'succeeded' } });
    await reader.return?.();
  });

  it('end with the signal, and are refused for what is not there', async () => {
    const operations = engine(databasePath(), []);
    const controller = new AbortController();
    const reading = operations.changes(null, { signal: controller.signal })[Symbol.asyncIterator]().next();
    controller.abort();
    expect(await reading).toEqual({ done: true, value: undefined });
    expect(() => operations.changes('no-such-id')[Symbol.asyncIterator]()).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });
});

describe('wait', () => {
  it('resolves with the record when it has ended, or has ended before', async () => {
    const { definition, operations } = progressing();
    const { id } = await operations.start(definition, { resource: 'a' });
    expect(await operations.wait(id)).toMatchObject({ id, state: 'succeeded' });
    expect(await operations.wait(id)).toEqual(operations.get(id));
  });

  it('rejects when the signal is aborted and for what is not there', async () => {
    const { definition, operations } = progressing();
    const controller = new AbortController();
    await operations.locks.run(['thing/a'], async () => {
      const { id } = await operations.start(definition, { resource: 'a' });
      const waiting = operations.wait(id, { signal: controller.signal });
      controller.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
      await expect(operations.wait(id, { signal: controller.signal })).rejects.toThrow('enough');
    });
    await expect(operations.wait('no-such-id')).rejects.toMatchObject({ code: 'not-found' });
  });
});
