import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { databasePath, openFor } from '../operations/fixture.ts';
import { floatingHost, owner } from './fixture.ts';

const failure = (code: string, message = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as unknown as Error;

describe('an association', () => {
  it('is made once, with port 22 open, and tried before', async () => {
    const { floating, rules, steps } = floatingHost();
    expect(await floating.associate('i1', owner, { validateOnly: true })).toMatchObject({
      address: '10.77.0.1',
      connectionId: '',
    });
    expect(steps).toEqual([]);
    expect(floating.of('i1')).toBeUndefined();
    const made = await floating.associate('i1', owner);
    expect(made).toMatchObject({
      address: '10.77.0.1',
      instance: 'i1',
      owner,
      ports: [22],
      state: 'active',
      problem: null,
    });
    expect(made).not.toHaveProperty('guestAddress');
    expect(rules().open).toEqual(['10.77.0.1:22 > 192.168.130.1']);
    // The host never has an address that is not guarded.
    expect(steps).toEqual(['rules 1', 'add 10.77.0.1 lo']);
    expect(await floating.associate('i1', owner)).toEqual(made);
    expect(floating.list(owner)).toEqual([made]);
    expect(floating.list('b'.repeat(32))).toEqual([]);
  });

  it('of many at once gives nobody what another has, until all are given', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom('associate', 'release', 'renew')), {
          maxLength: 25,
        }),
        async (changes) => {
          const { floating, present } = floatingHost();
          await Promise.all(
            changes.map(async ([instance, change]) => {
              const uuid = `i${instance}`;
              try {
                if (change === 'associate') await floating.associate(uuid, owner);
                else if (change === 'release') await floating.release(uuid);
                else await floating.renew(uuid);
              } catch (error) {
                expect(['resource-in-use', 'not-found']).toContain((error as { code?: string }).code);
              }
            }),
          );
          const given = floating.list().map(({ address }) => address);
          expect(new Set(given).size).toBe(given.length);
          expect(given.length).toBeLessThanOrEqual(6);
          expect(present.map(({ address }) => address).sort()).toEqual(['127.0.0.1', ...given].sort());
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is refused when there is no address', async () => {
    const small = floatingHost({ pool: '10.77.0.1' });
    await small.floating.associate('i1', owner);
    await expect(small.floating.associate('i2', owner)).rejects.toThrow(
      failure('resource-in-use', 'None of the 1 floating addresses (10.77.0.1) is free'),
    );
    await expect(small.floating.renew('i1')).rejects.toThrow(failure('resource-in-use'));
    expect(small.floating.condition()).toEqual({ addresses: '10.77.0.1', size: 1, used: 1, problem: null });

    const off = floatingHost({ pool: 'none' });
    await expect(off.floating.associate('i1', owner)).rejects.toThrow(failure('unsupported', 'turned off'));
    expect(off.floating.condition()).toMatchObject({ addresses: null, problem: null });

    const overlapping = floatingHost();
    overlapping.state.poolProblem = 'They overlap.';
    await expect(overlapping.floating.associate('i1', owner)).rejects.toThrow(
      failure('resource-in-use', 'They overlap.'),
    );
    expect(overlapping.floating.list()).toEqual([]);
  });

  it('leaves alone what the host has itself', async () => {
    const { floating, present, rules } = floatingHost();
    present.push({ address: '10.77.0.1', device: 'eth0' });
    expect((await floating.associate('i1', owner)).address).toBe('10.77.0.2');
    expect(rules().guarded).toEqual([{ range: ['10.77.0.2', '10.77.0.6'] }]);
    await floating.release('i1');
    expect(present).toContainEqual({ address: '10.77.0.1', device: 'eth0' });
  });

  it('is another after it was renewed, with the same ports, in one change of the rules', async () => {
    const { floating, rules, made, present } = floatingHost();
    const before = await floating.associate('i1', owner);
    await floating.openPort('i1', 80);
    const times = made.length;
    expect(await floating.renew('i1', { validateOnly: true })).toMatchObject({ address: '10.77.0.2' });
    expect(made).toHaveLength(times);
    const after = await floating.renew('i1');
    expect(after).toMatchObject({ address: '10.77.0.2', ports: [22, 80], state: 'active' });
    expect(after.connectionId).not.toBe(before.connectionId);
    expect(made).toHaveLength(times + 1);
    expect(rules().open).toEqual(['10.77.0.2:22 > 192.168.130.1', '10.77.0.2:80 > 192.168.130.1']);
    expect(present.map(({ address }) => address)).toEqual(['127.0.0.1', '10.77.0.2']);
    // What was given back rests.
    expect((await floating.associate('i2', owner)).address).toBe('10.77.0.3');
  });

  it('goes, and nothing is left', async () => {
    const { floating, present, rules, steps } = floatingHost();
    await floating.associate('i1', owner);
    await floating.release('i1', { validateOnly: true });
    expect(floating.of('i1')).toMatchObject({ address: '10.77.0.1', state: 'active' });
    steps.length = 0;
    await floating.release('i1');
    expect(steps).toEqual(['remove 10.77.0.1 lo', 'rules 0']);
    expect(floating.list()).toEqual([]);
    expect(rules()).toEqual({ open: [], guarded: [] });
    expect(present).toEqual([{ address: '127.0.0.1', device: 'lo' }]);
    await floating.release('i1');
    await expect(floating.renew('i1')).rejects.toThrow(failure('not-found'));
    await expect(floating.refresh('i1')).rejects.toThrow(failure('not-found'));
    await expect(floating.openPort('i1', 80)).rejects.toThrow(failure('not-found'));
  });
});

describe('ports', () => {
  it('are opened and closed, twice too', async () => {
    const { floating, rules } = floatingHost();
    await floating.associate('i1', owner);
    for (const port of [9999, 80, 9999]) await floating.openPort('i1', port);
    expect(floating.of('i1')?.ports).toEqual([22, 80, 9999]);
    expect(rules().open).toContain('10.77.0.1:9999 > 192.168.130.1');
    await floating.openPort('i1', 81, { validateOnly: true });
    await floating.closePort('i1', 80, { validateOnly: true });
    expect(floating.of('i1')?.ports).toEqual([22, 80, 9999]);
    for (const port of [80, 80, 7]) await floating.closePort('i1', port);
    expect(floating.of('i1')?.ports).toEqual([22, 9999]);
    expect(rules().open).not.toContain('10.77.0.1:80 > 192.168.130.1');
  });
  it.each([0, -1, 65_536, 1.5, NaN])('%s is none', async (port) => {
    const { floating } = floatingHost();
    await floating.associate('i1', owner);
    await expect(floating.openPort('i1', port)).rejects.toThrow(failure('argument-invalid'));
    await expect(floating.closePort('i1', port)).rejects.toThrow(failure('argument-invalid'));
  });
  it('22 stays open, and there are not too many', async () => {
    const { floating } = floatingHost();
    await floating.associate('i1', owner);
    await expect(floating.closePort('i1', 22)).rejects.toThrow(failure('argument-invalid', 'protected'));
    for (let port = 1000; port < 1255; port += 1) await floating.openPort('i1', port);
    await expect(floating.openPort('i1', 2000)).rejects.toThrow(failure('argument-invalid', '256'));
  });
});

describe('the host', () => {
  it('refuses what is sent to an instance that is off', async () => {
    const { floating, reconciler, state, rules, change, present } = floatingHost();
    await floating.associate('i1', owner);
    reconciler.start();
    state.running.delete('i1');
    change();
    await reconciler.reconcile();
    expect(floating.of('i1')).toMatchObject({ state: 'waiting', problem: null });
    expect(rules()).toEqual({ open: [], guarded: [{ range: ['10.77.0.1', '10.77.0.6'] }] });
    expect(present.map(({ address }) => address)).toContain('10.77.0.1');
    state.running.add('i1');
    change();
    await reconciler.reconcile();
    expect(rules().open).toEqual(['10.77.0.1:22 > 192.168.130.1']);
    await reconciler.stop();
  });

  it('has no address where its rules cannot be made', async () => {
    const { floating, state, present } = floatingHost();
    state.refusal = 'nft: Operation not permitted';
    expect(await floating.associate('i1', owner)).toMatchObject({ state: 'failed', problem: state.refusal });
    expect(present).toHaveLength(1);
    await expect(floating.refresh('i1')).rejects.toThrow(failure('unsupported', 'not permitted'));
    expect(floating.condition().problem).toBe('nft: Operation not permitted');
    state.refusal = '';
    await floating.refresh('i1');
    expect(floating.of('i1')?.state).toBe('active');
    // It stops working later.
    state.refusal = 'nft: gone';
    await expect(floating.refresh('i1')).rejects.toThrow(failure('unsupported'));
    expect(present).toHaveLength(1);
  });

  it('has none while a network has them', async () => {
    const { floating, reconciler, state, present } = floatingHost();
    await floating.associate('i1', owner);
    state.poolProblem = 'They overlap.';
    await reconciler.reconcile();
    expect(floating.of('i1')).toMatchObject({ state: 'failed', problem: 'They overlap.' });
    expect(present).toHaveLength(1);
    state.poolProblem = null;
    await reconciler.reconcile();
    expect(floating.of('i1')?.state).toBe('active');
    expect(present).toHaveLength(2);
  });

  it('is left as it is until libvirt has been read, then is as it was before a restart', async () => {
    const path = databasePath();
    const before = floatingHost({ path });
    const made = await before.floating.associate('i1', owner);
    const after = floatingHost({ path });
    after.state.synced = false;
    await after.reconciler.reconcile();
    expect(after.steps).toEqual([]);
    // The host was restarted, too: its address is gone.
    after.state.synced = true;
    await after.reconciler.reconcile();
    expect(after.steps).toEqual(['rules 1', 'add 10.77.0.1 lo']);
    expect(after.floating.of('i1')).toEqual(made);
    // Another device is configured.
    const moved = floatingHost({ path, device: 'eth0' });
    moved.present.push({ address: '10.77.0.1', device: 'lo' });
    await moved.reconciler.reconcile({ force: true });
    expect(moved.steps).toEqual(['rules 1', 'remove 10.77.0.1 lo', 'add 10.77.0.1 eth0']);
  });

  it('has what others took away again, and keeps to itself what it got in between', async () => {
    const { floating, reconciler, present, steps } = floatingHost();
    await floating.associate('i1', owner);
    present.pop();
    await reconciler.reconcile();
    // Nothing seems to have changed.
    expect(present).toHaveLength(1);
    await floating.refresh('i1');
    expect(present.at(-1)).toEqual({ address: '10.77.0.1', device: 'lo' });
    await floating.release('i1');
    steps.length = 0;
    await floating.associate('i2', owner);
    expect(steps).toEqual(['rules 1', 'add 10.77.0.2 lo']);
  });

  it('that has a given address itself keeps it, and the association fails', async () => {
    const path = databasePath();
    await floatingHost({ path }).floating.associate('i1', owner);
    // The pool was narrowed, and its old address taken by somebody before the daemon was there again.
    openFor(path).exec('DELETE FROM floating_host_address');
    const { floating, reconciler, present, steps } = floatingHost({ path });
    present.push({ address: '10.77.0.1', device: 'eth0' });
    await reconciler.reconcile();
    expect(floating.of('i1')).toMatchObject({ state: 'failed', problem: 'The host has 10.77.0.1 itself.' });
    expect(steps).toEqual(['rules 0']);
    expect(await floating.renew('i1')).toMatchObject({ address: '10.77.0.2', state: 'active' });
    expect(present).toContainEqual({ address: '10.77.0.1', device: 'eth0' });
  });
});
