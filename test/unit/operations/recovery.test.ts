import { describe, expect, it } from 'vitest';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import type { OperationRecord } from '../../../internal/operations/model.ts';
import { chain, type ChainStep } from './chain.ts';
import { databasePath, engine, forEver, gate } from './fixture.ts';

/** Starts an operation in a process that dies in the last of these steps. Returns the database and the operation. */
async function dieIn(
  steps: readonly ChainStep[],
  options: { onRestart?: 'resume' | 'undo'; cancelled?: boolean } = {},
): Promise<{ path: string; id: string }> {
  const path = databasePath();
  const reached = gate();
  const dying = steps.map((step, index) =>
    index < steps.length - 1
      ? step
      : {
          ...step,
          do: async () => {
            reached.open();
            return forEver;
          },
        },
  );
  const definition = chain({ onRestart: options.onRestart ?? 'undo', steps: dying });
  const operations = engine(path, [definition]);
  const { id } = await operations.start(definition, { resource: 'a' });
  await reached.passed;
  if (options.cancelled === true) await operations.cancel(id);
  return { path, id };
}

const states = (record: OperationRecord | undefined) => record?.steps.map(({ state }) => state);

describe('after a restart', () => {
  it('an operation is undone if its definition says so', async () => {
    const { path, id } = await dieIn([{ name: 'one' }, { name: 'two' }]);
    const definition = chain({ steps: [{ name: 'one' }, { name: 'two' }] });
    const operations = engine(path, [definition]);
    expect(await operations.recover()).toEqual({ resumed: [], undone: [id], unresolved: [] });
    expect(definition.log).toEqual([
      'verify two {"token":"two-token"}',
      'undo two {"token":"two-token"}',
      'undo one {"token":"one-token","made":"one"}',
    ]);
    expect(operations.get(id)).toMatchObject({ state: 'failed', error: { code: 'interrupted' } });
    expect(await operations.recover()).toEqual({ resumed: [], undone: [], unresolved: [] });
  });

  it('it is resumed if its definition says so; a step cut short is undone and done again', async () => {
    const { path, id } = await dieIn([{ name: 'one' }, { name: 'two' }], { onRestart: 'resume' });
    const definition = chain({
      onRestart: 'resume',
      steps: [{ name: 'one', verify: () => ({ made: 'found' }) }, { name: 'two' }],
    });
    const operations = engine(path, [definition]);
    expect(await operations.recover()).toEqual({ resumed: [id], undone: [], unresolved: [] });
    expect(definition.log).toEqual([
      'verify one {"token":"one-token","made":"one"}',
      'verify two {"token":"two-token"}',
      // Once more, for the facts that the undo may want.
      'verify two {"token":"two-token"}',
      'undo two {"token":"two-token"}',
      'intent two',
      'do two',
    ]);
    expect(operations.get(id)).toMatchObject({ state: 'succeeded', result: { made: ['found', 'two'] } });
  });

  it('a step that took effect before anybody could write it down is not done again', async () => {
    const { path, id } = await dieIn([{ name: 'one' }], { onRestart: 'resume' });
    const definition = chain({
      onRestart: 'resume',
      steps: [{ name: 'one', verify: () => ({ made: 'found' }) }],
    });
    const operations = engine(path, [definition]);
    expect((await operations.recover()).resumed).toEqual([id]);
    expect(definition.log).toEqual(['verify one {"token":"one-token"}']);
    expect(operations.get(id)?.result).toEqual({ made: ['found'] });
  });

  it('a step without verify is undone and done again', async () => {
    const { path } = await dieIn([{ name: 'one', verify: null }], { onRestart: 'resume' });
    const definition = chain({ onRestart: 'resume', steps: [{ name: 'one', verify: null }] });
    await engine(path, [definition]).recover();
    expect(definition.log).toEqual(['undo one {"token":"one-token"}', 'intent one', 'do one']);
  });

  it('what was done and is gone since is done again, with all that came after it', async () => {
    const { path, id } = await dieIn([{ name: 'one' }, { name: 'two' }, { name: 'three' }], {
      onRestart: 'resume',
    });
    const definition = chain({
      onRestart: 'resume',
      steps: [{ name: 'one' }, { name: 'two', verify: () => ({ made: 'two' }) }, { name: 'three' }],
    });
    const operations = engine(path, [definition]);
    expect((await operations.recover()).resumed).toEqual([id]);
    expect(definition.log).toEqual([
      'verify one {"token":"one-token","made":"one"}',
      'verify three {"token":"three-token"}',
      'undo three {"token":"three-token"}',
      'undo two {"token":"two-token","made":"two"}',
      'undo one {"token":"one-token","made":"one"}',
      'intent one',
      'do one',
      'intent two',
      'do two',
      'intent three',
      'do three',
    ]);
  });

  it('a cancel that was asked for is carried out', async () => {
    const { path, id } = await dieIn([{ name: 'one' }], { onRestart: 'resume', cancelled: true });
    const definition = chain({ onRestart: 'resume', steps: [{ name: 'one' }] });
    const operations = engine(path, [definition]);
    expect((await operations.recover()).undone).toEqual([id]);
    expect(operations.get(id)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
  });

  it('a cancel while it waits for its resources is carried out when it has them', async () => {
    const { path, id } = await dieIn([{ name: 'one' }], { onRestart: 'resume' });
    const definition = chain({ onRestart: 'resume', steps: [{ name: 'one' }] });
    const operations = engine(path, [definition]);
    const recovered = await operations.locks.run(['thing/a'], async () => {
      const recovering = operations.recover();
      await operations.cancel(id);
      await new Promise((resolve) => setImmediate(resolve));
      expect(definition.log).toEqual([]);
      return { recovering };
    });
    expect((await recovered.recovering).undone).toEqual([id]);
    expect(operations.get(id)).toMatchObject({ state: 'cancelled', steps: [{ state: 'undone' }] });
  });

  it('it is resumed, whatever its definition says, once there is no way back', async () => {
    const steps: ChainStep[] = [{ name: 'one' }, { name: 'two', irreversible: true }];
    const { path, id } = await dieIn(steps);
    const definition = chain({ steps: steps.map((step) => ({ ...step, verify: null })) });
    const operations = engine(path, [definition]);
    expect((await operations.recover()).resumed).toEqual([id]);
    expect(definition.log).toEqual(['intent two', 'do two']);
  });

  it('a step that cannot be taken back once done is looked at before anything is taken back', async () => {
    const found = { irreversibleOnceDone: true, verify: () => ({ made: 'found' }) };
    for (const cancelled of [false, true]) {
      const { path, id } = await dieIn([{ name: 'one' }, { name: 'two', ...found }], { cancelled });
      const definition = chain({ steps: [{ name: 'one' }, { name: 'two', ...found }] });
      const operations = engine(path, [definition]);
      await operations.recover();
      expect(operations.get(id)).toMatchObject({ state: 'succeeded', result: { made: ['one', 'found'] } });
      expect(definition.log.filter((line) => line.startsWith('undo'))).toEqual([]);
    }
    const { path, id } = await dieIn([{ name: 'one' }, { name: 'two', ...found }]);
    const unknown = () => Promise.reject(new ProtiumError('libvirt-unavailable', 'nobody answers'));
    const definition = chain({
      steps: [{ name: 'one' }, { name: 'two', irreversibleOnceDone: true, verify: unknown }],
    });
    const operations = engine(path, [definition]);
    expect((await operations.recover()).unresolved).toMatchObject([{ id }]);
  });

  it('new operations on the resource wait until it is settled', async () => {
    const { path, id } = await dieIn([{ name: 'one' }]);
    const definition = chain({ steps: [{ name: 'one' }] });
    const operations = engine(path, [definition]);
    const recovered = operations.recover();
    await (
      await operations.start(definition, { resource: 'a' })
    ).done;
    expect(definition.log).toEqual([
      'verify one {"token":"one-token"}',
      'undo one {"token":"one-token"}',
      'intent one',
      'do one',
    ]);
    expect((await recovered).undone).toEqual([id]);
  });

  it('an operation that waited for its turn is begun, or given up', async () => {
    for (const onRestart of ['resume', 'undo'] as const) {
      const path = databasePath();
      const first = engine(path, [chain({ onRestart, steps: [{ name: 'one' }] })]);
      const before = chain({ onRestart, steps: [{ name: 'one' }] });
      const { id } = await first.locks.run(['thing/a'], async () => {
        const handle = await first.start(before, { resource: 'a' });
        await first.stop({ graceMs: 0 });
        return handle;
      });
      const definition = chain({ onRestart, steps: [{ name: 'one' }] });
      const operations = engine(path, [definition]);
      await operations.recover();
      expect(definition.log).toEqual(onRestart === 'resume' ? ['intent one', 'do one'] : []);
      expect(operations.get(id)?.state).toBe(onRestart === 'resume' ? 'succeeded' : 'failed');
    }
  });

  it('an undoing goes on where it was, with the original error', async () => {
    const path = databasePath();
    const reached = gate();
    const steps: ChainStep[] = [
      { name: 'one' },
      { name: 'two' },
      {
        name: 'three',
        do: () => {
          throw new ProtiumError('host-incapable', 'No such CPU.', { details: { cpu: 'i8' } });
        },
      },
    ];
    const dying = chain({
      steps: steps.map((step) =>
        step.name === 'two' ? { ...step, undo: () => (reached.open(), forEver) } : step,
      ),
    });
    const { id } = await engine(path, [dying]).start(dying, { resource: 'a' });
    await reached.passed;
    const definition = chain({ steps });
    const operations = engine(path, [definition]);
    expect(operations.get(id)?.state).toBe('undoing');
    expect((await operations.recover()).undone).toEqual([id]);
    expect(definition.log).toEqual([
      'undo two {"token":"two-token","made":"two"}',
      'undo one {"token":"one-token","made":"one"}',
    ]);
    expect(operations.get(id)).toMatchObject({
      state: 'failed',
      error: { code: 'host-incapable', message: 'No such CPU.', details: { cpu: 'i8' } },
    });
  });
});

describe('an operation whose fate cannot be told', () => {
  it('stays as it is until it can', async () => {
    const { path, id } = await dieIn([{ name: 'one' }], { onRestart: 'resume' });
    let reachable = false;
    const definition = chain({
      onRestart: 'resume',
      steps: [
        {
          name: 'one',
          verify: () => {
            if (!reachable) throw new ProtiumError('libvirt-unavailable', 'No libvirtd.');
            return { made: 'found' };
          },
        },
      ],
    });
    const operations = engine(path, [definition]);
    expect((await operations.recover()).unresolved).toEqual([
      { id, error: expect.objectContaining({ code: 'libvirt-unavailable' }) as unknown },
    ]);
    expect(operations.get(id)).toMatchObject({ state: 'running', steps: [{ state: 'started' }] });
    await expect(operations.cancel(id)).rejects.toMatchObject({ code: 'busy' });
    const waiting = operations.wait(id);
    reachable = true;
    expect((await operations.recover()).resumed).toEqual([id]);
    expect((await waiting).state).toBe('succeeded');
  });

  it('is left to the version that knows its kind', async () => {
    const { path, id } = await dieIn([{ name: 'one' }]);
    const operations = engine(path, []);
    expect((await operations.recover()).unresolved).toEqual([
      {
        id,
        error: expect.objectContaining({ code: 'unsupported', details: { kind: 'test.chain' } }) as unknown,
      },
    ]);
    expect(operations.get(id)?.state).toBe('running');
  });
});

describe('an operation of a version with other steps', () => {
  it('is undone, not resumed', async () => {
    const { path, id } = await dieIn([{ name: 'one' }, { name: 'two' }], { onRestart: 'resume' });
    const definition = chain({
      onRestart: 'resume',
      steps: [{ name: 'zero' }, { name: 'one' }, { name: 'two' }],
    });
    const operations = engine(path, [definition]);
    expect((await operations.recover()).undone).toEqual([id]);
    expect(states(operations.get(id))).toEqual(['undone', 'undone']);
    expect(operations.get(id)?.error?.code).toBe('interrupted');
  });

  it('leaves behind, by name, what nobody knows how to undo', async () => {
    const { path, id } = await dieIn([{ name: 'one' }, { name: 'two' }]);
    const operations = engine(path, [chain({ steps: [{ name: 'two' }] })]);
    const { unresolved } = await operations.recover();
    expect(unresolved).toEqual([{ id, error: expect.objectContaining({ code: 'interrupted' }) as unknown }]);
    expect(operations.get(id)).toMatchObject({
      state: 'failed',
      steps: [{ state: 'undo-failed' }, { state: 'undone' }],
      error: { details: { leftBehind: [expect.stringContaining('make one') as string] } },
    });
  });
});

describe('an undo that fails', () => {
  const failing = (failures: { left: number }): ChainStep => ({
    name: 'two',
    undo: () => {
      failures.left -= 1;
      if (failures.left >= 0) throw new ProtiumError('libvirt-unavailable', 'No libvirtd.');
    },
  });
  const broken: ChainStep = {
    name: 'three',
    do: () => {
      throw new ProtiumError('host-incapable', 'No such CPU.', { details: { cpu: 'i8' } });
    },
  };

  it('stops no other undo, is told with the way to remove what is left, and is tried again', async () => {
    const failures = { left: 2 };
    const definition = chain({ steps: [{ name: 'one' }, failing(failures), broken] });
    const path = databasePath();
    const operations = engine(path, [definition]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    const leftBehind = ['the thing two-token: rm two-token (No libvirtd.)'];
    await expect(done).rejects.toMatchObject({
      code: 'host-incapable',
      message: 'No such CPU.',
      details: { cpu: 'i8', leftBehind },
      cause: { code: 'host-incapable', details: { cpu: 'i8' } },
    });
    const left = operations.get(id);
    expect(left).toMatchObject({ state: 'failed', error: { details: { cpu: 'i8', leftBehind } } });
    expect(states(left)).toEqual(['undone', 'undo-failed', 'undone']);

    const second = engine(path, [definition]);
    expect((await second.recover()).unresolved).toEqual([
      {
        id,
        error: expect.objectContaining({
          code: 'host-incapable',
          details: { cpu: 'i8', leftBehind },
        }) as unknown,
      },
    ]);
    definition.log.length = 0;
    expect(await second.recover()).toEqual({ resumed: [], undone: [id], unresolved: [] });
    expect(definition.log).toEqual(['undo two {"token":"two-token","made":"two"}']);
    expect(states(second.get(id))).toEqual(['undone', 'undone', 'undone']);
    expect(second.get(id)).toMatchObject({
      state: 'failed',
      endedAt: left?.endedAt,
      error: { code: 'host-incapable', details: { cpu: 'i8' } },
    });
    expect(second.get(id)?.error?.details).not.toHaveProperty('leftBehind');
  });

  it('is tried no more once a later operation on the same resource has succeeded', async () => {
    const failures = { left: 2 };
    const undone = {
      ...chain({ kind: 'test.first', steps: [failing(failures), broken] }),
      reusesWhatIsThere: true,
    };
    const later = chain({ kind: 'test.later', steps: [{ name: 'one' }] });
    const operations = engine(databasePath(), [undone, later]);
    const first = await operations.start(undone, { resource: 'a' });
    await expect(first.done).rejects.toMatchObject({ code: 'host-incapable' });
    const other = await operations.start(later, { resource: 'b' });
    await other.done;
    expect((await operations.recover()).unresolved).toHaveLength(1);
    const second = await operations.start(later, { resource: 'a' });
    await second.done;
    undone.log.length = 0;
    await operations.recover();
    expect(undone.log).toEqual([]);
    expect(operations.get(first.id)).toMatchObject({
      state: 'failed',
      error: { details: { leftBehind: ['the thing two-token: rm two-token (No libvirtd.)'] } },
    });
    expect(await operations.recover()).toEqual({ resumed: [], undone: [], unresolved: [] });
  });

  it('is not forgotten by pruning', async () => {
    const definition = chain({ steps: [failing({ left: 1 }), broken] });
    const path = databasePath();
    const { id, done } = await engine(path, [definition]).start(definition, { resource: 'a' });
    await expect(done).rejects.toMatchObject({ code: 'host-incapable' });
    const operations = engine(path, [definition], { retention: { days: 0, count: 0 } });
    expect((await operations.recover()).undone).toEqual([id]);
    expect(operations.get(id)?.state).toBe('failed');
    await operations.recover();
    expect(operations.get(id)).toBeUndefined();
  });
});
