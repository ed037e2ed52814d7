import { describe, expect, it } from 'vitest';
import { readDeviceUsers } from '../../../internal/host/device-users/device-users.ts';
import type { MachineFiles } from '../../../internal/host/files.ts';
import { machineOf } from './machine.ts';

const bus = 'sys/devices/pci0000:00';

async function told(files: MachineFiles): Promise<readonly string[]> {
  return [...(await readDeviceUsers(files))].flatMap(([address, users]) =>
    users.map(({ kind, description }) => `${address} ${kind}: ${description}`),
  );
}

describe('disks', () => {
  const disk = (name: string, address: string, number: string) => ({
    [`sys/class/block/${name}`]: `-> ${bus}/${address}/block/${name}`,
    [`${bus}/${address}/block/${name}/dev`]: number,
  });

  it('mounted by number, or by name where the file system shows a number of its own', async () => {
    const files = machineOf({
      ...disk('nvme0n1p2', '0000:02:00.0', '259:2'),
      ...disk('sdb', '0000:03:00.0', '8:16'),
      'proc/1/mountinfo':
        '22 1 259:2 / /with\\040space rw shared:1 master:2 - ext4 /dev/root rw\n23 1 0:35 /@ /data rw - btrfs /dev/sdb rw\ngarbage',
      // The daemon's own mounts do not count where the host's are to be seen.
      'proc/self/mountinfo': '22 1 259:2 / /private rw - ext4 /dev/root rw',
    });
    expect(await told(files)).toEqual([
      '0000:02:00.0 mount: /with space is mounted from nvme0n1p2',
      '0000:03:00.0 mount: /data is mounted from sdb',
    ]);
  });

  it('that swap is on, or that are part of something', async () => {
    const files = machineOf({
      ...disk('sda', '0000:01:00.0', '8:0'),
      ...disk('sdb', '0000:02:00.0', '8:16'),
      ...disk('sdc', '0000:03:00.0', '8:32'),
      ...disk('sdd', '0000:04:00.0', '8:48'),
      ...disk('sde', '0000:05:00.0', '8:64'),
      'proc/swaps': 'Filename Type\n/dev/sda partition 1 0 -2',
      [`${bus}/0000:02:00.0/block/sdb/holders/dm-0`]: '-> sys/devices/virtual/block/dm-0',
      'sys/fs/btrfs/0b9e/devices/sdc': `-> ${bus}/0000:03:00.0/block/sdc`,
      'sys/fs/btrfs/features/mixed_groups': 1,
      'sys/module/zfs/version': '2.1.11',
      'run/udev/data/b8:48': 'S:disk/by-id/x\nE:ID_FS_TYPE=zfs_member\nE:ID_FS_USAGE=raid',
    });
    expect(await told(files)).toEqual([
      '0000:01:00.0 swap: swap is on sda',
      '0000:02:00.0 holder: sdb is part of dm-0',
      '0000:03:00.0 mount: sdc is part of a mounted btrfs',
      '0000:04:00.0 holder: sdd is part of a ZFS pool',
    ]);
  });

  it('with several ports: each of its controllers is in use', async () => {
    const subsystem = 'sys/devices/virtual/nvme-subsystem/nvme-subsys0';
    const files = machineOf({
      'sys/class/block/nvme0n1': `-> ${subsystem}/nvme0n1`,
      [`${subsystem}/nvme0n1/dev`]: '259:0',
      [`${subsystem}/nvme0`]: `-> ${bus}/0000:02:00.0/nvme/nvme0`,
      [`${subsystem}/nvme1`]: `-> ${bus}/0000:03:00.0/nvme/nvme1`,
      [`${subsystem}/iopolicy`]: 'numa',
      'sys/class/nvme-subsystem/nvme-subsys0': `-> ${subsystem}`,
      'proc/1/mountinfo': '22 1 259:0 / / rw - xfs /dev/nvme0n1 rw',
    });
    expect(await told(files)).toEqual([
      '0000:02:00.0 mount: / is mounted from nvme0n1',
      '0000:03:00.0 mount: / is mounted from nvme0n1',
    ]);
  });

  it('that a process has open', async () => {
    const files = machineOf({
      ...disk('sdb', '0000:03:00.0', '8:16'),
      'proc/900/comm': 'qemu-system-x86',
      'proc/900/fd/12': '-> /dev/sdb',
    });
    expect(await told(files)).toEqual(['0000:03:00.0 process: qemu-system-x86 (pid 900) has /dev/sdb open']);
  });
});

describe('network interfaces', () => {
  const nic = (name: string, address: string) => ({
    [`sys/class/net/${name}`]: `-> ${bus}/${address}/net/${name}`,
  });
  const upper = (name: string, address: string, on: string) => ({
    [`${bus}/${address}/net/${name}/upper_${on}`]: `-> sys/devices/virtual/net/${on}`,
    [`sys/class/net/${on}`]: `-> sys/devices/virtual/net/${on}`,
  });

  it('with the default route, by way of what is on them; with an address; in a bridge; idle', async () => {
    const files = machineOf({
      ...nic('eth0', '0000:01:00.0'),
      ...upper('eth0', '0000:01:00.0', 'bond0'),
      'sys/devices/virtual/net/bond0/upper_br0': '-> sys/devices/virtual/net/br0',
      'sys/devices/virtual/net/br0/upper_bond0': '-> sys/devices/virtual/net/bond0',
      'sys/class/net/br0': '-> sys/devices/virtual/net/br0',
      ...nic('eth1', '0000:02:00.0'),
      ...nic('eth2', '0000:03:00.0'),
      ...upper('eth2', '0000:03:00.0', 'macvtap0'),
      ...nic('eth3', '0000:04:00.0'),
      ...nic('eth4', '0000:05:00.0'),
      ...nic('eth5', '0000:06:00.0'),
      'proc/1/net/route': 'Iface\tDestination\nbr0\t00000000\neth1\t0000A8C0',
      'proc/1/net/if_inet6':
        'fe800000000000000000000000000001 02 40 20 80     eth3\n20010db8000000000000000000000001 03 40 00 80     eth4',
      'proc/1/net/ipv6_route': [
        '00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth5',
        '00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo',
      ].join('\n'),
    });
    expect(await told(files)).toEqual([
      '0000:01:00.0 route: the default route goes over eth0, which is part of br0',
      '0000:02:00.0 network: eth1 has an address',
      '0000:03:00.0 network: eth2 is part of macvtap0',
      '0000:05:00.0 network: eth4 has an address',
      '0000:06:00.0 route: the default route goes over eth5',
    ]);
  });
});

describe('displays', () => {
  const display = (address: string, deviceClass = '0x030000', bootVga = 0) => ({
    [`sys/bus/pci/devices/${address}/class`]: deviceClass,
    [`sys/bus/pci/devices/${address}/boot_vga`]: bootVga,
  });
  const only = ["0000:01:00.0 boot-vga: it is the host's only display"];

  it.each([
    ['the only one', display('0000:01:00.0', '0x030000', 1), only],
    [
      'one of two',
      { ...display('0000:01:00.0', '0x030000', 1), ...display('0000:02:00.0') },
      ['0000:01:00.0 boot-vga: the console is on it'],
    ],
    [
      'set aside for VMs since boot',
      {
        ...display('0000:01:00.0', '0x030000', 1),
        'sys/bus/pci/devices/0000:01:00.0/driver': '-> ../../../bus/pci/drivers/vfio-pci',
      },
      [],
    ],
    [
      'beside a card without a connector',
      { ...display('0000:01:00.0', '0x030000', 1), ...display('0000:02:00.0', '0x030200') },
      only,
    ],
    ['the only one, but the firmware did not set it up', display('0000:01:00.0'), []],
  ])('%s', async (_name, files, expected) => {
    expect(await told(machineOf(files))).toEqual(expected);
  });
});

it('USB: what is plugged in, not the root hubs and the interfaces of devices', async () => {
  const at = `${bus}/0000:06:00.0/usb1`;
  const files = machineOf({
    'sys/bus/usb/devices/usb1': `-> ${at}`,
    'sys/bus/usb/devices/1-2': `-> ${at}/1-2`,
    'sys/bus/usb/devices/1-2.4': `-> ${at}/1-2/1-2.4`,
    'sys/bus/usb/devices/1-2:1.0': `-> ${at}/1-2/1-2:1.0`,
    [`${at}/1-2/1-2.4/product`]: 'Keyboard',
  });
  expect(await told(files)).toEqual([
    '0000:06:00.0 usb: a device is plugged in (usb 1-2)',
    '0000:06:00.0 usb: Keyboard is plugged in (usb 1-2.4)',
  ]);
});

it('processes with the node of a card open', async () => {
  const files = machineOf({
    'sys/class/drm/card0': `-> ${bus}/0000:01:00.0/drm/card0`,
    'sys/class/sound/controlC1': `-> ${bus}/0000:01:00.1/sound/card1/controlC1`,
    'sys/class/graphics/fb0': '-> sys/devices/platform/efi-framebuffer.0/graphics/fb0',
    'proc/driver/nvidia/gpus/0000:0A:00.0/information': 'Model: \t\t x\nDevice Minor: \t 3',
    'sys/kernel/iommu_groups/12/devices/0000:05:00.0': '-> x',
    'sys/kernel/iommu_groups/12/devices/0000:05:00.1': '-> x',
    'sys/class/vfio-dev/vfio0': `-> ${bus}/0000:06:00.0/vfio-dev/vfio0`,
    'proc/812/comm': 'Xorg',
    'proc/812/fd/7': '-> /dev/dri/card0',
    'proc/812/fd/8': '-> /dev/dri/card0',
    'proc/812/fd/9': '-> /dev/fb0',
    'proc/812/fd/10': '-> socket:[1]',
    'proc/99/fd/3': '-> /dev/snd/controlC1',
    'proc/1500/comm': 'python',
    'proc/1500/fd/3': '-> /dev/nvidia3',
    'proc/1500/fd/4': '-> /dev/nvidiactl',
    'proc/1500/fd/5': '-> /dev/nvidia7',
    'proc/2000/comm': 'qemu-system-x86',
    'proc/2000/fd/30': '-> /dev/vfio/12',
    'proc/2001/comm': 'qemu-system-x86',
    'proc/2001/fd/30': '-> /dev/vfio/devices/vfio0',
    'proc/2002/': '',
  });
  expect(await told(files)).toEqual([
    '0000:01:00.1 process: a process (pid 99) has /dev/snd/controlC1 open',
    '0000:01:00.0 process: Xorg (pid 812) has /dev/dri/card0 open',
    '0000:0a:00.0 process: python (pid 1500) has /dev/nvidia3 open',
    '0000:05:00.0 virtual-machine: qemu-system-x86 (pid 2000) has /dev/vfio/12 open',
    '0000:05:00.1 virtual-machine: qemu-system-x86 (pid 2000) has /dev/vfio/12 open',
    '0000:06:00.0 virtual-machine: qemu-system-x86 (pid 2001) has /dev/vfio/devices/vfio0 open',
  ]);
});
