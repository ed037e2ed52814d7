import { describe, expect, it, vi } from 'vitest';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { chain, type ChainStep } from './chain.ts';
import { failingDatabase, full } from './failing-database.ts';
import { databasePath, engine, openFor } from './fixture.ts';

function failingEngine(steps: (database: ReturnType<typeof failingDatabase>) => readonly ChainStep[]) {
  const path = databasePath();
  const database = failingDatabase(openFor(path));
  const definition = chain({ steps: steps(database) });
  const operations = engine(path, [definition], { database });
  /** What another process would read. */
  const onDisk = (id: string) => engine(path, []).get(id);
  return { path, database, definition, operations, onDisk };
}

describe('on a full disk', () => {
  it('of SQLite’s own making, an operation is undone and the caller is told', async () => {
    const path = databasePath();
    const database = openFor(path);
    const definition = chain({
      steps: [{ name: 'one' }, { name: 'two', do: () => ({ made: 'x'.repeat(200_000) }) }, { name: 'three' }],
    });
    const operations = engine(path, [definition], { database });
    const pages = database.prepare<{ page_count: number }>('PRAGMA page_count').get()?.page_count ?? 0;
    database.exec(`PRAGMA max_page_count = ${pages + 4}`);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await expect(done).rejects.toMatchObject({ code: 'storage-full', retryable: true });
    expect(definition.log.slice(-3).map((line) => line.slice(0, 8))).toEqual([
      'intent t',
      'undo two',
      'undo one',
    ]);
    database.exec('PRAGMA max_page_count = 1000000');
    expect(operations.get(id)).toMatchObject({
      state: 'failed',
      error: { code: 'storage-full' },
      steps: [{ state: 'undone' }, { state: 'undone' }, { state: 'pending' }],
    });
  });

  it('none is started', async () => {
    const { database, definition, operations } = failingEngine(() => [{ name: 'one' }]);
    database.failure = full();
    await expect(operations.start(definition, { resource: 'a' })).rejects.toMatchObject({
      code: 'storage-full',
    });
    database.failure = undefined;
    expect(definition.log).toEqual([]);
    expect(operations.list().operations).toEqual([]);
    expect(operations.locks.isHeld(['thing/a'])).toBe(false);
  });

  it('no step is begun that cannot be journalled; the undo uses the space that was set aside', async () => {
    const { database, definition, operations, onDisk } = failingEngine((failing) => [
      { name: 'one' },
      {
        name: 'two',
        intent: () => {
          failing.failure = full();
          failing.reserve = 'held';
        },
      },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await expect(done).rejects.toMatchObject({ code: 'storage-full' });
    expect(definition.log).toEqual([
      'intent one',
      'do one',
      'intent two',
      'undo one {"token":"one-token","made":"one"}',
    ]);
    expect(database.reserve).toBe('spent');
    expect(onDisk(id)).toEqual(operations.get(id));
  });

  it('a success is still written with the space that was set aside', async () => {
    const { definition, operations, onDisk } = failingEngine((failing) => [
      {
        name: 'one',
        do: () => {
          failing.failure = full();
          failing.reserve = 'held';
        },
      },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    expect(await done).toEqual({ made: ['one'] });
    expect(onDisk(id)?.state).toBe('succeeded');
  });

  it('a success that cannot be written is none', async () => {
    const { definition, operations } = failingEngine((failing) => [
      { name: 'one', do: () => void (failing.failure = full()) },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await expect(done).rejects.toMatchObject({ code: 'storage-full' });
    expect(definition.log.at(-1)).toMatch(/^undo one/);
    expect(operations.get(id)).toMatchObject({ state: 'failed', steps: [{ state: 'undone' }] });
  });

  it.each([
    ['full disk', full()],
    ['broken disk', new ProtiumError('internal', 'disk I/O error')],
  ])(
    'with nothing set aside (%s), all is undone, told, and journalled as soon as that works',
    async (_what, failure) => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      try {
        const { database, definition, operations, onDisk } = failingEngine((failing) => [
          { name: 'one' },
          { name: 'two', do: () => void (failing.failure = failure) },
          { name: 'three' },
        ]);
        const { id, done } = await operations.start(definition, { resource: 'a' });
        await expect(done).rejects.toBe(failure);
        expect(definition.log.slice(-2).map((line) => line.slice(0, 8))).toEqual(['undo two', 'undo one']);
        expect(operations.get(id)).toMatchObject({ state: 'failed' });
        expect(operations.list().operations).toMatchObject([{ id, state: 'failed' }]);
        expect(operations.locks.isHeld(['thing/a'])).toBe(false);
        vi.advanceTimersByTime(60_000);
        expect(onDisk(id)).toMatchObject({
          state: 'running',
          steps: [{ state: 'done' }, { state: 'started' }, {}],
        });
        database.failure = undefined;
        vi.advanceTimersByTime(60_000);
        expect(onDisk(id)).toEqual(operations.get(id));
        expect(onDisk(id)).toMatchObject({ state: 'failed' });
        expect(vi.getTimerCount()).toBe(0);
      } finally {
        vi.useRealTimers();
      }
    },
  );

  it('what could not be journalled is written by stop', async () => {
    const { database, definition, operations, onDisk } = failingEngine((failing) => [
      { name: 'one', do: () => void (failing.failure = full()) },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await expect(done).rejects.toMatchObject({ code: 'storage-full' });
    database.failure = undefined;
    await operations.stop({ graceMs: 0 });
    expect(onDisk(id)?.state).toBe('failed');
  });
});
