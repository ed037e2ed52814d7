import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSeedMaker } from '../../internal/seed/seed-maker.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'protium-seed-full-'));
});

afterEach(async () => {
  await execa('umount', [directory]);
  await rm(directory, { recursive: true });
});

const withSeed = () =>
  createSeedMaker(directory).withSeed(
    {
      uuid: '0f8fad5b-d9cb-469f-a165-70867728950e',
      hostname: 'helium',
      login: { user: 'debian', shell: '/bin/bash' },
      agentPackage: null,
      setup: { username: 'alice', password: null, sshKeys: ['ssh-ed25519 AAAA alice'], userData: null },
    },
    ({ bytes }) => Promise.resolve(bytes),
  );

it.each([
  ['the host keys', '8k', 'make the host keys of the guest'],
  ['the medium itself', '192k', 'make the medium that sets up the guest'],
])(
  'a disk that has no room for %s is said to be full, and nothing stays there',
  async (_what, size, doing) => {
    await execa('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', directory]);
    await expect(withSeed()).rejects.toMatchObject({
      code: 'storage-full',
      message: expect.stringContaining(doing) as string,
    });
    expect(await readdir(path.join(directory, 'seeds'))).toEqual([]);
  },
);

it('a disk with room for it is enough', async () => {
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', directory]);
  expect(await withSeed()).toBeGreaterThan(192 * 1024);
});
