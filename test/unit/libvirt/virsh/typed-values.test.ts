import { describe, expect, test } from 'vitest';
import {
  parseGuestInfo,
  parseMemoryStats,
  parseOneStats,
  parseStats,
} from '../../../../internal/libvirt/virsh/output/typed-values.ts';

/** Outputs recorded from virsh 9.0.0; the types are those that libvirt sends. */
describe('domain statistics', () => {
  test('have the types that libvirt sends', () => {
    const output = `Domain: 'd'3'
  state.state=1
  state.reason=5
  cpu.time=11106842000
  cpu.cache.monitor.count=0
  cpu.haltpoll.success.time=0
  balloon.current=65536
  balloon.maximum=65536
  balloon.last-update=0
  vcpu.current=1
  vcpu.maximum=2
  vcpu.0.state=1
  vcpu.0.time=8220000000
  vcpu.0.halted=no
  net.count=1
  net.0.name=vnet0
  net.0.rx.bytes=478
  block.count=1
  block.0.name=vda
  block.0.path=/a=b/base.qcow2
  block.0.backingIndex=2
  block.0.rd.reqs=1
  block.0.capacity=41943040
  dirtyrate.calc_status=0
  dirtyrate.calc_start_time=0
  dirtyrate.calc_period=0
  dirtyrate.calc_mode=page-sampling

Domain: 'gone'
  state.state=5

`;
    const domain = { name: "d'3", uuid: '2e6827e4-9b6b-4a35-9dc6-c4a377491d8b', id: 3 };
    expect(parseStats(output, (name) => (name === domain.name ? domain : undefined))).toEqual([
      {
        domain,
        stats: {
          'state.state': 1,
          'state.reason': 5,
          'cpu.time': 11_106_842_000n,
          'cpu.cache.monitor.count': 0,
          'cpu.haltpoll.success.time': 0n,
          'balloon.current': 65_536n,
          'balloon.maximum': 65_536n,
          'balloon.last-update': 0n,
          'vcpu.current': 1,
          'vcpu.maximum': 2,
          'vcpu.0.state': 1,
          'vcpu.0.time': 8_220_000_000n,
          'vcpu.0.halted': false,
          'net.count': 1,
          'net.0.name': 'vnet0',
          'net.0.rx.bytes': 478n,
          'block.count': 1,
          'block.0.name': 'vda',
          'block.0.path': '/a=b/base.qcow2',
          'block.0.backingIndex': 2,
          'block.0.rd.reqs': 1n,
          'block.0.capacity': 41_943_040n,
          'dirtyrate.calc_status': 0,
          'dirtyrate.calc_start_time': 0n,
          'dirtyrate.calc_period': 0,
          'dirtyrate.calc_mode': 'page-sampling',
        },
      },
    ]);
  });

  test('of one domain', () => {
    expect(parseOneStats("Domain: 'a'\n  state.state=5\n  state.reason=0\n\n")).toEqual({
      'state.state': 5,
      'state.reason': 0,
    });
  });
});

test('memory statistics are KiB', () => {
  expect(parseMemoryStats('actual 65536\nlast_update 0\nrss 48936\n')).toEqual({
    actual: 65_536n,
    last_update: 0n,
    rss: 48_936n,
  });
});

test('guest information: texts stay texts even where they look like numbers', () => {
  const output = `user.count          : 1
user.0.name         : 1000
user.0.login-time   : 1700000000000
os.id               : debian
os.version-id       : 12
timezone.name       : UTC
timezone.offset     : 0
hostname            : web1
fs.count            : 1
fs.0.mountpoint     : /
fs.0.name           : vda1
fs.0.total-bytes    : 1020702720
fs.0.disk.count     : 1
fs.0.disk.0.alias   : vda
`;
  expect(parseGuestInfo(output)).toEqual({
    'user.count': 1,
    'user.0.name': '1000',
    'user.0.login-time': 1_700_000_000_000n,
    'os.id': 'debian',
    'os.version-id': '12',
    'timezone.name': 'UTC',
    'timezone.offset': 0,
    hostname: 'web1',
    'fs.count': 1,
    'fs.0.mountpoint': '/',
    'fs.0.name': 'vda1',
    'fs.0.total-bytes': 1_020_702_720n,
    'fs.0.disk.count': 1,
    'fs.0.disk.0.alias': 'vda',
  });
});
