import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressPool,
  byteCount,
  deviceName,
  directories,
  flag,
  hostPorts,
  hosts,
  httpUrl,
  libvirtUri,
  peer,
  port,
  portWithHost,
  regions,
  timeoutMs,
} from '../../../internal/config/values.ts';

/** What the schema makes of the text; undefined: it refuses. */
function valueOf<T>(
  schema: { safeParse(text: string): { success: boolean; data?: T | undefined } },
  text: string,
) {
  const parsed = schema.safeParse(text);
  return parsed.success ? parsed.data : undefined;
}

describe('port', () => {
  it('takes every port there is and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: -70_000, max: 200_000 }), (number) => {
        expect(valueOf(port, String(number))).toBe(number >= 0 && number <= 65_535 ? number : undefined);
      }),
    );
  });

  it.each(['', ' 80', '80 ', '0x50', '8e1', '80.0', '+80', '９０'])('refuses %j', (text) => {
    expect(valueOf(port, text)).toBeUndefined();
  });
});

describe('port with host', () => {
  it.each([
    ['7001', { host: null, port: 7001 }],
    ['localhost:7001', { host: '127.0.0.1', port: 7001 }],
    ['vm.example:7001', { host: 'vm.example', port: 7001 }],
    ['[fe80::1]:1', { host: 'fe80::1', port: 1 }],
    ['localhost:', undefined],
    ['a b:1', undefined],
    ['http://localhost:7001', undefined],
  ])('reads %s', (text, expected) => {
    expect(valueOf(portWithHost, text)).toEqual(expected);
  });
});

describe('addresses to give away', () => {
  it('are ranges, or none', () => {
    expect(valueOf(addressPool, '10.0.0.1-10.0.0.2')).toEqual([{ first: 167772161, last: 167772162 }]);
    expect(valueOf(addressPool, 'none')).toBeNull();
    expect(valueOf(addressPool, 'some')).toBeUndefined();
  });
  it.each(['lo', 'eth0', 'br-lan.7', 'a'.repeat(15)])('are put on %s', (text) => {
    expect(valueOf(deviceName, text)).toBe(text);
  });
  it.each(['', '.', '..', '-o', 'a b', 'a/b', 'eth0:1', 'a'.repeat(16)])('are not put on %j', (text) => {
    expect(valueOf(deviceName, text)).toBeUndefined();
  });
});

describe('hosts', () => {
  it.each([
    ['127.0.0.1', ['127.0.0.1']],
    ['127.0.0.1,::1, localhost', ['127.0.0.1', '::1']],
    ['LOCALHOST', ['127.0.0.1']],
    ['host-1.example', ['host-1.example']],
    ['127.0.0.300', undefined],
    ['127.0.0.1,', undefined],
    ['-a', undefined],
    ['*', undefined],
    ['a/b', undefined],
  ])('reads %s', (text, expected) => {
    expect(valueOf(hosts, text)).toEqual(expected);
  });
});

describe('peer', () => {
  it.each([
    ['localhost:7002', true],
    ['[::1]:7002', true],
    ['::1:7002', false],
    ['localhost', false],
    [':7002', false],
    ['localhost:0', false],
    ['http://localhost:7002', false],
  ])('%s is taken as it stands: %s', (text, taken) => {
    expect(valueOf(peer, text)).toBe(taken ? text : undefined);
  });
});

describe('timeout', () => {
  it.each([
    ['1s', 1000],
    ['500ms', 500],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['24h', 86_400_000],
    ['1us', 1],
    ['0s', undefined],
    ['24h1s', undefined],
    ['1', undefined],
    ['-1s', undefined],
    ['1 s', undefined],
    ['1d', undefined],
    ['s', undefined],
  ])('%s is %s ms', (text, expected) => {
    expect(valueOf(timeoutMs, text)).toBe(expected);
  });

  it('adds its parts', () => {
    const part = fc.integer({ min: 1, max: 59 });
    fc.assert(
      fc.property(part, part, part, (h, m, s) => {
        const expected = (h * 3600 + m * 60 + s) * 1000;
        expect(valueOf(timeoutMs, `${h}h${m}m${s}s`)).toBe(expected <= 86_400_000 ? expected : undefined);
      }),
    );
  });
});

describe('flag', () => {
  it.each([
    ['1', true],
    ['T', true],
    ['True', true],
    ['0', false],
    ['FALSE', false],
    ['yes', undefined],
    ['2', undefined],
  ])('%s is %s', (text, expected) => {
    expect(valueOf(flag, text)).toBe(expected);
  });
});

describe('directories', () => {
  it.each([
    ['/a', ['/a']],
    ['/a/:/b/../c:/', ['/a', '/c', '/']],
    ['/a::/b', ['/a', '/b']],
    [':', undefined],
    ['/a:b', undefined],
    ['/a\0', undefined],
  ])('reads %j', (text, expected) => {
    expect(valueOf(directories, text)).toEqual(expected);
  });
});

describe('regions', () => {
  it.each([
    ['local=default', [{ id: 'local', pool: 'default' }]],
    [
      'local=default, archive=Cold_1',
      [
        { id: 'local', pool: 'default' },
        { id: 'archive', pool: 'Cold_1' },
      ],
    ],
    ['', undefined],
    ['local', undefined],
    ['local=', undefined],
    ['=default', undefined],
    ['Local=default', undefined],
    ['../x=default', undefined],
    ['local=../x', undefined],
    ['local=a,local=b', undefined],
    ['local=a,archive=a', undefined],
    ['local=a,', undefined],
  ])('reads %j', (text, expected) => {
    expect(valueOf(regions, text)).toEqual(expected);
  });
});

describe('URLs', () => {
  it.each([
    'qemu:///system',
    'qemu+ssh://root@host/system',
    'qemu:///system?socket=/run/x',
    'test:///default',
  ])('%s is a libvirt URI', (text) => {
    expect(valueOf(libvirtUri, text)).toBe(text);
  });

  it.each(['', 'qemu', 'qemu:/system', 'qemu:///a b', '///system'])('%j is none', (text) => {
    expect(valueOf(libvirtUri, text)).toBeUndefined();
  });

  it.each([
    ['http://localhost:4318', true],
    ['https://otel.example/x', true],
    ['localhost:4318', false],
    ['grpc://localhost:4317', false],
    ['http://', false],
  ])('%s is an HTTP URL: %s', (text, taken) => {
    expect(valueOf(httpUrl, text)).toBe(taken ? text : undefined);
  });
});

describe('a number of bytes', () => {
  it.each([
    ['1', 1],
    ['64GiB', 64 * 2 ** 30],
    ['2TiB', 2 ** 41],
    ['512KiB', 512 * 1024],
    ['0', undefined],
    ['0MiB', undefined],
    ['1GB', undefined],
    ['1.5GiB', undefined],
    ['-1', undefined],
    ['9999999999999999TiB', undefined],
    ['', undefined],
  ])('%j: %j', (text, expected) => {
    expect(valueOf(byteCount, text)).toBe(expected);
  });
});

describe('hosts with ports', () => {
  it.each([
    ['127.0.0.1:8080', ['127.0.0.1:8080']],
    ['Mirror.LAN:443, [::1]:80', ['mirror.lan:443', '[::1]:80']],
    ['[0:0::1]:080', ['[::1]:80']],
    ['mirror.lan', undefined],
    ['mirror.lan:0', undefined],
    ['mirror.lan:99999', undefined],
    ['::1:80', undefined],
    ['http://mirror.lan:80', undefined],
    [':80', undefined],
    ['a:80,', undefined],
  ])('%j: %j', (text, expected) => {
    expect(valueOf(hostPorts, text)).toEqual(expected);
  });
});
