import { describe, expect, it } from 'vitest';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { chainEngine } from './chain-engine.ts';
import { gate } from './fixture.ts';

describe('cancel', () => {
  it('can be tried: what it would refuse is refused, and nothing is asked for', async () => {
    const go = gate();
    const { operations, definition } = chainEngine([{ name: 'one', do: () => go.passed }]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    operations.requireCancellable(id);
    expect(operations.get(id)).toMatchObject({ cancelRequested: false });
    go.open();
    await done;
    expect(() => operations.requireCancellable(id)).toThrow('has succeeded already');
    expect(() => operations.requireCancellable('none')).toThrow(ProtiumError);
  });

  it('ends a queued operation at once, without its turn', async () => {
    const go = gate();
    const { operations, definition, log } = chainEngine([{ name: 'one', do: () => go.passed }]);
    const first = await operations.start(definition, { resource: 'a' });
    const second = await operations.start(definition, { resource: 'a' });
    await operations.cancel(second.id);
    await expect(second.done).rejects.toMatchObject({ code: 'cancelled' });
    expect(operations.get(second.id)).toMatchObject({ state: 'cancelled', steps: [{ state: 'pending' }] });
    expect(operations.get(first.id)?.state).toBe('running');
    go.open();
    await first.done;
    expect(log).toEqual(['intent one']);
  });

  it('reaches a step through its signal, and what it did is undone undisturbed', async () => {
    const reached = gate();
    const signals: boolean[] = [];
    const { operations, definition, log } = chainEngine([
      { name: 'one' },
      {
        name: 'two',
        do: ({ signal }) =>
          new Promise<never>((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('some abort error')));
            reached.open();
          }),
        undo: ({ signal }) => void signals.push(signal.aborted),
      },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await reached.passed;
    expect(await operations.cancel(id)).toMatchObject({ cancelRequested: true });
    await expect(done).rejects.toMatchObject({ code: 'cancelled' });
    expect(operations.get(id)).toMatchObject({
      state: 'cancelled',
      cancelRequested: true,
      error: { code: 'cancelled' },
    });
    expect(signals).toEqual([false]);
    expect(log.at(-1)).toMatch(/^undo one/);
  });

  it('is heeded at the end of the last step', async () => {
    const reached = gate();
    const go = gate();
    const { operations, definition } = chainEngine([
      {
        name: 'one',
        do: async () => {
          reached.open();
          await go.passed;
        },
      },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await reached.passed;
    await operations.cancel(id);
    await operations.cancel(id);
    go.open();
    await expect(done).rejects.toMatchObject({ code: 'cancelled' });
    expect(operations.get(id)?.steps).toMatchObject([{ state: 'undone' }]);
  });

  it('changes nothing for an operation that is undone already', async () => {
    const reached = gate();
    const go = gate();
    const { operations, definition } = chainEngine([
      {
        name: 'one',
        do: () => {
          throw new ProtiumError('busy', 'Busy.');
        },
        undo: async () => {
          reached.open();
          await go.passed;
        },
      },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await reached.passed;
    expect(await operations.cancel(id)).toMatchObject({ state: 'undoing', cancelRequested: false });
    go.open();
    await expect(done).rejects.toMatchObject({ code: 'busy' });
    expect(operations.get(id)?.state).toBe('failed');
  });

  it('is refused for one that has ended or never was', async () => {
    const { operations, definition } = chainEngine([{ name: 'one' }]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await done;
    await expect(operations.cancel(id)).rejects.toMatchObject({ code: 'state-conflict' });
    await expect(operations.cancel('no-such-id')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('during an intent keeps the step from being begun', async () => {
    const reached = gate();
    const go = gate();
    const { operations, definition, log } = chainEngine([
      { name: 'one', intent: () => (reached.open(), go.passed) },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await reached.passed;
    await operations.cancel(id);
    go.open();
    await expect(done).rejects.toMatchObject({ code: 'cancelled' });
    expect(log).toEqual(['intent one']);
    expect(operations.get(id)?.steps).toMatchObject([{ state: 'pending' }]);
  });
});
