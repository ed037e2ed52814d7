import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDocument } from '../../../internal/instances/from-documents/read-document.ts';

let base: string;
let root: string;
let other: string;

beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'documents-'));
  root = path.join(base, 'root');
  other = path.join(base, 'other');
  await mkdir(path.join(root, 'xml'), { recursive: true });
  await mkdir(other);
  await mkdir(path.join(base, 'root-not'));
  await writeFile(path.join(root, 'xml/a.xml'), '<a>é</a>');
  await writeFile(path.join(other, 'b.xml'), '<b/>');
  await writeFile(path.join(base, 'root-not/c.xml'), '<c/>');
  await writeFile(path.join(root, 'latin1.xml'), Buffer.from([0x3c, 0xe9, 0x3e]));
  await writeFile(path.join(root, 'large.xml'), '');
  await truncate(path.join(root, 'large.xml'), 1024 * 1024 + 1);
  await symlink(path.join(other, 'b.xml'), path.join(root, 'out.xml'));
  await symlink('a.xml', path.join(root, 'xml/in.xml'));
  await symlink('loop.xml', path.join(root, 'loop.xml'));
  await symlink('/dev/zero', path.join(root, 'zero.xml'));
  execFileSync('mkfifo', [path.join(root, 'fifo.xml')]);
});

afterAll(async () => rm(base, { recursive: true }));

describe('a document named by a request', () => {
  it.each(['xml/a.xml', './xml/a.xml', 'xml/../xml/a.xml', 'xml/in.xml'])('is read: %s', async (name) => {
    expect(await readDocument('pool', name, [root])).toBe('<a>é</a>');
  });

  it('may have an absolute path, and lie in another allowed directory', async () => {
    expect(await readDocument('pool', path.join(root, 'xml/a.xml'), [root])).toBe('<a>é</a>');
    expect(await readDocument('pool', path.join(other, 'b.xml'), [root, other])).toBe('<b/>');
    expect(await readDocument('pool', 'out.xml', [root, other])).toBe('<b/>');
  });

  it.each([
    '../other/b.xml',
    '/etc/passwd',
    '/nowhere/at/all',
    'out.xml',
    'zero.xml',
    '../root-not/c.xml',
    '..',
    '.',
  ])('must not lie elsewhere: %s', async (name) => {
    await expect(readDocument('domain', name, [root])).rejects.toMatchObject({ code: 'path-forbidden' });
  });

  it.each([
    'missing.xml',
    'xml',
    'fifo.xml',
    'loop.xml',
    'xml/a.xml/x',
    'nul\0.xml',
    `${'x'.repeat(300)}.xml`,
  ])('must be a file that can be read: %s', async (name) => {
    await expect(readDocument('volume', name, [root])).rejects.toMatchObject({
      code: 'file-not-found',
      details: { document: 'volume', path: name },
    });
  });

  it.each(['large.xml', 'latin1.xml'])('must be a document: %s', async (name) => {
    await expect(readDocument('volume', name, [root])).rejects.toMatchObject({ code: 'document-malformed' });
  });

  it('may be in the root directory when that is allowed', async () => {
    expect(await readDocument('pool', path.join(root, 'xml/a.xml'), ['/'])).toBe('<a>é</a>');
  });
});
