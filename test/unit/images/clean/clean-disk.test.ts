import { chmod, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDiskCleaner } from '../../../../internal/images/clean/clean-disk.ts';
import { silent } from '../../operations/fixture-log.ts';
import { temporaryDirectory } from '../../store/state.ts';

const { PATH } = process.env;
let root: string;
let bin: string;
let file: string;
let appliance: string;
const progress: string[] = [];
const run = (signal = new AbortController().signal) => ({
  signal,
  progress: (_fraction: number, message: string) => void progress.push(message),
  log: silent,
});

/** A program in place of virt-sysprep; the tests' own PATH leads to it. */
async function sysprep(script: string): Promise<void> {
  await writeFile(
    path.join(bin, 'virt-sysprep'),
    `#!/bin/bash\n[ "$1" != --version ] || exit 0\n${script}\n`,
  );
  await chmod(path.join(bin, 'virt-sysprep'), 0o755);
}

beforeEach(async () => {
  root = temporaryDirectory();
  bin = path.join(root, 'bin');
  await mkdir(bin);
  await mkdir(path.join(root, 'operation'));
  file = path.join(root, 'operation/content');
  appliance = path.join(root, 'appliance');
  await writeFile(file, 'disk');
  progress.length = 0;
  process.env['PATH'] = `${bin}:${String(PATH)}`;
});
afterEach(() => {
  process.env['PATH'] = PATH;
});

describe('a disk', () => {
  it('is changed in its place, and nothing else stays', async () => {
    await sysprep(
      'echo "[ 0.0] Examining the guest ..."; touch "$TMPDIR/x"; last="${@: -1:1}"; echo clean > "${last#--add=}"',
    );
    await createDiskCleaner(appliance).clean(file, run());
    expect(await readFile(file, 'utf8')).toBe('clean\n');
    expect(await readdir(path.dirname(file))).toEqual(['content']);
    expect(progress).toEqual(['Examining the guest']);
  });

  it('is told to hold no system that is known', async () => {
    await sysprep(
      'echo "virt-sysprep: error: no operating systems were found in the guest image" >&2; exit 1',
    );
    await expect(createDiskCleaner(appliance).clean(file, run())).rejects.toMatchObject({
      code: 'unsupported',
      details: { reason: 'no-operating-system' },
    });
    expect(await readdir(path.dirname(file))).toEqual(['content']);
  });
});

describe('a tool that is missing', () => {
  it.each([
    ['virt-sysprep', 'guestfs-tools'],
    ['setpriv', 'util-linux'],
  ])('%s is named, with its package and the way around it', async (missing, packageName) => {
    if (missing === 'virt-sysprep') await symlink('/usr/bin/true', path.join(bin, 'setpriv'));
    process.env['PATH'] = bin;
    await expect(createDiskCleaner(appliance).requireTool()).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(new RegExp(`${missing}.*${packageName}.*as_is`)) as string,
    });
    expect(existsSync(appliance)).toBe(false);
  });
});

/** Something that it has started, as libguestfs its machine; tells its process id. */
const hanging =
  'sleep 1000 & echo $! > "$LIBGUESTFS_CACHEDIR/pid"; mkdir -p "$LIBGUESTFS_CACHEDIR/.guestfs-0/appliance.d.x"; wait';
const isGone = async (): Promise<boolean> => {
  const pid = (await readFile(path.join(appliance, 'pid'), 'utf8')).trim();
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return state === '' || state.includes(') Z ');
};

describe('one that hangs', () => {
  it('is ended by a cancel, with what it has started, and leaves nothing half made', async () => {
    await sysprep(`${hanging}; echo "it lost its machine" >&2; exit 1`);
    const cancel = new AbortController();
    const cleaning = createDiskCleaner(appliance).clean(file, run(cancel.signal));
    const outcome = expect(cleaning).rejects.toThrow('enough');
    await expect.poll(() => existsSync(path.join(appliance, '.guestfs-0/appliance.d.x'))).toBe(true);
    cancel.abort(new Error('enough'));
    await outcome;
    expect(await isGone()).toBe(true);
    expect(await readdir(path.join(appliance, '.guestfs-0'))).toEqual([]);
    expect(await readdir(path.dirname(file))).toEqual(['content']);
  });

  it('is ended at its deadline', async () => {
    await sysprep(`${hanging}; exit 1`);
    await expect(createDiskCleaner(appliance, 500).clean(file, run())).rejects.toMatchObject({
      code: 'deadline-exceeded',
    });
    expect(await isGone()).toBe(true);
  });

  it('is killed when the loss of its machine does not end it', { timeout: 20_000 }, async () => {
    await sysprep(`trap "" TERM; ${hanging}; while :; do sleep 1; done`);
    const cancel = new AbortController();
    const cleaning = createDiskCleaner(appliance).clean(file, run(cancel.signal));
    const outcome = expect(cleaning).rejects.toThrow('enough');
    await expect.poll(() => existsSync(path.join(appliance, '.guestfs-0/appliance.d.x'))).toBe(true);
    cancel.abort(new Error('enough'));
    await outcome;
    expect(await isGone()).toBe(true);
  });
});
