import { describe, expect, it } from 'vitest';
import { readIommu } from '../../../internal/host/iommu.ts';
import { readPciDevices } from '../../../internal/host/pci-devices.ts';
import { parsePciIds } from '../../../internal/host/pci-ids.ts';
import { fixtureHost } from '../../fixtures/hosts/load.ts';
import { machineOf } from './machine.ts';

const names = parsePciIds(
  '# list\n10de  NVIDIA Corporation\n\t2489  GA104\n\t\t10de 1234  sub\n10df  Emulex\n\t0720  OneConnect\nC 03  Display\n\t00  VGA',
);
const reading = { names, users: new Map<string, never[]>(), numaNodes: 2 };
const devices = 'sys/bus/pci/devices';
const real = 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0';

/** A card below a root port. */
function card(entries: Readonly<Record<string, string | number | Uint8Array>> = {}) {
  return machineOf({
    [`${devices}/0000:01:00.0`]: `-> ${real}`,
    [`${real}/vendor`]: '0x10de',
    [`${real}/device`]: '0x2489',
    [`${real}/class`]: '0x030000',
    ...Object.fromEntries(Object.entries(entries).map(([name, value]) => [`${real}/${name}`, value])),
  });
}

describe('a device', () => {
  it('with everything that sysfs tells', async () => {
    const files = card({
      driver: '-> sys/bus/pci/drivers/nouveau',
      iommu_group: '-> sys/kernel/iommu_groups/12',
      numa_node: 1,
      reset_method: 'flr bus',
      boot_vga: 1,
      resource:
        '0x00000000fb000000 0x00000000fbffffff 0x0000000000040200\n0x0000006000000000 0x00000061ffffffff 0x000000000014220c\n0x0 0x0 0x0\n0x000000000000e000 0x000000000000e07f 0x0000000000040101',
      config: new Uint8Array(64).fill(1),
    });
    expect(await readPciDevices(files, reading)).toEqual([
      {
        address: '0000:01:00.0',
        class: '030000',
        vendor: '10de',
        model: '2489',
        subsystemVendor: null,
        subsystemModel: null,
        vendorName: 'NVIDIA Corporation',
        modelName: 'GA104',
        driver: 'nouveau',
        iommuGroup: 12,
        numaNode: 1,
        resetMethods: ['flr', 'bus'],
        bars: [
          { bytes: 16 * 1024 * 1024, is64Bit: false, prefetchable: false },
          { bytes: 8 * 1024 ** 3, is64Bit: true, prefetchable: true },
        ],
        bootVga: true,
        parent: '0000:00:01.0',
        answers: true,
        physicalFunction: null,
        virtualFunctions: null,
        mdevTypes: [],
        users: [],
      },
    ]);
  });

  it.each([
    ['fell off the bus', { config: new Uint8Array(64).fill(0xff) }, false],
    ['has no ids of its own', { config: new Uint8Array(64).fill(0xff).fill(1, 4) }, true],
    [
      'has no power, and is not woken',
      { config: new Uint8Array(64).fill(0xff), power_state: 'D3cold' },
      null,
    ],
    ['shows too little', { config: new Uint8Array(4).fill(0xff) }, null],
    ['shows nothing', {}, null],
  ])('that %s', async (_what, entries, expected) => {
    const [device] = await readPciDevices(card(entries), reading);
    expect(device?.answers).toBe(expected);
  });

  it.each([[{ numa_node: -1 }], [{}], [{ numa_node: 'x' }]])('of no known node: %j', async (entries) => {
    expect((await readPciDevices(card(entries), reading))[0]?.numaNode).toBeNull();
  });

  it('of a machine with one node', async () => {
    expect(
      (await readPciDevices(card({ numa_node: 0 }), { ...reading, numaNodes: 1 }))[0]?.numaNode,
    ).toBeNull();
  });

  it('whose driver just went away', async () => {
    const files = card({ driver: '-> sys/bus/pci/drivers/gone', iommu_group: '-> nowhere/x' });
    expect((await readPciDevices(files, reading))[0]).toMatchObject({ driver: 'gone', iommuGroup: null });
  });

  it('that went away itself, or is none', async () => {
    const files = machineOf({
      [`${devices}/0000:01:00.0`]: '-> sys/devices/gone',
      [`${devices}/garbage/vendor`]: '0x10de',
      [`${devices}/0000:02:00.0/vendor`]: 'garbage',
    });
    expect(await readPciDevices(files, reading)).toEqual([]);
  });
});

it('a group of a hundred devices', async () => {
  const entries: Record<string, string> = {};
  for (let bus = 0; bus < 100; bus += 1) {
    const at = `${devices}/0000:${bus.toString(16).padStart(2, '0')}:00.0`;
    entries[`${at}/vendor`] = '0x8086';
    entries[`${at}/device`] = '0x1';
    entries[`${at}/class`] = '0x20000';
    entries[`${at}/iommu_group`] = '-> sys/kernel/iommu_groups/0';
  }
  const found = await readPciDevices(machineOf(entries), reading);
  expect(found).toHaveLength(100);
  expect(
    new Set(found.map((device) => `${device.model} ${device.class} ${String(device.iommuGroup)}`)),
  ).toEqual(new Set(['0001 020000 0']));
});

it('virtual functions and parts of a card', async () => {
  const { pci } = await fixtureHost('sriov-nic');
  const at = (address: string) => pci.find((device) => device.address === address);
  expect(at('0000:3b:00.0')?.virtualFunctions).toEqual({
    total: 64,
    enabled: ['0000:3b:02.0', '0000:3b:02.1', '0000:3b:02.2', '0000:3b:02.3'],
  });
  expect(at('0000:3b:00.1')?.virtualFunctions).toEqual({ total: 64, enabled: [] });
  expect(at('0000:3b:02.3')).toMatchObject({
    physicalFunction: '0000:3b:00.0',
    virtualFunctions: null,
    answers: true,
  });
  expect(at('0000:5e:00.0')?.mdevTypes[0]).toEqual({ id: 'nvidia-222', name: 'GRID T4-1B', available: 16 });
});

describe('the IOMMU', () => {
  it('is on when devices have groups', async () => {
    const files = machineOf({
      'proc/cmdline': 'root=/dev/sda1 intel_iommu=on iommu=pt vfio-pci.ids=10de:2489 quiet',
      'sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts': 'Y',
    });
    const pci = await readPciDevices(card({ iommu_group: '-> sys/kernel/iommu_groups/3' }), reading);
    expect(readIommu(files, pci)).toEqual({
      enabled: true,
      commandLine: ['intel_iommu=on', 'iommu=pt', 'vfio-pci.ids=10de:2489'],
      unsafeInterrupts: true,
    });
  });

  it('is off when none has', async () => {
    expect(readIommu(machineOf({}), await readPciDevices(card(), reading))).toEqual({
      enabled: false,
      commandLine: [],
      unsafeInterrupts: false,
    });
  });
});

describe('names', () => {
  it.each([
    ['10de', '2489', 'NVIDIA Corporation', 'GA104'],
    // A device of the next vendor, a subsystem, a class: none of them is a device of this one.
    ['10de', '0720', 'NVIDIA Corporation', null],
    ['10de', '1234', 'NVIDIA Corporation', null],
    ['10df', '0720', 'Emulex', 'OneConnect'],
    ['10df', '0000', 'Emulex', null],
    ['ffff', '2489', null, null],
  ])('of %s:%s', (vendor, model, vendorName, modelName) => {
    for (let turn = 0; turn < 2; turn += 1) {
      expect(names.vendor(vendor)).toBe(vendorName);
      expect(names.model(vendor, model)).toBe(modelName);
    }
  });
});
