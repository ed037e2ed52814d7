import { describe, expect, it } from 'vitest';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { LibvirtConnectionError } from '../../../internal/libvirt/error.ts';
import { createLeasePruner } from '../../../internal/leases/pruner.ts';
import { createLeaseStore } from '../../../internal/leases/lease-store.ts';
import { databasePath, openFor } from '../operations/fixture.ts';
import { silent } from '../operations/fixture-log.ts';
import { gpu, hour, leaseWorld, minute, owner, plain, t0, uuidOf, specOf } from './world.ts';

const states = (world: ReturnType<typeof leaseWorld>, id: string) =>
  world.events
    .filter((event) => event.id === id)
    .map(({ type, state }) => (type === 'warning' ? type : state));

describe('the life of a lease', () => {
  it('launches at its start, warns, and stops at its end, to the millisecond', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('tuesday', gpu, [t0 + hour, t0 + 3 * hour], {
      warnBeforeMs: [10 * minute, hour, 48 * hour],
    });
    await world.until(t0 + hour - 1);
    expect(world.state(id)).toBe('pending');
    expect(world.host.domains.size).toBe(0);
    await world.until(t0 + hour);
    expect(world.state(id)).toBe('active');
    const { instance, devices } = world.lease(id);
    expect(world.host.domains.get(instance ?? '')?.running).toBe(true);
    expect(devices).toContain('0000:01:00.0');
    await world.until(t0 + 2 * hour);
    expect(world.done.filter((each) => each.startsWith('tell'))).toHaveLength(1);
    await world.until(t0 + 3 * hour - 1);
    expect(world.done.at(-1)).toMatch(
      /^tell The lease "tuesday" ends at 2026-01-01T03:00:00Z: this VM is shut down/,
    );
    expect(world.done.filter((each) => each.startsWith('tell'))).toHaveLength(2);
    expect(world.state(id)).toBe('active');
    await world.until(t0 + 3 * hour);
    expect(world.state(id)).toBe('ended');
    expect(world.done.at(-1)).toBe(`stop within ${2 * minute}`);
    expect(states(world, id)).toEqual(['pending', 'active', 'warning', 'warning', 'ending', 'ended']);
    expect(world.posted.map(({ event }) => event)).toEqual([
      'lease.booked',
      'lease.started',
      'lease.warning',
      'lease.warning',
      'lease.ending',
      'lease.ended',
    ]);
    // Off it holds nothing.
    expect(world.host.instances.situation().claims).toEqual([]);
  });

  it('deletes, or takes a snapshot, where that was chosen', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const first = await world.book('a', gpu, [t0 + hour, t0 + 2 * hour], { endAction: 'delete' });
    const second = await world.book('b', gpu, [t0 + 2 * hour, t0 + 3 * hour], { endAction: 'snapshot' });
    await world.until(t0 + 2 * hour);
    expect([world.state(first.id), world.state(second.id)]).toEqual(['ended', 'active']);
    expect(world.done.slice(0, 2)).toEqual(['launch a', `stop within ${2 * minute}`]);
    // What is off is given back: the next one need not wait for its disks to be removed.
    expect(world.done.slice(2).sort()).toEqual(['launch b', 'remove']);
    await world.until(t0 + 3 * hour);
    expect(world.done.at(-1)).toBe(`snapshot lease-${second.id.slice(0, 8)}`);
    expect(world.host.domains.size).toBe(1);
  });

  it('gives its part back only when its instance is off, and the next one starts then', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const first = await world.book('a', gpu, [t0 + hour, t0 + 2 * hour]);
    const second = await world.book('b', gpu, [t0 + 2 * hour, t0 + 3 * hour]);
    await world.until(t0 + hour);
    const goOn = world.holdStops();
    world.host.leases.time.now = t0 + 2 * hour;
    world.keeper.poke();
    // Ends never wait for starts: what is looked at here is the moment between.
    const settled = world.settle();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(world.state(first.id)).toBe('ending');
    expect(world.state(second.id)).toBe('pending');
    expect(world.host.leases.holds.holdsNothing(world.lease(first.id).instance ?? '')).toBe(true);
    goOn();
    await settled;
    expect([world.state(first.id), world.state(second.id)]).toEqual(['ended', 'active']);
  });

  it('holds capacity only, for an instance that is made on it and ends with it', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('held', gpu, [t0 + hour, t0 + 3 * hour], { launch: false });
    const early = world.run('early', gpu, { lease: id });
    await expect(early).rejects.toMatchObject({ code: 'state-conflict' });
    await world.until(t0 + hour);
    expect(world.lease(id)).toMatchObject({ state: 'active', devices: ['0000:01:00.0', '0000:01:00.1'] });
    expect((await world.run('other', gpu)).outcome).toBe('refused');
    await expect(world.run('more', { ...gpu, ramsize: 4096 }, { lease: id })).rejects.toMatchObject({
      code: 'argument-invalid',
      message: expect.stringContaining('4096 MiB are asked for, 1024 MiB are leased') as string,
    });
    await expect(world.run('stranger', gpu, { lease: id, owner: 'e'.repeat(32) })).rejects.toMatchObject({
      code: 'not-found',
    });
    const uuid = uuidOf(await world.run('mine', gpu, { lease: 'held' }));
    await expect(world.run('again', gpu, { lease: id })).rejects.toMatchObject({ code: 'resource-in-use' });
    await world.until(t0 + 3 * hour);
    expect(world.state(id)).toBe('ended');
    expect(world.host.domains.get(uuid)?.running).toBe(false);
    await expect(world.run('late', gpu, { lease: id })).rejects.toMatchObject({ code: 'state-conflict' });
  });

  it('that cannot start is tried until its end, says why, and fails then', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('sad', gpu, [t0 + hour, t0 + 2 * hour]);
    world.failLaunch = new Error('the image is gone');
    await world.until(t0 + hour + 10_000);
    expect(world.lease(id)).toMatchObject({ state: 'pending', problem: 'the image is gone', attempts: 4 });
    await world.until(t0 + 2 * hour);
    expect(world.lease(id)).toMatchObject({
      state: 'failed',
      problem: 'It could not be started before its end: the image is gone',
    });
    expect(world.posted.map(({ event }) => event)).toEqual([
      'lease.booked',
      'lease.start-failed',
      'lease.failed',
    ]);
  });

  it('that fails at first starts as soon as it can', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('late', gpu, [t0 + hour, t0 + 2 * hour]);
    world.failLaunch = new Error('not yet');
    await world.until(t0 + hour + 5000);
    world.failLaunch = null;
    await world.until(t0 + hour + 8000);
    expect(world.lease(id)).toMatchObject({ state: 'active', problem: null });
  });

  it('keeps the secrets of its guest only until it was launched', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const config = { ...plain, authentication: { username: 'ada', password: 'very-secret' } };
    const { id } = await world.book('secret', config, [t0 + hour, t0 + 2 * hour]);
    expect(JSON.stringify(world.lease(id).launch)).toContain('very-secret');
    await world.until(t0 + hour);
    expect(JSON.stringify(world.lease(id))).not.toContain('very-secret');
    expect(JSON.stringify(world.posted)).not.toContain('very-secret');
  });
});

describe('a daemon that was not there', () => {
  it('starts late what is not over, ends at once what is, and fails what it missed', async () => {
    let world = leaseWorld();
    world.keeper.start();
    const missed = await world.book('missed', gpu, [t0 + hour, t0 + 2 * hour]);
    const late = await world.book('late', gpu, [t0 + 2 * hour, t0 + 5 * hour]);
    world = await world.restart(t0 + 3 * hour);
    expect(world.lease(missed.id)).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('passed while the daemon') as string,
    });
    expect(world.state(late.id)).toBe('active');
    world = await world.restart(t0 + 6 * hour);
    expect(world.state(late.id)).toBe('ended');
    // Its grace is over too.
    expect(world.done).toEqual(['stop within 0']);
    world = await world.restart(t0 + 7 * hour);
    expect(world.done).toEqual([]);
  });

  it('that was killed while it launched finds its instance', async () => {
    let world = leaseWorld();
    const { id } = await world.book('twice', gpu, [t0 + hour, t0 + 2 * hour]);
    // What was done before the kill, but for the note of it.
    world.host.leases.time.now = t0 + hour;
    const spec = { ...specOf(gpu), name: 'twice' };
    const request = { owner, name: 'twice', spec, lease: id, idempotencyKey: `lease ${id}` };
    const uuid = uuidOf(await world.host.instances.register(request));
    expect(world.state(id)).toBe('pending');
    world = await world.restart(t0 + hour + 1000);
    expect(world.lease(id)).toMatchObject({ state: 'active', instance: uuid });
    expect(world.host.domains.size).toBe(1);
  });

  it('that was killed while it ended a lease goes on with it', async () => {
    let world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('ending', gpu, [t0 + hour, t0 + 2 * hour], { endAction: 'delete' });
    await world.until(t0 + hour);
    world.holdStops();
    world.host.leases.time.now = t0 + 2 * hour;
    world.keeper.poke();
    void world.settle();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(world.state(id)).toBe('ending');
    world = await world.restart(t0 + 2 * hour + 10_000);
    expect(world.state(id)).toBe('ended');
    expect(world.done).toEqual([`stop within ${2 * minute - 10_000}`, 'remove']);
    expect(world.host.domains.size).toBe(0);
  });

  it('starts the instances of leases again after the host has booted, and no others', async () => {
    let world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('a', gpu, [t0 + hour, t0 + 5 * hour]);
    await world.until(t0 + hour);
    const uuid = world.lease(id).instance ?? '';
    // Its user has shut it down: a restart of the daemon is no reason to start it.
    world.host.setRunning(uuid, false);
    world = await world.restart(t0 + 2 * hour);
    expect(world.done).toEqual([]);
    world = await world.restart(t0 + 3 * hour, { bootId: 'boot-2' });
    expect(world.done).toEqual(['switch on']);
    expect(world.host.domains.get(uuid)?.running).toBe(true);
    await world.until(t0 + 4 * hour);
    expect(world.done).toEqual(['switch on']);
  });

  it('gives of several warnings that it missed the last one', async () => {
    let world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('a', gpu, [t0, t0 + 5 * hour], {
      warnBeforeMs: [3 * hour, 2 * hour, minute],
    });
    await world.settle();
    expect(world.state(id)).toBe('active');
    world = await world.restart(t0 + 4 * hour);
    expect(world.posted.map(({ event }) => event)).toEqual(['lease.warning']);
    expect(world.lease(id).warned).toEqual({ end: t0 + 5 * hour, beforeMs: 2 * hour });
    world = await world.restart(t0 + 4 * hour + minute);
    expect(world.posted).toEqual([]);
  });
});

describe('a daemon that stops', () => {
  it('waits for no guest, and finds nothing wrong with what it could not finish', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('a', gpu, [t0, t0 + hour]);
    await world.settle();
    world.stopFailure = new ProtiumError('interrupted', 'The daemon stops.');
    const goOn = world.holdStops();
    world.host.leases.time.now = t0 + hour;
    world.keeper.poke();
    const settled = world.settle();
    while (world.state(id) !== 'ending') await new Promise((resolve) => setTimeout(resolve, 1));
    world.keeper.stop();
    goOn();
    await settled;
    expect(world.lease(id)).toMatchObject({ state: 'ending', problem: null, attempts: 0 });
    const next = await world.restart(t0 + hour + 1000);
    expect(next.state(id)).toBe('ended');
  });
});

describe('an end that fails', () => {
  it('is tried again until it is done, and says what is wrong', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('a', gpu, [t0, t0 + hour]);
    await world.until(t0 + minute);
    world.stopFailure = new Error('libvirt says no');
    await world.until(t0 + hour + 2000);
    expect(world.lease(id)).toMatchObject({ state: 'ending', problem: 'libvirt says no' });
    expect((await world.run('other', gpu)).outcome).toBe('refused');
    world.stopFailure = null;
    await world.until(t0 + hour + 10_000);
    expect(world.lease(id)).toMatchObject({ state: 'ended', problem: null });
  });

  it('waits for libvirt with its snapshot; one that cannot be had otherwise keeps nobody waiting', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('a', gpu, [t0, t0 + hour], { endAction: 'snapshot' });
    const full = await world.book('b', gpu, [t0 + 2 * hour, t0 + 3 * hour], { endAction: 'snapshot' });
    await world.until(t0 + minute);
    world.snapshotFailure = new LibvirtConnectionError('libvirt is gone');
    await world.until(t0 + hour + 2000);
    expect(world.lease(id)).toMatchObject({ state: 'ending', problem: 'libvirt is gone' });
    world.snapshotFailure = null;
    await world.until(t0 + hour + 10_000);
    expect(world.done.at(-1)).toBe(`snapshot lease-${id.slice(0, 8)}`);
    expect(world.lease(id)).toMatchObject({ state: 'ended', problem: null, attempts: 0, retryAt: 0 });
    world.snapshotFailure = new ProtiumError('storage-full', 'no room');
    await world.until(t0 + 3 * hour + 1000);
    expect(world.lease(full.id)).toMatchObject({
      state: 'ended',
      problem: 'No snapshot could be taken: no room',
    });
  });
});

it('a lease that starts now is not past because the next second begins while it is made', async () => {
  for (let looks = 0; looks < 12; looks += 1) {
    const world = leaseWorld();
    let at = t0 + 1000 - looks;
    // Each look at the clock finds it a little later: the second ends after so many of them.
    Object.defineProperty(world.host.leases.time, 'now', { get: () => at++, set: () => undefined });
    const { interval } = await world.book('a', plain, [null, t0 + hour]);
    expect([t0, t0 + 1000]).toContain(interval.start);
  }
});

describe('clocks', () => {
  it('that are set forward or back are noticed within half a second', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world
      .book('a', gpu, [t0 + 40 * 24 * hour, t0 + 41 * 24 * hour], {})
      .catch(() => ({ id: '' }));
    // Further ahead than a timer can be, if the rules let it.
    if (id !== '') expect(world.state(id)).toBe('pending');
    const soon = await world.book('b', gpu, [t0 + hour, t0 + 2 * hour]);
    const { time } = world.host.leases;
    time.now = t0 + hour + 5;
    await world.until(time.now + 500);
    expect(world.state(soon.id)).toBe('active');
    time.now = t0 - hour;
    await world.until(time.now + 1000);
    expect(world.state(soon.id)).toBe('active');
    time.now = t0 + 3 * hour;
    await world.until(time.now + 500);
    expect(world.state(soon.id)).toBe('ended');
  });
});

describe('leases that are over', () => {
  const day = 24 * hour;

  it('are deleted when they are old, and still count for the choice of devices', async () => {
    const path = databasePath();
    const world = leaseWorld(undefined, { path });
    world.keeper.start();
    const old = await world.book('old', gpu, [t0 + hour, t0 + 3 * hour], { endAction: 'delete' });
    const given = await world.book('given-up', gpu, [t0 + 4 * hour, t0 + 5 * hour]);
    await world.leases.cancel({ lease: given.id, etag: '', validateOnly: false });
    await world.until(t0 + 3 * hour);
    const running = await world.book('runs', gpu, [t0 + 4 * hour, t0 + 90 * day]);
    const later = await world.restart(t0 + 50 * day);
    const { store } = later.host.leases;
    const spent = store.deviceHours();
    expect(spent.get('0000:01:00.0')).toBe(2);
    const pruner = createLeasePruner({
      store,
      keepMs: () => 40 * day,
      clock: { now: () => t0 + 50 * day, after: () => () => undefined },
      log: silent as never,
    });
    pruner.start();
    expect([later.state(old.id), later.state(given.id)]).toEqual(['gone', 'gone']);
    expect(later.state(running.id)).toBe('active');
    expect(store.deviceHours()).toEqual(spent);
    const database = openFor(path);
    expect(createLeaseStore(database).deviceHours()).toEqual(spent);
    expect(() => later.leases.get(old.id)).toThrow('There is no lease');
  });

  it('go a few at a time, and for ever means none', () => {
    const asked: number[] = [];
    const pauses: number[] = [];
    let keep: number | null = 40 * day;
    const pruner = createLeasePruner({
      store: {
        prune(before, most) {
          asked.push(before);
          return asked.length === 1 ? most : 0;
        },
      },
      keepMs: () => keep,
      clock: {
        now: () => t0,
        after(milliseconds, callback) {
          pauses.push(milliseconds);
          if (pauses.length === 1) callback();
          return () => undefined;
        },
      },
      log: silent as never,
    });
    pruner.start();
    expect(asked).toEqual([t0 - 40 * day, t0 - 40 * day]);
    expect(pauses).toEqual([1000, hour]);
    keep = null;
    pruner.start();
    expect(asked).toHaveLength(2);
  });
});
