import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../internal/store/database.ts';
import { lockStateDirectory } from '../../../internal/store/state-lock.ts';
import { temporaryDirectory } from './state.ts';

/** Starts hold-lock.ts and resolves with its first line. */
async function holder(directory: string): Promise<{ process: ChildProcess; said: string }> {
  const script = join(import.meta.dirname, 'hold-lock.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { process: child, said };
}

it('lets one process have the directory, names it to the others, and is free again after kill -9', async () => {
  const directory = join(temporaryDirectory(), 'state');
  const first = await holder(directory);
  expect(first.said).toBe('held');
  expect(() => lockStateDirectory(directory)).toThrow(
    expect.objectContaining({
      code: 'state-conflict',
      message: expect.stringContaining(`Process ${String(first.process.pid)} (since `) as string,
      details: expect.objectContaining({ pid: first.process.pid, directory }) as object,
    }),
  );
  const second = await holder(directory);
  expect(second.said).toBe('state-conflict');

  const gone = once(first.process, 'exit');
  first.process.kill('SIGKILL');
  await gone;
  expect(existsSync(join(directory, 'daemon.lock.holder'))).toBe(true);
  lockStateDirectory(directory).release();
}, 30_000);

it('holds within one process too, until it is released', () => {
  const directory = temporaryDirectory();
  const lock = lockStateDirectory(directory);
  expect(() => lockStateDirectory(directory)).toThrow(expect.objectContaining({ code: 'state-conflict' }));
  // A failed attempt must not take the lock away from who holds it.
  expect(() => lockStateDirectory(directory)).toThrow(expect.objectContaining({ code: 'state-conflict' }));
  lock.release();
  lock.release();
  const next = lockStateDirectory(directory);
  expect(statSync(join(directory, 'daemon.lock')).mode & 0o777).toBe(0o600);
  next.release();
});

it('does without the holder’s name', () => {
  const directory = temporaryDirectory();
  const lock = lockStateDirectory(directory);
  writeFileSync(join(directory, 'daemon.lock.holder'), 'half a na');
  expect(() => lockStateDirectory(directory)).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/^Another process uses/) as string }),
  );
  lock.release();
});

it('is held by an open database and given back when it is closed or does not open', () => {
  const directory = temporaryDirectory();
  const database = openDatabase({ directory });
  expect(() => openDatabase({ directory })).toThrow(expect.objectContaining({ code: 'state-conflict' }));
  database.close();
  writeFileSync(join(directory, 'protium.db'), 'not a database'.repeat(100));
  expect(() => openDatabase({ directory })).toThrow(expect.objectContaining({ code: 'internal' }));
  lockStateDirectory(directory).release();
});
