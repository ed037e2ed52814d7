import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runInChild } from '../../../internal/devices/run-in-child.ts';

function directory(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'protium-child-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

it('writes', async () => {
  const file = path.join(directory(), 'file');
  expect(await runInChild(['tee', file], { input: '0000:01:00.0', deadlineMs: 10_000 })).toEqual({
    outcome: 'done',
  });
  expect(readFileSync(file, 'utf8')).toBe('0000:01:00.0');
});

it('tells what was refused, and a command that is not there', async () => {
  expect(await runInChild(['tee', directory()], { input: '', deadlineMs: 10_000 })).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('directory') as string,
  });
  expect(await runInChild(['no-such-command'], { input: '', deadlineMs: 10_000 })).toMatchObject({
    outcome: 'refused',
  });
});

it('does not wait for what does not come back', async () => {
  // Nobody reads: opening it to write blocks in the kernel, as a driver that does not let go does.
  const pipe = path.join(directory(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const outcome = await runInChild(['tee', pipe], { input: 'x', deadlineMs: 100 });
  expect(outcome.outcome).toBe('hangs');
  // This one can be killed after all.
  if (outcome.outcome === 'hangs') await outcome.ended;
});
