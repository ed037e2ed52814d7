import { expect, it } from 'vitest';
import { guestFacts } from '../../../internal/guest-agent/guest-facts.ts';

it('is read from what libvirt tells', () => {
  const facts = guestFacts({
    hostname: 'web',
    'os.id': 'debian',
    'os.pretty-name': 'Debian 12',
    'timezone.name': 'UTC',
    'fs.count': 1,
    'fs.0.mountpoint': '/',
    'fs.0.name': 'vda2',
    'fs.0.fstype': 'ext4',
    'fs.0.total-bytes': 5_000_000_000n,
    'fs.0.disk.count': 1,
    'fs.0.disk.0.alias': 'vda',
  });
  expect(facts).toMatchObject({
    hostname: 'web',
    os: { id: 'debian', prettyName: 'Debian 12', version: null },
    timeZone: 'UTC',
  });
  expect(facts.filesystems).toEqual([
    {
      name: 'vda2',
      mountpoint: '/',
      type: 'ext4',
      totalBytes: 5_000_000_000n,
      usedBytes: null,
      disks: ['vda'],
    },
  ]);
});

it('of a guest that tells nothing, or nonsense, is little', () => {
  expect(guestFacts({}).filesystems).toEqual([]);
  expect(guestFacts({ 'fs.count': -1, hostname: 7 }).hostname).toBeNull();
  expect(guestFacts({ 'fs.count': 4_000_000_000 }).filesystems).toHaveLength(4096);
});
