import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRounds } from '../../../internal/port-forwards/rounds.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function roundsOf(round: (force: boolean) => Promise<boolean>) {
  const log = { error: vi.fn(), warn: vi.fn(), info: vi.fn(), debug: vi.fn() };
  const view = { onChange: () => () => undefined };
  return { log, ...createRounds({ round, isNeeded: () => false, view, log, failure: 'it failed' }) };
}

it.each([
  ['does not do', () => Promise.resolve(false), 0],
  ['fails', () => Promise.reject(new Error('the lock is held')), 3],
])('a round that %s is tried again, at growing intervals, until one does', async (_what, bad, logged) => {
  const round = vi.fn<(force: boolean) => Promise<boolean>>().mockImplementation(bad);
  const rounds = roundsOf(round);
  await rounds.run(false);
  expect(round).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(500);
  expect(round).toHaveBeenCalledTimes(2);
  expect(round).toHaveBeenLastCalledWith(true);
  await vi.advanceTimersByTimeAsync(999);
  expect(round).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(round).toHaveBeenCalledTimes(3);
  expect(rounds.log.error).toHaveBeenCalledTimes(logged);

  round.mockResolvedValue(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(round).toHaveBeenCalledTimes(4);
});

it('a request that comes during a round that fails is not lost', async () => {
  let fail: (error: Error) => void = () => undefined;
  const round = vi
    .fn<(force: boolean) => Promise<boolean>>()
    .mockImplementationOnce(() => new Promise((_resolve, reject) => (fail = reject)))
    .mockResolvedValue(true);
  const rounds = roundsOf(round);
  const first = rounds.run(false);
  const second = rounds.run(false);
  fail(new Error('half-way'));
  await Promise.all([first, second]);
  await vi.advanceTimersByTimeAsync(500);
  expect(round).toHaveBeenCalledTimes(2);
});

it('is not tried again after the end', async () => {
  const round = vi.fn<(force: boolean) => Promise<boolean>>().mockResolvedValue(false);
  const rounds = roundsOf(round);
  await rounds.run(false);
  await rounds.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(round).toHaveBeenCalledTimes(1);
});
