import { describe, expect, it } from 'vitest';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { chainEngine } from './chain-engine.ts';
import { engine, gate } from './fixture.ts';

describe('an idempotency key', () => {
  const options = { idempotencyKey: 'k', owner: 'me' };

  it('leads to the same operation while it runs, when it has ended, and after a restart', async () => {
    const go = gate();
    const { operations, definition, log, path } = chainEngine([{ name: 'one', do: () => go.passed }]);
    const first = await operations.start(definition, { resource: 'a', tag: 't' }, options);
    const second = await operations.start(definition, { tag: 't', resource: 'a' }, options);
    expect(second.id).toBe(first.id);
    go.open();
    expect(await second.done).toEqual(await first.done);
    const third = await operations.start(definition, { resource: 'a', tag: 't' }, options);
    expect([third.id, await third.done]).toEqual([first.id, { made: ['one'] }]);
    const fourth = await engine(path, [definition]).start(definition, { resource: 'a', tag: 't' }, options);
    expect([fourth.id, await fourth.done]).toEqual([first.id, { made: ['one'] }]);
    expect(log).toEqual(['intent one']);
  });

  it('leads to the same failure', async () => {
    const { operations, definition } = chainEngine([
      {
        name: 'one',
        do: () => {
          throw new ProtiumError('busy', 'Busy.', { details: { by: 'x' } });
        },
      },
    ]);
    const first = await operations.start(definition, { resource: 'a' }, options);
    await expect(first.done).rejects.toMatchObject({ code: 'busy' });
    const second = await operations.start(definition, { resource: 'a' }, options);
    await expect(second.done).rejects.toMatchObject({ code: 'busy', message: 'Busy.', details: { by: 'x' } });
    expect(second.id).toBe(first.id);
  });

  it('is refused for another request, and belongs to its owner', async () => {
    const { operations, definition } = chainEngine([{ name: 'one' }]);
    const first = await operations.start(definition, { resource: 'a' }, options);
    await expect(operations.start(definition, { resource: 'b' }, options)).rejects.toMatchObject({
      code: 'definition-conflict',
      details: { operation: first.id },
    });
    const other = await operations.start(
      definition,
      { resource: 'b' },
      { idempotencyKey: 'k', owner: 'you' },
    );
    const nobody = await operations.start(definition, { resource: 'b' }, { idempotencyKey: 'k' });
    expect(new Set([first.id, other.id, nobody.id]).size).toBe(3);
  });
});
