import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { usualCloneLimits, withClone } from '../../../../internal/provision/repository/clone.ts';
import { analyzeRepository } from '../../../../internal/provision/repository/analyze-repository.ts';
import { checkRepositoryUrl } from '../../../../internal/provision/repository/repository-url.ts';

let root: string;
let source: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'clone-'));
  source = path.join(root, 'source');
  await mkdir(source);
  await writeFile(path.join(source, 'go.mod'), 'module x.org/y\n\ngo 1.22\n');
  git('init', '--quiet');
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--message=one');
});
afterEach(() => rm(root, { recursive: true }));

function git(...words: readonly string[]): void {
  execFileSync('git', ['-C', source, ...words]);
}

it('gives a private clone to who asks, runs none of its hooks, and removes it', async () => {
  const hook = path.join(source, '.git/hooks/post-checkout');
  await mkdir(path.dirname(hook), { recursive: true });
  await writeFile(hook, `#!/bin/sh\ntouch ${root}/hooked\n`);
  await chmod(hook, 0o755);
  let seen = '';
  const names = await withClone(`file://${source}`, usualCloneLimits, (directory) => {
    seen = directory;
    return Promise.resolve(readdirSync(directory));
  });
  expect(names.toSorted()).toEqual(['.git', 'go.mod']);
  expect(existsSync(path.dirname(seen))).toBe(false);
  expect(existsSync(path.join(root, 'hooked'))).toBe(false);
  const analysis = await analyzeRepository(`file://${source}`);
  expect(analysis.facts.runtime['go']?.value).toBe('1.22');
});

it('is removed when its use fails, and says why a clone fails', async () => {
  let seen = '';
  const failing = withClone(`file://${source}`, usualCloneLimits, (directory) => {
    seen = directory;
    return Promise.reject(new Error('no'));
  });
  await expect(failing).rejects.toThrow('no');
  expect(existsSync(path.dirname(seen))).toBe(false);
  await expect(analyzeRepository(`file://${root}/none`)).rejects.toMatchObject({ code: 'download-failed' });
});

it('refuses what is too large, and what takes too long', async () => {
  await expect(analyzeRepository(`file://${source}`, { bytes: 100 })).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining('MiB') as string,
  });
  // It takes the connection, and never answers.
  const silent = createServer(() => undefined);
  const port = await new Promise<number>((resolve) => {
    silent.listen(0, '127.0.0.1', () => {
      const address = silent.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  await expect(
    analyzeRepository(`https://127.0.0.1:${port}/x.git`, { timeoutMs: 300 }),
  ).rejects.toMatchObject({ code: 'deadline-exceeded' });
  const stop = new AbortController();
  stop.abort();
  await expect(analyzeRepository(`file://${source}`, { signal: stop.signal })).rejects.toMatchObject({
    code: 'cancelled',
  });
  silent.close();
});

it.each([
  '--upload-pack=touch /tmp/x',
  'ext::sh -c id',
  'ext::sh',
  'git://example.org/x',
  'http://example.org/x',
  'ssh://-oProxyCommand=id/x',
  'ssh://%2doProxyCommand=id/x',
  'ssh://git@%h:22/a',
  'https://u:secret@example.org/x',
  'https://example.org/a\nb',
  'git@example.org:x/y',
  'ssh://git@example.org/x',
  'file://host/x',
])('refuses the URL %j', (url) => {
  expect(() => checkRepositoryUrl(url, { ssh: false, local: true })).toThrow('cannot be used');
});

it('takes ssh where it was asked for, and files of callers of this host only', () => {
  expect(checkRepositoryUrl('git@example.org:x/y', { ssh: true, local: true })).toBe('git@example.org:x/y');
  expect(checkRepositoryUrl('ssh://git@example.org/x', { ssh: true, local: true })).toBe(
    'ssh://git@example.org/x',
  );
  expect(() => checkRepositoryUrl('git@example.org:-x', { ssh: true, local: true })).toThrow('begins with');
  expect(() => checkRepositoryUrl('file:///etc', { ssh: false, local: false })).toThrow('file of the host');
});
