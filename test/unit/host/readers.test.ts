import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCpu } from '../../../internal/host/cpu.ts';
import { elementoFlagsOf, kernelFlagOf } from '../../../internal/host/cpu-flags.ts';
import { readDeviceUsers } from '../../../internal/host/device-users.ts';
import { machineFiles, parseRange } from '../../../internal/host/files.ts';
import { readMemory, readNumaNodes } from '../../../internal/host/memory.ts';
import { readPciDevices } from '../../../internal/host/pci-devices.ts';
import { parsePciIds } from '../../../internal/host/pci-ids.ts';
import { readDmi, readIommu, readVfio } from '../../../internal/host/platform.ts';

let root: string;
const files = () => machineFiles(root);

/** A file of the machine, or with `-> target` a link. */
async function put(place: string, content: string | Uint8Array): Promise<void> {
  const target = path.join(root, place);
  await mkdir(path.dirname(target), { recursive: true });
  if (typeof content === 'string' && content.startsWith('-> ')) await symlink(content.slice(3), target);
  else await writeFile(target, content);
}

const devices = 'sys/bus/pci/devices';

/** A device as sysfs has it, hanging on a root port. */
async function putDevice(address: string, values: Readonly<Record<string, string>>): Promise<void> {
  const place = `sys/devices/pci0000:00/0000:00:01.0/${address}`;
  await put(`${devices}/${address}`, `-> ../../../devices/pci0000:00/0000:00:01.0/${address}`);
  for (const [name, value] of Object.entries(values)) await put(`${place}/${name}`, value);
}

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'protium-machine-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('processors', () => {
  it('cores with their siblings; what is offline or isolated', async () => {
    await put(
      'proc/cpuinfo',
      'processor : 0\nvendor_id : AuthenticAMD\nmodel name : EPYC @ 3.5GHz\nflags : sse2 pni rtm\n\nprocessor : 1\n',
    );
    await put('sys/devices/system/cpu/online', '0-2\n');
    await put('sys/devices/system/cpu/isolated', '1\n');
    for (const [cpu, siblings] of [
      [0, '0,2'],
      [1, '1,3'],
      [2, '0,2'],
    ] as const) {
      await put(`sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, `${siblings}\n`);
      await put(`sys/devices/system/cpu/cpu${cpu}/topology/physical_package_id`, '-1\n');
    }
    await put('sys/devices/system/node/node1/cpulist', '1\n');
    expect(await readCpu(files(), 'X86_64')).toMatchObject({
      vendor: 'AuthenticAMD',
      frequencyMhz: 3500,
      smtOn: true,
      threadsPerCore: 2,
      elementoFlags: ['SSE2', 'SSE3', 'TSX'],
      cores: [
        { id: 0, cpus: [0, 2], socket: 0, node: 0, isolated: false },
        { id: 1, cpus: [1], socket: 0, node: 1, isolated: true },
      ],
    });
  });

  it('an empty machine is no error', async () => {
    expect(await readCpu(files(), 'ARM_8')).toMatchObject({
      vendor: 'unknown',
      cores: [],
      threadsPerCore: 1,
      frequencyMhz: null,
    });
    expect(await readMemory(files())).toEqual({ totalMib: 0, availableMib: 0, ecc: null, eccSource: null });
    expect(await readPciDevices(files(), parsePciIds(''), new Map())).toEqual([]);
    expect(await readVfio(files())).toEqual({ pciDriver: null });
  });

  it('names of features, both ways', () => {
    expect([kernelFlagOf('SSE4.1'), kernelFlagOf('avx-512'), kernelFlagOf('Nonsense')]).toEqual([
      'sse4_1',
      'avx512f',
      'nonsense',
    ]);
    expect(elementoFlagsOf(['sse4_1', 'hypervisor'])).toEqual(['SSE4.1']);
  });

  it.each([
    ['0-3,8', [0, 1, 2, 3, 8]],
    ['', []],
    ['x,2-1,5', [5]],
  ])('the set %j', (written, expected) => {
    expect(parseRange(written)).toEqual(expected);
  });
});

describe('memory', () => {
  it('nodes, huge pages and error correction', async () => {
    await put('proc/meminfo', 'MemTotal:       2097152 kB\nMemAvailable:   1048576 kB\n');
    await put('sys/devices/system/edac/mc/mc0/mc_name', 'x');
    for (const node of [0, 1]) {
      await put(
        `sys/devices/system/node/node${node}/meminfo`,
        `Node ${node} MemTotal:       1048576 kB\nNode ${node} MemFree:  1024 kB\n`,
      );
      await put(`sys/devices/system/node/node${node}/cpulist`, `${node}\n`);
      await put(`sys/devices/system/node/node${node}/distance`, node === 0 ? '10 21\n' : '21 10\n');
      await put(`sys/devices/system/node/node${node}/hugepages/hugepages-2048kB/nr_hugepages`, '8\n');
      await put(`sys/devices/system/node/node${node}/hugepages/hugepages-2048kB/free_hugepages`, '6\n');
    }
    const memory = await readMemory(files());
    expect(memory).toEqual({ totalMib: 2048, availableMib: 1024, ecc: true, eccSource: 'edac' });
    expect((await readNumaNodes(files(), memory))[1]).toEqual({
      id: 1,
      totalMib: 1024,
      freeMib: 1,
      cpus: [1],
      distances: [21, 10],
      hugepages: [{ sizeKib: 2048, total: 8, free: 6 }],
    });
  });

  it.each([
    [3, false],
    [6, true],
    [2, null],
  ])('the firmware says %d', async (correction, ecc) => {
    await put('sys/firmware/dmi/entries/16-0/raw', Uint8Array.from([16, 23, 0, 0, 3, 3, correction]));
    expect((await readMemory(files())).ecc).toBe(ecc);
  });
});

describe('PCI devices', () => {
  const gpu = { vendor: '0x10de\n', device: '0x2489\n', class: '0x030000\n' };

  it('everything that sysfs tells', async () => {
    await putDevice('0000:01:00.0', {
      ...gpu,
      driver: '-> ../../../../bus/pci/drivers/nouveau',
      iommu_group: '-> ../../../../kernel/iommu_groups/12',
      numa_node: '-1\n',
      reset_method: 'flr bus\n',
      boot_vga: '1\n',
      resource:
        '0x00000000fb000000 0x00000000fbffffff 0x0000000000040200\n0x0000006000000000 0x00000061ffffffff 0x000000000014220c\n0x0 0x0 0x0\n',
      config: '\u007f'.repeat(64),
    });
    const names = parsePciIds(
      '# list\n10de  NVIDIA Corporation\n\t2489  GA104\n\t\t10de 1234  sub\nC 03  Display\n\t00  VGA\n',
    );
    const [device] = await readPciDevices(files(), names, new Map());
    expect(device).toMatchObject({
      address: '0000:01:00.0',
      class: '030000',
      vendorName: 'NVIDIA Corporation',
      modelName: 'GA104',
      driver: 'nouveau',
      iommuGroup: 12,
      numaNode: null,
      resetMethods: ['flr', 'bus'],
      bootVga: true,
      parent: '0000:00:01.0',
      answers: true,
      bars: [
        { bytes: 16 * 1024 * 1024, is64Bit: false, prefetchable: false },
        { bytes: 8 * 1024 ** 3, is64Bit: true, prefetchable: true },
      ],
    });
    expect(
      await readIommu(
        files(),
        [device].flatMap((found) => found ?? []),
      ),
    ).toMatchObject({ enabled: true });
  });

  it('a device that fell off the bus answers with ones', async () => {
    await putDevice('0000:01:00.0', gpu);
    await put('sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/config', new Uint8Array(64).fill(0xff));
    expect((await readPciDevices(files(), parsePciIds(''), new Map()))[0]).toMatchObject({
      answers: false,
      driver: null,
      iommuGroup: null,
    });
  });

  it('who uses what', async () => {
    await putDevice('0000:01:00.0', { ...gpu, boot_vga: '1\n' });
    await put('sys/class/drm/card0', '-> ../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/drm/card0');
    await put('proc/812/comm', 'Xorg\n');
    await put('proc/812/fd/7', '-> /dev/dri/card0');
    await put(
      'sys/class/block/nvme0n1p2',
      '-> ../../devices/pci0000:00/0000:02:00.0/nvme/nvme0/nvme0n1/nvme0n1p2',
    );
    await put(
      'sys/class/block/sda',
      '-> ../../devices/pci0000:00/0000:03:00.0/ata1/host0/target0:0:0/0:0:0:0/block/sda',
    );
    await put('proc/self/mountinfo', '22 1 259:2 / /with\\040space rw - ext4 /dev/nvme0n1p2 rw\n');
    await put('proc/swaps', 'Filename Type\n/dev/sda partition 1 0 -2\n');
    await put('proc/net/route', 'Iface\tDestination\nbr0\t00000000\neth1\t0000A8C0\n');
    await put('sys/class/net/eth0', '-> ../../devices/pci0000:00/0000:04:00.0/net/eth0');
    await put('sys/class/net/eth1', '-> ../../devices/pci0000:00/0000:05:00.0/net/eth1');
    await put('sys/devices/pci0000:00/0000:04:00.0/net/eth0/master', '-> ../../../../virtual/net/br0');
    await put('sys/bus/usb/devices/1-2', '-> ../../../devices/pci0000:00/0000:06:00.0/usb1/1-2');
    await put('sys/bus/usb/devices/usb1', '-> ../../../devices/pci0000:00/0000:06:00.0/usb1');
    await put('sys/devices/pci0000:00/0000:02:00.0/nvme/nvme0/nvme0n1/nvme0n1p2/dev', '259:2\n');
    const users = await readDeviceUsers(files());
    const told = [...users].flatMap(([address, found]) =>
      found.map(({ kind, description }) => `${address} ${kind}: ${description}`),
    );
    expect(told.sort()).toEqual([
      "0000:01:00.0 boot-vga: it is the host's only display",
      '0000:01:00.0 process: Xorg (pid 812) has /dev/dri/card0 open',
      '0000:02:00.0 mount: /with space is mounted from nvme0n1p2',
      '0000:03:00.0 swap: swap is on sda',
      '0000:04:00.0 route: the default route goes over eth0',
      '0000:05:00.0 network: eth1 has an address',
      '0000:06:00.0 usb: a device is plugged in (usb 1-2)',
    ]);
  });
});

it('makers fill in placeholders', async () => {
  await put('sys/class/dmi/id/sys_vendor', 'To Be Filled By O.E.M.\n');
  await put('sys/class/dmi/id/board_vendor', 'GIGABYTE\n');
  expect(await readDmi(files())).toEqual({ manufacturer: 'GIGABYTE', product: null });
});

it.each([
  ['kernel/drivers/vfio/pci/vfio-pci.ko.xz: x', 'loadable'],
  ['kernel/drivers/net/e1000e.ko: x', 'absent'],
])('vfio-pci among the modules: %s', async (dependencies, expected) => {
  await put('proc/sys/kernel/osrelease', '6.1.0-13-amd64\n');
  await put('lib/modules/6.1.0-13-amd64/modules.dep', `${dependencies}\n`);
  expect(await readVfio(files())).toEqual({ pciDriver: expected });
});
