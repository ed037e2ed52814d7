import { describe, expect, it } from 'vitest';
import type { LeaseQuota } from '../../../internal/leases/policy.ts';
import { gpu, hour, leaseWorld, owner, plain, specOf, t0 } from './world.ts';

const other = 'b'.repeat(32);
const [ada, bob] = ['d', 'e'].map((digit) => digit.repeat(32)) as [string, string];

function world(quota: Partial<LeaseQuota>) {
  const none: LeaseQuota = { cores: null, memoryMib: null, gpuHoursPerWeek: null };
  const made = leaseWorld(undefined, {
    quotaOfUser: (user) => (user === ada ? { ...none, ...quota } : none),
  });
  made.keeper.start();
  return made;
}
const refusal = (message: string) =>
  expect.objectContaining({
    code: 'lease-refused',
    message: expect.stringContaining(message) as string,
  }) as unknown;

describe('leases of a user', () => {
  it('have no more GPU-hours a week than their quota, in all projects together', async () => {
    const one = world({ gpuHoursPerWeek: 5 });
    const { id } = await one.book('a', gpu, [t0 + hour, t0 + 4 * hour], { creator: ada });
    expect(one.lease(id).creator).toBe(ada);
    const at = (start: number): [number, number] => [t0 + start * hour, t0 + (start + 3) * hour];
    await expect(one.book('b', gpu, at(5), { owner: other, creator: ada })).rejects.toEqual(
      refusal('By your own quota, of all that you have in all projects: In the week of'),
    );
    // Another's, and nobody's, are not theirs; nor is what needs no GPU.
    await one.book('of-bob', gpu, at(5), { owner, creator: bob });
    await one.book('of-nobody', gpu, at(8), { owner });
    await one.book('plain', plain, at(5), { owner: other, creator: ada });
    // The week after counts anew.
    await one.book('later', gpu, at(7 * 24), { owner: other, creator: ada });
  });

  it('count those of a series one after the other', async () => {
    const { leases } = world({ gpuHoursPerWeek: 5 });
    const series = (creator: string) =>
      leases.create({
        owner,
        creator,
        name: 'series',
        wish: { spec: { ...specOf(gpu), name: 'series' }, flavor: null, namedDevices: [] },
        start: t0 + hour,
        end: t0 + 3 * hour,
        durationMs: 0,
        launch: true,
        endAction: 'stop',
        graceMs: 0,
        warnBeforeMs: [],
        repeat: { rule: 'weekly:TH,FR,SA', until: t0 + 6 * 24 * hour, timeZone: null },
        idempotencyKey: '',
        validateOnly: true,
      });
    await expect(series(ada)).rejects.toEqual(refusal('GPU-hours'));
    expect((await series(bob)).leases.length).toBeGreaterThan(2);
  });

  it('are found a time at which the quota allows them, and are not moved where it does not', async () => {
    const one = world({ cores: 2 });
    const { leases } = one;
    const two = { ...plain, slots: 2 };
    const first = await one.book('a', two, [t0 + hour, t0 + 4 * hour], { creator: ada });
    const wish = { spec: { ...specOf(two), name: 'b' }, flavor: null, namedDevices: [] };
    const asked = { owner: other, wish, durationMs: 2 * hour, from: t0 + hour, until: null, limit: 1 };
    const starts = async (creator: string) =>
      (await leases.availability({ ...asked, creator })).windows.map(({ start }) => (start - t0) / hour);
    expect([await starts(ada), await starts(bob)]).toEqual([[4], [1]]);
    const second = await one.book('b', two, [t0 + 4 * hour, t0 + 6 * hour], { owner: other, creator: ada });
    const move = (start: number) =>
      leases.update({ lease: second.id, start, end: null, etag: '', validateOnly: true });
    await expect(move(t0 + 3 * hour)).rejects.toEqual(refusal('2 cpus are wanted; at most 2 are allowed'));
    await move(t0 + 5 * hour);
    await leases.cancel({ lease: first.id, etag: '', validateOnly: false });
    await move(t0 + 3 * hour);
  });

  it('have instances that are made by the same user', async () => {
    const one = world({});
    const { id } = await one.book('a', plain, [t0 + hour, t0 + 4 * hour], { creator: ada });
    const again = await one.restart(t0 + 2 * hour);
    expect(again.lease(id).creator).toBe(ada);
    expect(again.host.instances.list()).toMatchObject([{ owner, creator: ada }]);
  });
});
