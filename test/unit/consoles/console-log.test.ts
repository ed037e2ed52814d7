import { mkdir, mkdtemp, rename, rm, symlink, writeFile, appendFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followLog, libvirtLogDirectory, readLogTail } from '../../../internal/consoles/console-log.ts';

let directory: string;
let file: string;
const all = { maxBytes: 1024, maxLines: 0 };

beforeEach(async () => {
  await mkdir(libvirtLogDirectory, { recursive: true });
  directory = await mkdtemp(path.join(libvirtLogDirectory, 'protium-test-'));
  file = path.join(directory, 'vm-serial0.log');
});
afterEach(() => rm(directory, { recursive: true }));

describe('the end of a log', () => {
  it.each([
    [1024, 0, 'one\ntwo\nthree', false],
    [7, 0, 'o\nthree', true],
    [1024, 1, 'three', true],
    [1024, 2, 'two\nthree', true],
    [1024, 9, 'one\ntwo\nthree', false],
  ])('of %i bytes and %i lines', async (maxBytes, maxLines, content, truncated) => {
    await writeFile(file, 'one\ntwo\nthree');
    const tail = await readLogTail(file, { maxBytes, maxLines });
    expect([String(tail.content), tail.truncated, tail.logBytes]).toEqual([content, truncated, 13]);
  });

  it('counts a line that is ended once', async () => {
    await writeFile(file, 'one\ntwo\n');
    expect(String((await readLogTail(file, { maxBytes: 99, maxLines: 1 })).content)).toBe('two\n');
  });
});

describe('what is no log', () => {
  it('of libvirt is not read', async () => {
    for (const name of ['/etc/passwd', `${libvirtLogDirectory}/../../../etc/passwd`, 'vm.log']) {
      await expect(readLogTail(name, all)).rejects.toMatchObject({ code: 'path-forbidden' });
    }
    await symlink('/etc/passwd', file);
    await expect(readLogTail(file, all)).rejects.toMatchObject({ code: 'path-forbidden' });
    await expect(readLogTail(directory, all)).rejects.toMatchObject({ code: 'path-forbidden' });
  });

  it('is not there', async () => {
    await expect(readLogTail(file, all)).rejects.toMatchObject({ code: 'file-not-found' });
  });
});

it('what is added is told, over a roll-over too', async () => {
  await writeFile(file, 'before');
  const leave = new AbortController();
  const added = followLog(file, (await readLogTail(file, all)).place, leave.signal);
  await appendFile(file, ' after');
  expect(String((await added.next()).value)).toBe(' after');
  await rename(file, `${file}.0`);
  await writeFile(file, 'anew');
  expect(String((await added.next()).value)).toBe('anew');
  await writeFile(file, 'cut');
  expect(String((await added.next()).value)).toBe('cut');
  leave.abort();
  expect((await added.next()).done).toBe(true);
});
