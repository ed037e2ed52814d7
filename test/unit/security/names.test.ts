import { describe, expect, it } from 'vitest';
import { requireName } from '../../../internal/api/v1/names.ts';
import { requireImageName } from '../../../internal/images/names.ts';
import { requireNewName } from '../../../internal/storage/new-name.ts';
import { openIncomingDirectory } from '../../../internal/images/incoming/incoming-directory.ts';
import { secretKey } from '../../../internal/store/secret-key.ts';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const hostile = [
  '',
  '.',
  '..',
  '../x',
  'a/../../etc',
  'a/b',
  '/etc/passwd',
  '-x',
  '--connect',
  '.hidden',
  'a b',
  'a\n',
  'a\0',
  'A',
  'ä',
  'a\u202eb',
  '%2e%2e%2f',
  '$(reboot)',
  'a;reboot',
  `]]>&"'<`,
  'a'.repeat(64),
];

describe.each([
  ['of an image', requireImageName],
  ['of an instance, a snapshot, a lease, a provision', (name: string) => requireName(name, 'name')],
  ['of a pool, a volume, a network', (name: string) => requireNewName('pool', name)],
])('a name %s', (_what, check) => {
  it.each(hostile)('is not %j', (name) => {
    expect(() => check(name)).toThrow(expect.objectContaining({ code: 'argument-invalid' }) as Error);
  });

  it.each(['a', '0', 'web-1.example', 'a'.repeat(63)])('may be %j', (name) => {
    expect(() => check(name)).not.toThrow();
  });
});

it('what is only the daemon’s can be read by nobody else', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'protium-private-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);
  secretKey(directory);
  expect(mode(path.join(directory, 'request.key'))).toBe('600');
  const incoming = openIncomingDirectory(path.join(directory, 'incoming'));
  expect(mode(path.join(directory, 'incoming'))).toBe('700');
  expect(mode(await incoming.create('operation'))).toBe('700');
});
