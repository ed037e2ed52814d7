import { expect, it } from 'vitest';
import { executeInGuest, type GuestProgram } from '../../../internal/guest-agent/execute.ts';
import { fakeAgent, uuid } from './fake-agent.ts';

const program: GuestProgram = {
  path: '/bin/x',
  arguments: ['a b'],
  environment: [],
  input: Buffer.alloc(0),
  timeoutMs: 10_000,
  captureOutput: true,
  maxOutputBytes: 4,
};
const signal = new AbortController().signal;
const base64 = (text: string) => Buffer.from(text).toString('base64');

it('is asked for until it has ended, and its output is cut', async () => {
  let asked = 0;
  const { channel, sent } = fakeAgent(({ execute }) => {
    if (execute === 'guest-exec') return { pid: 12 };
    asked += 1;
    return asked < 3
      ? { exited: false }
      : { exited: true, exitcode: 3, 'out-data': base64('12345'), 'err-data': base64('1234') };
  });
  const end = await executeInGuest(channel, uuid, { ...program, input: Buffer.from('in') }, signal);
  expect(end).toEqual({
    exitCode: 3,
    signal: null,
    output: { bytes: Buffer.from('1234'), truncated: true },
    errorOutput: { bytes: Buffer.from('1234'), truncated: false },
  });
  expect(sent[0]).toEqual({
    execute: 'guest-exec',
    arguments: { path: '/bin/x', arg: ['a b'], 'input-data': base64('in'), 'capture-output': true },
  });
  expect(sent.slice(1)).toEqual(Array(3).fill({ execute: 'guest-exec-status', arguments: { pid: 12 } }));
});

it('what the agent has cut is told', async () => {
  const { channel } = fakeAgent(({ execute }) =>
    execute === 'guest-exec' ? { pid: 1 } : { exited: true, signal: 9, 'out-truncated': true },
  );
  expect(await executeInGuest(channel, uuid, program, signal)).toMatchObject({
    exitCode: null,
    signal: 9,
    output: { truncated: true },
  });
});

it('is given up with its process id when its time is over, and when the client leaves', async () => {
  const { channel } = fakeAgent(({ execute }) =>
    execute === 'guest-exec' ? { pid: 77 } : { exited: false },
  );
  const late = executeInGuest(channel, uuid, { ...program, timeoutMs: 1 }, signal);
  await expect(late).rejects.toMatchObject({ code: 'deadline-exceeded', details: { pid: 77 } });
  const leaving = new AbortController();
  const left = executeInGuest(channel, uuid, program, leaving.signal);
  leaving.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
});
