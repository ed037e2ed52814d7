import { describe, expect, it } from 'vitest';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { card, machine } from '../placement/hosts.ts';
import { gpu, hour, leaseWorld, minute, specOf, t0, uuidOf } from './world.ts';

const refused = { outcome: 'refused' };

describe('an instance without a lease', () => {
  it('on room that is leased later is told so, warned, and off before the lease starts', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('tuesday', gpu, [t0 + 2 * hour, t0 + 4 * hour]);
    const outcome = await world.run('filler', gpu);
    const uuid = uuidOf(outcome);
    const notices = outcome.outcome === 'registered' ? outcome.notices : [];
    expect(notices).toContain(
      'It is backfill: from 2026-01-01T02:00:00Z on the lease "tuesday" has what it uses, and it is shut down before.',
    );
    await world.until(t0 + 2 * hour - 10 * minute);
    expect(world.done).toEqual([
      expect.stringMatching(/^tell This VM runs on room that is leased from 2026-01-01T02:00:00Z/),
    ]);
    await world.until(t0 + 2 * hour - minute - 1);
    expect(world.host.domains.get(uuid)?.running).toBe(true);
    await world.until(t0 + 2 * hour - minute);
    expect(world.host.domains.get(uuid)?.running).toBe(false);
    expect(world.done.at(-1)).toBe(`stop within ${minute - 3000}`);
    expect(world.posted.map(({ event }) => event)).toEqual([
      'lease.booked',
      'backfill.warning',
      'backfill.stopped',
    ]);
    await world.until(t0 + 2 * hour);
    expect(world.state(id)).toBe('active');
    // Its part is gone: it cannot be started over the lease, and can when that is over.
    await expect(world.reclaim(uuid)).rejects.toMatchObject({
      code: 'lease-conflict',
      message: expect.stringContaining('has the device 0000:01:00.0') as string,
    });
    await world.until(t0 + 4 * hour);
    expect(await world.reclaim(uuid, true)).toEqual([]);
    expect(await world.reclaim(uuid)).toEqual([]);
    expect(world.host.leases.timed.get(uuid)).toBeUndefined();
  });

  it('has what no lease needs for as long as it likes', async () => {
    const world = leaseWorld(machine({ pci: [...card('0000:01:00', 10), ...card('0000:02:00', 11)] }));
    await world.book('tuesday', gpu, [t0 + 2 * hour, t0 + 4 * hour]);
    const outcome = await world.run('other', gpu);
    expect(outcome).toMatchObject({
      outcome: 'registered',
      notices: expect.not.arrayContaining([expect.stringContaining('backfill')]) as unknown,
    });
    expect(world.host.leases.timed.all()).toEqual([]);
    // And what it has cannot be leased any more, but what is left can.
    await expect(world.book('wednesday', gpu, [t0 + 2 * hour, t0 + 4 * hour])).rejects.toMatchObject({
      code: 'lease-conflict',
    });
    await world.book('thursday', gpu, [t0 + 4 * hour, t0 + 5 * hour]);
  });

  it('gets another device than the one that a lease names, where there is one', async () => {
    const world = leaseWorld(machine({ pci: [...card('0000:01:00', 10), ...card('0000:02:00', 11)] }));
    const wish = { spec: { ...specOf(gpu), name: 'named' }, flavor: null, namedDevices: ['0000:01:00.0'] };
    await world.book('named', gpu, [t0 + 2 * hour, t0 + 4 * hour], { wish });
    const uuid = uuidOf(await world.run('first', gpu));
    expect(world.host.instances.get(uuid)?.plan.pci[0]?.address).toBe('0000:02:00.0');
    const outcome = await world.run('second', gpu);
    expect(world.host.instances.get(uuidOf(outcome))?.plan.pci[0]?.address).toBe('0000:01:00.0');
    expect(outcome).toMatchObject({
      notices: expect.arrayContaining([expect.stringContaining('backfill')]) as unknown,
    });
  });

  it('is refused where a lease runs, or starts too soon for it', async () => {
    const world = leaseWorld();
    world.keeper.start();
    await world.book('soon', gpu, [t0 + minute / 2, t0 + hour]);
    const outcome = await world.run('vm', gpu);
    expect(outcome).toMatchObject({
      outcome: 'refused',
      refusal: {
        reasons: expect.arrayContaining([
          expect.objectContaining({
            code: 'device-taken',
            message: expect.stringContaining('the lease "soon"') as string,
          }),
        ]) as unknown,
      },
    });
    expect(
      await world.host.instances.tryBegin({ owner: 'e'.repeat(32), name: 'dry', spec: specOf(gpu) }),
    ).toMatchObject(refused);
    await world.until(t0 + minute);
    expect(await world.run('vm', gpu)).toMatchObject(refused);
  });

  it('stays when the lease that it was to make way for is given up', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('tuesday', gpu, [t0 + 2 * hour, t0 + 4 * hour]);
    const uuid = uuidOf(await world.run('filler', gpu));
    await world.leases.cancel({ lease: id, etag: '', validateOnly: false });
    await world.until(t0 + 5 * hour);
    expect(world.host.domains.get(uuid)?.running).toBe(true);
    expect(world.host.leases.timed.all()).toEqual([]);
  });

  it('stays for longer when the lease is moved', async () => {
    const world = leaseWorld();
    world.keeper.start();
    const { id } = await world.book('tuesday', gpu, [t0 + 2 * hour, t0 + 4 * hour]);
    const uuid = uuidOf(await world.run('filler', gpu));
    await world.leases.update({ lease: id, start: t0 + 3 * hour, end: null, etag: '', validateOnly: false });
    await world.until(t0 + 2 * hour + minute);
    expect(world.host.domains.get(uuid)?.running).toBe(true);
    await world.until(t0 + 3 * hour);
    expect(world.host.domains.get(uuid)?.running).toBe(false);
    expect(world.lease(id)).toMatchObject({
      state: 'active',
      interval: { start: t0 + 3 * hour, end: t0 + 5 * hour },
    });
  });

  it('is stopped in time by a daemon that comes late, and the lease starts after it', async () => {
    let world = leaseWorld();
    const { id } = await world.book('tuesday', gpu, [t0 + 2 * hour, t0 + 4 * hour]);
    const uuid = uuidOf(await world.run('filler', gpu));
    world = await world.restart(t0 + 2 * hour + minute);
    await world.until(t0 + 2 * hour + minute + 1000);
    expect(world.host.domains.get(uuid)?.running).toBe(false);
    expect(world.state(id)).toBe('active');
  });

  it('that is gone is forgotten, and what it was promised can be leased', async () => {
    const world = leaseWorld();
    world.keeper.start();
    await world.book('later', gpu, [t0 + 2 * hour, t0 + 4 * hour]);
    const uuid = uuidOf(await world.run('filler', gpu));
    await expect(world.book('now', gpu, [t0, t0 + hour])).rejects.toMatchObject({ code: 'lease-conflict' });
    await (
      await world.host.instances.remove(uuid, { purge: true })
    ).done;
    world.keeper.poke();
    await world.settle();
    await world.book('now', gpu, [t0, t0 + hour]);
    expect(world.host.leases.timed.all()).toEqual([]);
  });

  it('is no way to hold what is leased for ever: a subscription is refused', async () => {
    const world = leaseWorld();
    await world.book('tuesday', gpu, [t0 + 2 * hour, t0 + 4 * hour]);
    const read = readSpec(gpu);
    if (!read.ok) throw new Error('the config');
    expect((await world.host.instances.check(read.spec)).ok).toBe(true);
    expect((await world.host.instances.check(read.spec, { permanent: true })).ok).toBe(false);
  });
});
