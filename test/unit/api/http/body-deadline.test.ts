import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { allowLongBody, bodyDeadline } from '../../../../internal/api/http/body-deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A request under way, with its answer and whether it was cut. */
function request(headers: Record<string, string>) {
  const socket = { destroy: vi.fn() };
  const asked = Object.assign(new EventEmitter(), {
    headers,
    socket,
    complete: false,
    setTimeout: vi.fn(),
  });
  const answer = new EventEmitter();
  const next = vi.fn();
  bodyDeadline(asked as unknown as Request, answer as unknown as Response, next);
  expect(next).toHaveBeenCalledOnce();
  return { asked, answer, cut: () => socket.destroy.mock.calls.length > 0 };
}

it('a body that does not come is not waited for', () => {
  for (const headers of [{ 'content-length': '10' }, { 'transfer-encoding': 'chunked' }]) {
    const { cut } = request(headers);
    vi.advanceTimersByTime(59_000);
    expect(cut()).toBe(false);
    vi.advanceTimersByTime(2000);
    expect(cut()).toBe(true);
  }
});

it('a request that has come, or was answered, may take its time', () => {
  const whole = request({ 'content-length': '10' });
  whole.asked.complete = true;
  const answered = request({ 'content-length': '10' });
  answered.answer.emit('close');
  const empty = request({ 'content-length': '0' });
  vi.advanceTimersByTime(600_000);
  expect([whole, answered, empty].map(({ cut }) => cut())).toEqual([false, false, false]);
});

it('a long body is only cut when nothing comes', () => {
  const { asked, cut } = request({ 'content-length': '10' });
  allowLongBody(asked as unknown as Request);
  vi.advanceTimersByTime(600_000);
  expect(cut()).toBe(false);
  expect(asked.setTimeout).toHaveBeenCalledExactlyOnceWith(60_000, expect.any(Function));
  (asked.setTimeout.mock.calls[0]?.[1] as () => void)();
  expect(cut()).toBe(true);
  asked.emit('end');
  expect(asked.setTimeout).toHaveBeenLastCalledWith(0);
});
