import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createFreezing } from '../../../internal/guest-agent/freezing.ts';
import { createFrozenGuests } from '../../../internal/guest-agent/frozen-guests.ts';
import { openFor } from '../operations/fixture.ts';
import { fakeAgent, libvirtError, uuid } from './fake-agent.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function room(domain: Parameters<typeof fakeAgent>[1] = {}) {
  const frozen = createFrozenGuests(openFor(':memory:'));
  const { channel, domains } = fakeAgent(() => ({}), domain);
  const thaws = vi.spyOn(domains, 'thawFilesystems');
  const freezes = vi.spyOn(domains, 'freezeFilesystems');
  const log = pino({ level: 'silent' });
  const run = () => createFreezing({ client: { domains: domains as never }, channel, frozen, log });
  return { frozen, thaws, freezes, run };
}

it('is on disk before anything is frozen, and gone after the thaw', async () => {
  const { frozen, freezes, run } = room();
  const freezing = run();
  freezes.mockImplementation(() => {
    expect(frozen.thawAt(uuid)).toBe(Date.now() + 1000);
    return Promise.resolve(2);
  });
  expect(await freezing.freeze(uuid, [], 1000)).toEqual({ filesystems: 2, thawAt: Date.now() + 1000 });
  await expect(freezing.freeze(uuid, [], 1000)).rejects.toMatchObject({ code: 'state-conflict' });
  expect(await freezing.thaw(uuid)).toBe(2);
  expect(frozen.all()).toEqual([]);
});

it('is thawed when its time is up, again and again until it is done', async () => {
  const { frozen, thaws, run } = room();
  await run().freeze(uuid, [], 1000);
  thaws.mockRejectedValueOnce(libvirtError(86));
  await vi.advanceTimersByTimeAsync(1000);
  expect([thaws.mock.calls.length, frozen.all().length]).toEqual([1, 1]);
  await vi.advanceTimersByTimeAsync(5000);
  expect([thaws.mock.calls.length, frozen.all().length]).toEqual([2, 0]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(thaws).toHaveBeenCalledTimes(2);
});

it('what a crash left frozen is thawed by the next run, at its time', async () => {
  const { frozen, thaws, run } = room();
  frozen.put(uuid, Date.now() + 500);
  run().resume();
  await vi.advanceTimersByTimeAsync(499);
  expect(thaws).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(thaws).toHaveBeenCalledOnce();
  expect(frozen.all()).toEqual([]);
});

it('a stop of the daemon thaws all', async () => {
  const { frozen, thaws, run } = room();
  const freezing = run();
  await freezing.freeze(uuid, [], 60_000);
  await freezing.stop(1000);
  expect(thaws).toHaveBeenCalledOnce();
  expect(frozen.all()).toEqual([]);
});

it('a stop does not wait longer than it may, and leaves it to the next run', async () => {
  const { frozen, thaws, run } = room();
  const freezing = run();
  await freezing.freeze(uuid, [], 60_000);
  thaws.mockReturnValue(new Promise(() => undefined));
  const stopped = freezing.stop(1000);
  await vi.advanceTimersByTimeAsync(1000);
  await stopped;
  expect(frozen.all()).toHaveLength(1);
});

it('a freeze that failed is taken back', async () => {
  const { frozen, thaws, freezes, run } = room();
  freezes.mockRejectedValue(libvirtError(1, 'cannot'));
  await expect(run().freeze(uuid, [], 1000)).rejects.toMatchObject({ code: 'guest-refused' });
  expect(thaws).toHaveBeenCalledOnce();
  expect(frozen.all()).toEqual([]);
});

it('a VM that is off has nothing to thaw', async () => {
  const { frozen, thaws, run } = room({ id: null, agentConnected: null });
  frozen.put(uuid, Date.now());
  run().resume();
  await vi.advanceTimersByTimeAsync(1);
  expect(thaws).not.toHaveBeenCalled();
  expect(frozen.all()).toEqual([]);
});
