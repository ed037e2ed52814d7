import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findSources, usualLimits } from '../../../../internal/provision/repository/finder.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'finder-'));
});
afterEach(() => rm(root, { recursive: true }));

async function put(name: string, text: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(path.join(root, name)), { recursive: true });
  await writeFile(path.join(root, name), text);
}

it('finds what tells of needs, the root first, three folders down', async () => {
  for (const name of [
    'a/b/c/README.md',
    'a/b/c/d/README.md',
    'go.mod',
    'README.md',
    'docs/install.md',
    'main.c',
  ])
    await put(name, 'x');
  await put('node_modules/x/package.json', '{}');
  const { files } = await findSources(root);
  expect(files.map((file) => file.path)).toEqual([
    'README.md',
    'go.mod',
    'docs/install.md',
    'a/b/c/README.md',
  ]);
});

it('follows no link, waits for no pipe, shows control signs escaped, takes what is no UTF-8', async () => {
  await symlink('/etc/passwd', path.join(root, 'README.md'));
  await symlink('/etc', path.join(root, 'docs'));
  execFileSync('mkfifo', [path.join(root, 'Makefile')]);
  await put('Dockerfile.\u001B[2J', 'FROM x');
  await put('go.mod', Uint8Array.of(0x67, 0xff, 0x0a));
  const { files, notes } = await findSources(root);
  expect(files.map((file) => file.path)).toEqual([String.raw`Dockerfile.\u001b[2J`, 'go.mod']);
  expect(files[1]?.text).toBe('g\u{FFFD}\n');
  expect(notes.join('\n')).toContain('README.md was left out');
  expect(notes.join('\n')).toContain('Makefile was left out');
});

it('cuts what is too long, and stops at its limits', async () => {
  await put('requirements.txt', '');
  const handle = await open(path.join(root, 'requirements.txt'), 'r+');
  await handle.truncate(100 * 2 ** 20);
  await handle.close();
  const cut = await findSources(root);
  expect(cut.files[0]).toMatchObject({ cut: true });
  expect(cut.files[0]?.text.length).toBe(2 ** 20);
  await put('a/README.md', 'x');
  const few = await findSources(root, { ...usualLimits, files: 1 });
  expect(few.notes.join()).toContain('1 of 2 files were left out');
  const short = await findSources(root, { ...usualLimits, bytes: 10 });
  expect(short.files).toHaveLength(1);
  const narrow = await findSources(root, { ...usualLimits, entries: 1 });
  expect(narrow.notes.join()).toContain('more than 1 names');
});

it('says that there is no such directory', async () => {
  await expect(findSources(path.join(root, 'none'))).rejects.toMatchObject({ code: 'file-not-found' });
});
