import { describe, expect, it } from 'vitest';
import { readMigrationTargets } from '../../../internal/config/migration-targets.ts';

const plain = { peerUri: null, address: null, disks: 'copied', transport: 'direct' };

describe('hosts to move to', () => {
  it.each([
    ['other=qemu+tls://b/system', [{ ...plain, name: 'other', uri: 'qemu+tls://b/system' }]],
    [
      'b=qemu:///system?socket=/run/b  peer=qemu+tcp://10.0.0.2/system address=10.0.0.2, c=qemu+ssh://root@c/system disks=shared transport=tunnelled',
      [
        {
          ...plain,
          name: 'b',
          uri: 'qemu:///system?socket=/run/b',
          peerUri: 'qemu+tcp://10.0.0.2/system',
          address: '10.0.0.2',
        },
        {
          ...plain,
          name: 'c',
          uri: 'qemu+ssh://root@c/system',
          disks: 'shared',
          transport: 'tunnelled',
        },
      ],
    ],
    [
      'b=qemu:///system address=fe80::1',
      [{ ...plain, name: 'b', uri: 'qemu:///system', address: 'fe80::1' }],
    ],
    ['', undefined],
    ['other', undefined],
    ['=qemu:///system', undefined],
    ['Other=qemu:///system', undefined],
    ['../x=qemu:///system', undefined],
    ['other=not a uri', undefined],
    ['other=/var/run/sock', undefined],
    ['a=qemu:///x,a=qemu:///y', undefined],
    ['a=qemu:///x,', undefined],
    ['a=qemu:///x disks=both', undefined],
    ['a=qemu:///x transport=pigeon', undefined],
    ['a=qemu:///x colour=red', undefined],
    ['a=qemu:///x disks=shared disks=shared', undefined],
    ['a=qemu:///x peer=b', undefined],
    ['a=qemu:///x address=-b', undefined],
    // libvirt carries no disks through a tunnel.
    ['a=qemu:///x transport=tunnelled', undefined],
    ['a=qemu:///x disks=shared transport=tunnelled address=b', undefined],
  ])('reads %j', (text, expected) => {
    expect(readMigrationTargets(text)).toEqual(expected);
  });
});
