import { describe, expect, it } from 'vitest';
import { architectureOf } from '../../../internal/host/architecture.ts';
import { readDmi } from '../../../internal/host/dmi.ts';
import { hasEnrolledKeys } from '../../../internal/host/firmware-descriptors.ts';
import { readVfio } from '../../../internal/host/vfio.ts';
import { findVirtioWin } from '../../../internal/host/virtio-win.ts';
import { machineOf } from './machine.ts';

describe('the maker', () => {
  it.each([
    [
      { sys_vendor: 'To Be Filled By O.E.M.', board_vendor: 'GIGABYTE ' },
      { manufacturer: 'GIGABYTE', product: null },
    ],
    [
      { sys_vendor: 'Dell Inc.', product_name: 'PowerEdge R640', board_name: '0X' },
      { manufacturer: 'Dell Inc.', product: 'PowerEdge R640' },
    ],
    [{}, { manufacturer: null, product: null }],
  ])('%j', (files, expected) => {
    const placed = Object.entries(files).map(([name, value]) => [`sys/class/dmi/id/${name}`, value] as const);
    expect(readDmi(machineOf(Object.fromEntries(placed)))).toEqual(expected);
  });
});

describe('vfio-pci', () => {
  const release = { 'proc/sys/kernel/osrelease': '6.1.0-13-amd64' };
  it.each([
    ['loaded', { 'sys/bus/pci/drivers/vfio-pci/': '' }, 'loaded'],
    [
      'a compressed module',
      { ...release, 'lib/modules/6.1.0-13-amd64/modules.dep': 'kernel/drivers/vfio/pci/vfio-pci.ko.xz: x' },
      'loadable',
    ],
    [
      'in merged /usr',
      { ...release, 'usr/lib/modules/6.1.0-13-amd64/modules.dep': 'kernel/drivers/vfio/pci/vfio-pci.ko: x' },
      'loadable',
    ],
    [
      'not built',
      { ...release, 'lib/modules/6.1.0-13-amd64/modules.dep': 'kernel/drivers/net/e1000e.ko: x' },
      'absent',
    ],
    ['no modules to be seen', release, null],
    ['no kernel to be seen', {}, null],
    ['a release that is none', { 'proc/sys/kernel/osrelease': '../../x' }, null],
  ])('%s', async (_name, files, expected) => {
    expect(await readVfio(machineOf(files))).toEqual({ pciDriver: expected });
  });
});

describe('the virtio-win medium', () => {
  it.each([
    ['nowhere', {}, null],
    [
      'by its plain name',
      { 'usr/share/virtio-win/virtio-win-0.1.240.iso': 'x', 'usr/share/virtio-win/virtio-win.iso': 'x' },
      '/usr/share/virtio-win/virtio-win.iso',
    ],
    [
      'the newest',
      {
        'var/lib/libvirt/images/virtio-win-0.1.99.iso': 'x',
        'var/lib/libvirt/images/virtio-win-0.1.240.iso': 'x',
      },
      '/var/lib/libvirt/images/virtio-win-0.1.240.iso',
    ],
    [
      'in a directory of ours first',
      { 'srv/iso/virtio-win.iso': 'x', 'usr/share/virtio-win/virtio-win.iso': 'x' },
      '/srv/iso/virtio-win.iso',
    ],
    ['something else', { 'srv/iso/virtio-windows.iso.part': 'x', 'srv/iso/win.iso': 'x' }, null],
  ])('%s', (_name, files, expected) => {
    expect(findVirtioWin(machineOf(files), ['/srv/iso'])).toBe(expected);
  });
});

describe('firmware with enrolled keys', () => {
  const descriptor = (features: readonly string[], architecture = 'x86_64') =>
    JSON.stringify({ features, targets: [{ architecture, machines: ['pc-q35-*'] }] });
  const at = 'usr/share/qemu/firmware';
  it.each([
    ['there', { [`${at}/40.json`]: descriptor(['secure-boot', 'enrolled-keys']) }, true],
    [
      'for another machine',
      { [`${at}/40.json`]: descriptor(['secure-boot', 'enrolled-keys'], 'aarch64') },
      false,
    ],
    ['without keys', { [`${at}/50.json`]: descriptor(['secure-boot']), [`${at}/60.json`]: 'garbage' }, false],
    [
      'turned off',
      { [`${at}/40.json`]: descriptor(['secure-boot', 'enrolled-keys']), 'etc/qemu/firmware/40.json': '' },
      false,
    ],
    ['no descriptors', {}, null],
  ])('%s', async (_name, files, expected) => {
    expect(await hasEnrolledKeys(machineOf(files), 'x86_64')).toBe(expected);
  });
});

it.each([
  ['x86_64', 'X86_64'],
  ['aarch64', 'ARM_8'],
  ['ppc64le', 'PPC_64'],
  ['riscv64', null],
])('architecture %s', (libvirt, elemento) => {
  expect(architectureOf(libvirt)).toBe(elemento);
});
