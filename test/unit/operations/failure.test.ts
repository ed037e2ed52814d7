import { describe, expect, it } from 'vitest';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { LibvirtConnectionError, LibvirtError } from '../../../internal/libvirt/error.ts';
import { virError } from '../../../internal/libvirt/error-code.ts';
import { withoutEffect } from '../../../internal/operations/definition.ts';
import { chain, type ChainStep } from './chain.ts';
import { chainEngine } from './chain-engine.ts';
import { databasePath, engine, gate } from './fixture.ts';

describe('an operation that fails', () => {
  it('undoes its steps in reverse, the failed one first, and reports the original error', async () => {
    const refusal = new ProtiumError('host-incapable', 'No such CPU.', { details: { cpu: 'i8' } });
    const { operations, definition, log } = chainEngine([
      { name: 'one' },
      { name: 'two' },
      {
        name: 'three',
        do: () => {
          throw refusal;
        },
      },
      { name: 'four' },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await expect(done).rejects.toBe(refusal);
    expect(log.slice(5)).toEqual([
      'verify three {"token":"three-token"}',
      'undo three {"token":"three-token"}',
      'undo two {"token":"two-token","made":"two"}',
      'undo one {"token":"one-token","made":"one"}',
    ]);
    expect(operations.get(id)).toMatchObject({
      state: 'failed',
      result: null,
      error: { code: 'host-incapable', message: 'No such CPU.', details: { cpu: 'i8' } },
      steps: ['undone', 'undone', 'undone', 'pending'].map((state) => ({ state })),
    });
  });

  it('does not undo a step that refused in its intent', async () => {
    const { operations, definition, log } = chainEngine([
      { name: 'one' },
      {
        name: 'two',
        intent: () => {
          throw new ProtiumError('already-exists', 'The name is taken.');
        },
      },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await expect(done).rejects.toMatchObject({ code: 'already-exists' });
    expect(log.slice(3)).toEqual(['undo one {"token":"one-token","made":"one"}']);
    expect(operations.get(id)?.steps.map(({ state }) => state)).toEqual(['undone', 'pending']);
  });

  it('does not undo a step that says that it had no effect', async () => {
    const taken = new ProtiumError('already-exists', 'The name is taken.');
    const { operations, definition, log } = chainEngine([
      {
        name: 'one',
        do: () => {
          throw withoutEffect(taken);
        },
      },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await expect(done).rejects.toBe(taken);
    expect(log).toEqual(['intent one']);
    expect(operations.get(id)).toMatchObject({ state: 'failed', steps: [{ state: 'undone' }] });
  });

  it('turns libvirt’s errors and others into those of the catalogue', async () => {
    const error = new LibvirtError({
      code: virError.resourceBusy,
      domain: 10,
      level: 2,
      message: 'device busy',
      call: 'domains.create',
    });
    for (const [thrown, code] of [
      [error, 'busy'],
      [new TypeError('undefined is not a function'), 'internal'],
    ] as const) {
      const { operations, definition } = chainEngine([
        {
          name: 'one',
          do: () => {
            throw thrown;
          },
        },
      ]);
      await expect((await operations.start(definition, { resource: 'a' })).done).rejects.toMatchObject({
        code,
        message: `Could not make one: ${thrown instanceof LibvirtError ? 'device busy' : String(thrown)}`,
        cause: thrown,
      });
    }
  });

  it('undoes a step that failed late with the facts that verify finds', async () => {
    const { operations, definition, log } = chainEngine([
      {
        name: 'one',
        do: () => {
          throw new ProtiumError('deadline-exceeded', 'No answer.');
        },
        verify: () => ({ made: 'late' }),
      },
    ]);
    const { done } = await operations.start(definition, { resource: 'a' });
    await expect(done).rejects.toMatchObject({ code: 'deadline-exceeded' });
    expect(log.at(-1)).toBe('undo one {"token":"one-token","made":"late"}');
  });

  it('undoes a step by its intent when it cannot be verified', async () => {
    const { operations, definition, log } = chainEngine([
      {
        name: 'one',
        do: () => {
          throw new ProtiumError('deadline-exceeded', 'No answer.');
        },
        verify: () => {
          throw new Error('no answer either');
        },
      },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await expect(done).rejects.toMatchObject({ code: 'deadline-exceeded' });
    expect(log.at(-1)).toBe('undo one {"token":"one-token"}');
    expect(operations.get(id)?.steps).toMatchObject([{ state: 'undone' }]);
  });

  it('takes everything back when the result cannot be made', async () => {
    const definition = chain({
      steps: [{ name: 'one' }],
      result: () => {
        throw new Error('no result');
      },
    });
    const operations = engine(databasePath(), [definition]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await expect(done).rejects.toMatchObject({ code: 'internal' });
    expect(operations.get(id)?.steps).toMatchObject([{ state: 'undone' }]);
  });

  it('undoes by its intent a step whose facts JSON cannot hold', async () => {
    const { operations, definition, log } = chainEngine([
      { name: 'one', do: () => ({ made: 3n as unknown as string }) },
    ]);
    const { done } = await operations.start(definition, { resource: 'a' });
    await expect(done).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('facts.made') as string,
    });
    expect(log.at(-1)).toBe('undo one {"token":"one-token"}');
  });

  it('may have nobody who listens', async () => {
    const { operations, definition } = chainEngine([
      {
        name: 'one',
        do: () => {
          throw new Error('unheard');
        },
      },
    ]);
    const { id } = await operations.start(definition, { resource: 'a' });
    // vitest fails a run with an unhandled rejection.
    expect((await operations.wait(id)).state).toBe('failed');
  });
});

describe('after a step that cannot be taken back', () => {
  it('nothing is undone, and a cancel is refused', async () => {
    const reached = gate();
    const go = gate();
    const { operations, definition, log } = chainEngine([
      { name: 'one' },
      {
        name: 'two',
        irreversible: true,
        do: async () => {
          reached.open();
          await go.passed;
          throw new Error('fails');
        },
      },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await reached.passed;
    await expect(operations.cancel(id)).rejects.toMatchObject({ code: 'state-conflict' });
    go.open();
    await expect(done).rejects.toMatchObject({ code: 'internal' });
    expect(log.filter((line) => line.startsWith('undo'))).toEqual([]);
    expect(operations.get(id)).toMatchObject({
      state: 'failed',
      steps: [{ state: 'done' }, { state: 'started' }],
    });
  });

  it('a cancel before it is heeded', async () => {
    const reached = gate();
    const go = gate();
    const { operations, definition, log } = chainEngine([
      {
        name: 'one',
        do: async () => {
          reached.open();
          await go.passed;
        },
      },
      { name: 'two', irreversible: true },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await reached.passed;
    await operations.cancel(id);
    go.open();
    await expect(done).rejects.toMatchObject({ code: 'cancelled' });
    expect(log).not.toContain('do two');
    expect(log.at(-1)).toMatch(/^undo one/);
  });

  it('a cancel that comes while a step is done that cannot be taken back afterwards is obeyed, or too late', async () => {
    for (const outcome of ['given up', 'done'] as const) {
      const reached = gate();
      const go = gate();
      const { operations, definition, log } = chainEngine([
        {
          name: 'one',
          irreversibleOnceDone: true,
          do: async (): Promise<void> => {
            reached.open();
            await go.passed;
            if (outcome === 'given up') throw new Error('the signal was heeded');
          },
        },
        { name: 'two' },
      ]);
      const { id, done } = await operations.start(definition, { resource: 'a' });
      await reached.passed;
      await operations.cancel(id);
      go.open();
      if (outcome === 'given up') {
        await expect(done).rejects.toMatchObject({ code: 'cancelled' });
        expect(log.at(-1)).toMatch(/^undo one/);
      } else {
        await done;
        expect(operations.get(id)).toMatchObject({ state: 'succeeded' });
        expect(log.filter((line) => line.startsWith('undo'))).toEqual([]);
      }
    }
  });

  it('what fails behind a step that cannot be taken back once done fails, cancelled or not', async () => {
    const reached = gate();
    const go = gate();
    const { operations, definition, log } = chainEngine([
      {
        name: 'one',
        irreversibleOnceDone: true,
        do: async (): Promise<void> => {
          reached.open();
          await go.passed;
        },
      },
      { name: 'two', do: (): Promise<void> => Promise.reject(new ProtiumError('busy', 'not now')) },
    ]);
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await reached.passed;
    await operations.cancel(id);
    go.open();
    await expect(done).rejects.toMatchObject({ code: 'busy' });
    expect(operations.get(id)).toMatchObject({ state: 'failed' });
    expect(log.filter((line) => line.startsWith('undo'))).toEqual([]);
  });
});

describe('libvirt that goes away in the middle', () => {
  const away = () => new LibvirtConnectionError('libvirt closed the connection');
  const failingOnce = (): (() => void) => {
    let tries = 0;
    return () => {
      tries += 1;
      if (tries === 1) throw away();
    };
  };

  it('of what is resumed after a restart: it is waited for, unless nothing is done yet', async () => {
    const steps: ChainStep[] = [
      { name: 'one', verify: () => ({ made: 'one' }) },
      { name: 'two', do: failingOnce() },
    ];
    const definition = chain({ onRestart: 'resume', steps });
    const unbegun = chain({
      kind: 'test.unbegun',
      onRestart: 'resume',
      steps: [{ name: 'one', do: failingOnce() }],
    });
    const operations = engine(databasePath(), [definition, unbegun], {
      libvirtReturns: () => Promise.resolve(true),
    });
    await (
      await operations.start(definition, { resource: 'a' })
    ).done;
    const refused = await operations.start(unbegun, { resource: 'a' });
    await expect(refused.done).rejects.toMatchObject({ code: 'libvirt-unavailable' });
  });

  it.each([
    ['come about', () => ({ made: 'found' }), 'succeeded'],
    ['not come about', () => 'absent' as const, 'failed'],
  ])(
    'while something was done that has no way back: it is asked, and it has %s',
    async (_, verify, state) => {
      const steps: ChainStep[] = [
        { name: 'one', verify: () => ({ made: 'one' }) },
        { name: 'two', irreversibleOnceDone: true, verify, do: failingOnce() },
      ];
      const { operations, definition } = chainEngine(steps, { libvirtReturns: () => Promise.resolve(true) });
      const { id } = await operations.start(definition, { resource: 'a' });
      expect(await operations.wait(id)).toMatchObject({ state });
    },
  );

  it('is no longer waited for when the operation is cancelled', async () => {
    const waits = gate();
    const steps: ChainStep[] = [{ name: 'one' }, { name: 'two', do: failingOnce() }];
    const definition = chain({ onRestart: 'resume', steps });
    const operations = engine(databasePath(), [definition], {
      libvirtReturns: (signal) => {
        waits.open();
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)));
      },
    });
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await waits.passed;
    await operations.cancel(id);
    await expect(done).rejects.toMatchObject({ code: 'libvirt-unavailable' });
    expect(operations.get(id)).toMatchObject({
      state: 'cancelled',
      steps: [{ state: 'undone' }, { state: 'undone' }],
    });
  });

  it('of what cannot be taken back: it is waited for, and the operation goes on', async () => {
    const { operations, definition, log } = chainEngine(
      [
        { name: 'one', irreversible: true },
        { name: 'two', irreversible: true, verify: null, do: failingOnce() },
        { name: 'three' },
      ],
      { libvirtReturns: () => Promise.resolve(true) },
    );
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await done;
    expect(operations.get(id)).toMatchObject({
      state: 'succeeded',
      steps: [{ state: 'done' }, { state: 'done' }, { state: 'done' }],
    });
    expect(log.filter((line) => /^(undo|intent)/.test(line))).toEqual([
      'intent one',
      'intent two',
      // Not believed without a question, and done once more.
      'intent one',
      'intent two',
      'intent three',
    ]);
  });

  it.each([
    ['stays away', false, 1],
    ['goes away at each try', true, 5],
  ])('and %s: the operation fails as it stands', async (_, returns, waits) => {
    const asked: AbortSignal[] = [];
    const { operations, definition, log } = chainEngine(
      [
        {
          name: 'one',
          irreversible: true,
          do: () => {
            throw away();
          },
        },
      ],
      { libvirtReturns: (signal) => Promise.resolve(asked.push(signal) > 0 && returns) },
    );
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await expect(done).rejects.toMatchObject({ code: 'libvirt-unavailable' });
    expect(asked).toHaveLength(waits);
    expect(operations.get(id)).toMatchObject({ state: 'failed', steps: [{ state: 'started' }] });
    expect(log.filter((line) => line.startsWith('undo'))).toEqual([]);
  });

  it('is not waited for where there is a way back, or where something else failed', async () => {
    const asked: string[] = [];
    const libvirtReturns = () => Promise.resolve(asked.push('asked') > 0);
    const reversible = chainEngine(
      [
        {
          name: 'one',
          do: () => {
            throw away();
          },
        },
      ],
      { libvirtReturns },
    );
    const { done } = await reversible.operations.start(reversible.definition, { resource: 'a' });
    await expect(done).rejects.toMatchObject({ code: 'libvirt-unavailable' });
    expect(reversible.log.at(-1)).toMatch(/^undo one/);
    const refusal = new ProtiumError('busy', 'not now');
    const other = chainEngine(
      [
        {
          name: 'one',
          irreversible: true,
          do: () => {
            throw refusal;
          },
        },
      ],
      {
        libvirtReturns,
      },
    );
    const failing = await other.operations.start(other.definition, { resource: 'a' });
    await expect(failing.done).rejects.toBe(refusal);
    expect(asked).toEqual([]);
  });

  it('ends the waiting when the daemon stops: the next one goes on', async () => {
    const waits = gate();
    const libvirtReturns = (signal: AbortSignal): Promise<boolean> => {
      waits.open();
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)));
    };
    const { operations, definition, path } = chainEngine(
      [{ name: 'one', irreversible: true, do: failingOnce() }],
      { libvirtReturns },
    );
    const { id, done } = await operations.start(definition, { resource: 'a' });
    await waits.passed;
    await operations.stop({ graceMs: 0 });
    await expect(done).rejects.toMatchObject({ code: 'interrupted' });
    const next = engine(path, [definition]);
    expect((await next.recover()).resumed).toEqual([id]);
  });
});
