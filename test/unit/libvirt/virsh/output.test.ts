import { describe, expect, test } from 'vitest';
import { LibvirtProtocolError } from '../../../../internal/libvirt/error.ts';
import {
  parseDhcpLeases,
  parseInterfaceAddresses,
} from '../../../../internal/libvirt/virsh/output/addresses.ts';
import { elementText, nameIn } from '../../../../internal/libvirt/virsh/output/document.ts';
import {
  parseBlockInfo,
  parseBlockJob,
  parseDomainInfo,
  parseFilesystemCount,
  parseJobStats,
} from '../../../../internal/libvirt/virsh/output/domain.ts';
import {
  parseFreeMemory,
  parseMade,
  parseNodeInfo,
  parsePoolInfo,
  parseVersions,
  parseVolumeInfo,
} from '../../../../internal/libvirt/virsh/output/host.ts';

/** Outputs recorded from virsh 9.0.0. */
describe('the host', () => {
  test('node information', () => {
    const output = `CPU model:           x86_64
CPU(s):              2
CPU frequency:       2596 MHz
CPU socket(s):       1
Core(s) per socket:  2
Thread(s) per core:  1
NUMA cell(s):        1
Memory size:         7956684 KiB
`;
    expect(parseNodeInfo(output)).toEqual({
      cpuModel: 'x86_64',
      memoryKiB: 7_956_684n,
      cpus: 2,
      mhz: 2596,
      numaNodes: 1,
      sockets: 1,
      coresPerSocket: 2,
      threadsPerCore: 1,
    });
  });

  test('versions: those of the daemon and of the hypervisor', () => {
    const output = `Compiled against library: libvirt 9.0.1
Using library: libvirt 9.0.1
Using API: QEMU 9.0.1
Running hypervisor: QEMU 7.2.22
Running against daemon: 9.0.0
`;
    expect(parseVersions(output)).toEqual({ libvirt: '9.0.0', hypervisor: '7.2.22' });
  });

  test('free memory in bytes', () => {
    expect(parseFreeMemory('Total: 4562592 KiB\n')).toEqual([{ cell: 'Total', bytes: 4_672_094_208n }]);
    expect(
      parseFreeMemory(
        '    0:       2048 KiB\n    1:       4096 KiB\n--------------------\nTotal:       6144 KiB\n',
      ),
    ).toEqual([
      { cell: '0', bytes: 2_097_152n },
      { cell: '1', bytes: 4_194_304n },
      { cell: 'Total', bytes: 6_291_456n },
    ]);
  });
});

describe('domains', () => {
  test('information', () => {
    const output = `Id:             -
Name:           -dash
UUID:           702af2ab-4dd8-409b-9cc7-785e3f40e4d8
OS Type:        hvm
State:          shut off
CPU(s):         1
Max memory:     65536 KiB
Used memory:    32768 KiB
Persistent:     yes
Autostart:      disable
Managed save:   yes
Security model: none
Security DOI:   0
`;
    expect(parseDomainInfo(output)).toEqual({
      state: 'shutoff',
      maxMemoryKiB: 65_536,
      memoryKiB: 32_768,
      vcpus: 1,
      persistent: true,
      autostart: false,
      managedSave: true,
    });
  });

  test('the size of a disk', () => {
    expect(
      parseBlockInfo('Capacity:       134217728\nAllocation:     204800\nPhysical:       196616\n'),
    ).toEqual({ capacityBytes: 134_217_728n, allocationBytes: 204_800n, physicalBytes: 196_616n });
  });

  test('a block job', () => {
    expect(
      parseBlockJob(' type=Active Block Commit\n bandwidth=1000000\n cur=1048576\n end=41943040\n'),
    ).toEqual({
      type: 'active-commit',
      bandwidthBytesPerSecond: 1_000_000n,
      current: 1_048_576n,
      end: 41_943_040n,
    });
    expect(parseBlockJob('')).toBeNull();
  });

  test('a job', () => {
    expect(parseJobStats('Job type: 0\n\n')).toEqual({ type: 'none', stats: {} });
    expect(parseJobStats('Job type: 2\noperation: 3\nmemory_total: 12345\n')).toEqual({
      type: 'unbounded',
      stats: { operation: 3, memory_total: 12_345n },
    });
  });

  test('the number of frozen file systems', () => {
    expect(parseFilesystemCount('Froze 2 filesystem(s)\n')).toBe(2);
  });
});

describe('addresses', () => {
  test('of interfaces: one with two addresses, one with none', () => {
    const output = ` vnet0      52:54:00:aa:bb:01    ipv4         192.168.77.5/24
 vnet0      52:54:00:aa:bb:01    ipv6         fd00::5/0
 dummy0     N/A                  N/A          N/A
`;
    expect(parseInterfaceAddresses(output)).toEqual([
      {
        interface: 'vnet0',
        mac: '52:54:00:aa:bb:01',
        addresses: [
          { family: 'ipv4', address: '192.168.77.5', prefix: 24 },
          { family: 'ipv6', address: 'fd00::5', prefix: 0 },
        ],
      },
      { interface: 'dummy0', mac: null, addresses: [] },
    ]);
  });

  test('leased', () => {
    const output = ` 2026-11-22 23:19:53   52:54:00:aa:bb:01   ipv4   192.168.77.5/24   web1   01:52:54:00:aa:bb:01
 2026-11-22 23:19:53   52:54:00:aa:bb:01   ipv6   fd00::5/0         -      00:01:00:01:2c:52:54:00:aa:bb:01
 2026-11-22 23:19:53   52:54:00:aa:bb:02   ipv4   192.168.77.6/24   -      -
`;
    const common = { interface: 'virbr7', expires: '2026-11-22T23:19:53.000Z', iaid: null };
    expect(parseDhcpLeases(output, 'virbr7')).toEqual([
      {
        ...common,
        family: 'ipv4',
        mac: '52:54:00:aa:bb:01',
        address: '192.168.77.5',
        prefix: 24,
        hostname: 'web1',
        clientId: '01:52:54:00:aa:bb:01',
      },
      {
        ...common,
        family: 'ipv6',
        mac: '52:54:00:aa:bb:01',
        address: 'fd00::5',
        prefix: 0,
        hostname: null,
        clientId: '00:01:00:01:2c:52:54:00:aa:bb:01',
      },
      {
        ...common,
        family: 'ipv4',
        mac: '52:54:00:aa:bb:02',
        address: '192.168.77.6',
        prefix: 24,
        hostname: null,
        clientId: null,
      },
    ]);
  });
});

describe('storage', () => {
  test('an active pool', () => {
    const output = `Name:           p 1
UUID:           8a81b6f2-e6a2-453d-a933-be3ad983a2d0
State:          running
Persistent:     yes
Autostart:      no
Capacity:       270553174016
Allocation:     26931687424
Available:      243621486592
`;
    expect(parsePoolInfo(output)).toEqual({
      state: 'running',
      capacityBytes: 270_553_174_016n,
      allocationBytes: 26_931_687_424n,
      availableBytes: 243_621_486_592n,
    });
  });

  test('an inactive pool has no sizes', () => {
    expect(parsePoolInfo('Name: p\nState: inactive\nPersistent: yes\nAutostart: no\n')).toEqual({
      state: 'inactive',
      capacityBytes: 0n,
      allocationBytes: 0n,
      availableBytes: 0n,
    });
  });

  test('a volume', () => {
    expect(
      parseVolumeInfo(
        'Name:           v\nType:           file\nCapacity:       1048576 bytes\nAllocation:     0 bytes\n',
      ),
    ).toEqual({ type: 'file', capacityBytes: 1_048_576n, allocationBytes: 0n });
  });
});

describe('what was made', () => {
  test.each([
    [
      "Domain snapshot s  1 created from '/tmp/a b/snapshot.xml'\n\n",
      /^Domain snapshot (.+) created(?: from '[^']*')?$/,
      's  1',
    ],
    [
      'Domain snapshot 1700000000 created\n',
      /^Domain snapshot (.+) created(?: from '[^']*')?$/,
      '1700000000',
    ],
    [
      'Screenshot saved to /tmp/a b/screenshot, with type of image/x-portable-pixmap\n',
      /(\S+\/\S+)$/,
      'image/x-portable-pixmap',
    ],
  ])('%j', (output, pattern, made) => {
    expect(parseMade(output, pattern)).toBe(made);
  });

  test('nothing is refused', () => {
    expect(() => parseMade('\n', /(.+)/)).toThrow(LibvirtProtocolError);
  });
});

describe('a document', () => {
  test('gives its name as it is written', () => {
    expect(
      nameIn("<!-- <name>no</name> --><domain type='qemu'><name>a &amp;  b</name></domain>", 'domain'),
    ).toBe('a &  b');
    expect(elementText('<pool><target><path>/x</path></target></pool>', ['pool', 'target', 'path'])).toBe(
      '/x',
    );
    expect(elementText('<pool/>', ['pool', 'target', 'path'])).toBeNull();
  });

  test('without a name is refused', () => {
    expect(() => nameIn('<network><uuid/></network>', 'network')).toThrow(LibvirtProtocolError);
  });
});
