import { describe, expect, it } from 'vitest';
import { chain } from './chain.ts';
import { databasePath, engine, forEver, gate } from './fixture.ts';

/** Longer than any test: what is waited for comes sooner or the test fails. */
const ages = 1_000_000;

describe('stop', () => {
  it('lets running operations end, and starts none', async () => {
    const reached = gate();
    const go = gate();
    const definition = chain({
      steps: [{ name: 'one', do: () => (reached.open(), go.passed) }, { name: 'two' }],
    });
    const operations = engine(databasePath(), [definition]);
    const { done } = await operations.start(definition, { resource: 'a' });
    await reached.passed;
    const stopped = operations.stop({ graceMs: ages });
    await expect(operations.start(definition, { resource: 'b' })).rejects.toMatchObject({
      code: 'interrupted',
      retryable: true,
    });
    await expect(operations.recover()).rejects.toMatchObject({ code: 'interrupted' });
    go.open();
    expect(await done).toEqual({ made: ['one', 'two'] });
    await stopped;
    await operations.stop({ graceMs: ages });
  });

  it('leaves in the journal what does not end in time, tells it so, and does not undo it', async () => {
    const path = databasePath();
    const reached = gate();
    let aborted: unknown;
    const dying = chain({
      onRestart: 'resume',
      steps: [
        { name: 'one' },
        {
          name: 'two',
          do: ({ signal }) =>
            new Promise<never>((_resolve, reject) => {
              signal.addEventListener('abort', () => {
                aborted = signal.reason;
                reject(new Error('aborted'));
              });
              reached.open();
            }),
        },
      ],
    });
    const first = engine(path, [dying]);
    const { id, done } = await first.start(dying, { resource: 'a' });
    const waiting = first.wait(id);
    await reached.passed;
    await first.stop({ graceMs: 0 });
    await expect(done).rejects.toMatchObject({ code: 'interrupted' });
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    await expect(first.wait(id)).rejects.toMatchObject({ code: 'interrupted' });
    expect(aborted).toMatchObject({ code: 'interrupted' });
    // The aborted step has had every turn to go on by now.
    await new Promise((resolve) => setImmediate(resolve));
    expect(dying.log).toEqual(['intent one', 'do one', 'intent two']);

    const definition = chain({
      onRestart: 'resume',
      steps: [{ name: 'one', verify: null }, { name: 'two' }],
    });
    const second = engine(path, [definition]);
    expect(second.get(id)).toMatchObject({
      state: 'running',
      steps: [{ state: 'done' }, { state: 'started' }],
    });
    expect((await second.recover()).resumed).toEqual([id]);
    expect(second.get(id)?.result).toEqual({ made: ['one', 'two'] });
  });

  it('a step that ends after that changes nothing any more', async () => {
    const path = databasePath();
    const reached = gate();
    const go = gate();
    const dying = chain({ steps: [{ name: 'one', do: () => (reached.open(), go.passed) }, { name: 'two' }] });
    const first = engine(path, [dying]);
    const { id } = await first.start(dying, { resource: 'a' });
    await reached.passed;
    await first.stop({ graceMs: 0 });
    go.open();
    await new Promise((resolve) => setImmediate(resolve));
    expect(dying.log).toEqual(['intent one']);
    expect(engine(path, []).get(id)?.steps).toMatchObject([{ state: 'started' }, { state: 'pending' }]);
  });

  it('leaves an undoing likewise', async () => {
    const path = databasePath();
    const reached = gate();
    const go = gate();
    const dying = chain({
      steps: [
        { name: 'one' },
        { name: 'two', undo: () => (reached.open(), go.passed) },
        {
          name: 'three',
          do: () => {
            throw new Error('fails');
          },
        },
      ],
    });
    const first = engine(path, [dying]);
    const { id, done } = await first.start(dying, { resource: 'a' });
    await reached.passed;
    await first.stop({ graceMs: 0 });
    await expect(done).rejects.toMatchObject({ code: 'interrupted' });
    go.open();
    await new Promise((resolve) => setImmediate(resolve));
    expect(dying.log.at(-1)).toMatch(/^undo two/);
    expect(engine(path, []).get(id)).toMatchObject({
      state: 'undoing',
      steps: [{ state: 'done' }, { state: 'done' }, { state: 'undone' }],
    });
  });

  it('does not wait for what has not begun', async () => {
    const definition = chain({ steps: [{ name: 'one', do: () => forEver }] });
    const operations = engine(databasePath(), [definition]);
    const queued = await operations.locks.run(['thing/a'], async () => {
      const handle = await operations.start(definition, { resource: 'a' });
      await operations.stop({ graceMs: ages });
      return handle;
    });
    await expect(queued.done).rejects.toMatchObject({ code: 'interrupted' });
    expect(operations.get(queued.id)?.state).toBe('queued');
    expect(definition.log).toEqual([]);
  });

  it('ends what watches', async () => {
    const operations = engine(databasePath(), []);
    const reading = operations.changes(null)[Symbol.asyncIterator]().next();
    await operations.stop({ graceMs: 0 });
    expect(await reading).toEqual({ done: true, value: undefined });
  });
});
