import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireNewName } from '../../../internal/storage/new-name.ts';
import { requireAllowedDirectory } from '../../../internal/storage/pools/allowed-directory.ts';
import { checkPoolSource } from '../../../internal/storage/pools/check-source.ts';
import type { PoolSource } from '../../../internal/storage/pools/pool-source.ts';
import { notOfSeed } from '../../../internal/storage/volumes/guarded-volumes.ts';
import { copyFailure } from '../../../internal/storage/volumes/storage-full.ts';
import { readRange } from '../../../internal/storage/volumes/volume-content.ts';
import type { LibvirtClient } from '../../../internal/libvirt/client.ts';
import { LibvirtError } from '../../../internal/libvirt/error.ts';
import { temporaryDirectory } from '../store/state.ts';

const invalid = expect.objectContaining({ code: 'argument-invalid' }) as unknown as Error;

describe('a name', () => {
  it.each(['a', '0', 'a.b-c', 'x'.repeat(63)])('%s is taken', (name) => {
    expect(requireNewName('pool', name)).toBe(name);
  });
  it.each(['', 'A', '-a', '.a', 'a/b', '..', 'a b', 'ä', 'x'.repeat(64), 'a\n'])('%j is refused', (name) => {
    expect(() => requireNewName('pool', name)).toThrow(invalid);
  });
});

describe('a source of a pool', () => {
  const netfs = { kind: 'netfs', host: 'nas', directory: '/x', format: 'nfs', mountPath: '/mnt/x' } as const;
  const rbd = { kind: 'rbd', cephPool: 'p', monitors: [{ name: 'm' }], login: null } as const;
  const good: PoolSource[] = [
    { kind: 'dir', path: '/srv/a' },
    { kind: 'fs', device: '/dev/sdb1', format: 'xfs', mountPath: '/mnt/a' },
    netfs,
    { ...netfs, host: '2001:db8::1' },
    { kind: 'logical', group: 'vg0' },
    { kind: 'zfs', dataset: 'tank/vms' },
    rbd,
  ];
  it.each(good)('$kind is taken', (source) => {
    expect(() => checkPoolSource(source)).not.toThrow();
  });
  const bad: PoolSource[] = [
    { kind: 'dir', path: 'srv' },
    { kind: 'dir', path: '/srv/../etc' },
    { kind: 'dir', path: '/srv//a' },
    { kind: 'dir', path: '/srv/a\n' },
    { kind: 'dir', path: '/' },
    { kind: 'fs', device: '/etc/passwd', format: null, mountPath: '/mnt/a' },
    { kind: 'fs', device: '/dev/sda', format: 'evil', mountPath: '/mnt/a' },
    { ...netfs, host: '-o' },
    { ...netfs, host: 'a b' },
    { ...netfs, format: 'x' },
    { kind: 'logical', group: '--help' },
    { kind: 'logical', group: '../x' },
    { kind: 'zfs', dataset: 'tank//vms' },
    { ...rbd, monitors: [] },
    { ...rbd, login: { user: 'u', secretUuid: 'no' } },
  ];
  it.each(bad)('%j is refused', (source) => {
    expect(() => checkPoolSource(source)).toThrow(invalid);
  });
});

it('a directory lies below a root wherever links lead', async () => {
  const root = path.join(temporaryDirectory(), 'root');
  mkdirSync(root);
  symlinkSync('/etc', path.join(root, 'link'));
  await requireAllowedDirectory(path.join(root, 'new/deeper'), [root]);
  const forbidden = { code: 'path-forbidden' };
  await expect(requireAllowedDirectory(path.join(root, 'link/x'), [root])).rejects.toMatchObject(forbidden);
  await expect(requireAllowedDirectory(root, [root])).rejects.toMatchObject(forbidden);
  await expect(requireAllowedDirectory(`${root}-other`, [root])).rejects.toMatchObject(forbidden);
});

describe('a range', () => {
  it.each([
    [undefined, null],
    ['bytes=0-', { first: 0n, last: 9n }],
    ['bytes=2-4', { first: 2n, last: 4n }],
    ['bytes=2-99', { first: 2n, last: 9n }],
    ['bytes=-3', { first: 7n, last: 9n }],
    ['bytes=-99', { first: 0n, last: 9n }],
    // Several, or other units: all is sent.
    ['bytes=1-2,4-5', null],
    ['lines=1-2', null],
    ['bytes=-', null],
  ])('%s', (header, range) => {
    expect(readRange(header, 10n)).toEqual(range);
  });
  it.each(['bytes=10-', 'bytes=5-4', 'bytes=-0'])('%s is refused', (header) => {
    expect(() => readRange(header, 10n)).toThrow(invalid);
  });
});

it('what an instance sets itself up from is not given away', () => {
  const seed = { pool: 'p', name: '11111111-1111-4111-8111-111111111111-seed.iso' };
  expect(() => notOfSeed(seed)).toThrow(expect.objectContaining({ code: 'permission-denied' }) as Error);
  expect(() => notOfSeed({ pool: 'p', name: 'seed.iso' })).not.toThrow();
});

describe('a copy that failed', () => {
  const error = (code: number) =>
    new LibvirtError({ code, domain: 18, level: 2, message: 'as the test wants it', call: 'volumes.clone' });
  const pool = (availableBytes: bigint) =>
    ({
      pools: {
        lookupByName: (name: string) => Promise.resolve({ name, uuid: 'u' }),
        refresh: () => Promise.resolve(),
        info: () => Promise.resolve({ availableBytes }),
      },
    }) as unknown as LibvirtClient;
  const needed = { pool: 'p', leastBytes: 1n, mostBytes: 100n };
  it.each([
    ['a pool that is too small', 1, 99n, 'storage-full'],
    ['something else', 1, 100n, 'libvirt-failed'],
    ['what libvirt says clearly', 55, 0n, 'state-conflict'],
  ])('for %s', async (_why, code, available, expected) => {
    expect(await copyFailure(pool(available), error(code), needed, 'copy')).toMatchObject({ code: expected });
  });
});
