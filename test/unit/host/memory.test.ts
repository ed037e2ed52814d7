import { describe, expect, it } from 'vitest';
import { parseDmiTable } from '../../../internal/host/dmi-table.ts';
import { eccOfDmi } from '../../../internal/host/ecc.ts';
import { readMemory } from '../../../internal/host/memory.ts';
import { readNumaNodes } from '../../../internal/host/numa.ts';
import { machineOf } from './machine.ts';

const unknown = { totalMib: 0, availableMib: 0, guestsMib: 0, ecc: null, eccSource: null } as const;
const nodes = 'sys/devices/system/node';

describe('memory', () => {
  it('what the kernel manages, and what could be had', async () => {
    expect(
      await readMemory(
        machineOf({
          'proc/meminfo': 'MemTotal:       2097152 kB\nMemFree: 1024 kB\nMemAvailable:   1048576 kB',
        }),
      ),
    ).toMatchObject({ totalMib: 2048, availableMib: 1024 });
  });

  it('what guests hold of it', async () => {
    const files = machineOf({
      'proc/1/comm': 'systemd',
      'proc/1/status': 'VmRSS:\t    9000 kB',
      'proc/20/comm': 'qemu-system-x86',
      'proc/20/status': 'Name:\tqemu-system-x86\nVmHWM:\t 4000000 kB\nVmRSS:\t 2097152 kB\nRssAnon:\t 1 kB',
      'proc/21/comm': 'qemu-kvm',
      'proc/21/status': 'VmRSS:\t 1048576 kB',
      'proc/22/comm': 'qemu-ga',
      'proc/22/status': 'VmRSS:\t 1048576 kB',
      // It ended while it was read.
      'proc/23/comm': 'qemu-kvm',
    });
    expect(await readMemory(files)).toMatchObject({ guestsMib: 3072 });
  });

  it('an old kernel tells only what is free', async () => {
    expect(
      await readMemory(machineOf({ 'proc/meminfo': 'MemTotal: 2097152 kB\nMemFree: 524288 kB' })),
    ).toMatchObject({ availableMib: 512 });
  });

  it.each([[{}], [{ 'proc/meminfo': 'MemTotal: lots' }]])('nothing that can be read: %j', async (files) => {
    expect(await readMemory(machineOf(files))).toEqual(unknown);
  });
});

describe('nodes', () => {
  it('with distances and huge pages; one without memory, one without CPUs', () => {
    const files = machineOf({
      [`${nodes}/node0/meminfo`]: 'Node 0 MemTotal:       1048576 kB\nNode 0 MemFree:  1024 kB',
      [`${nodes}/node0/cpulist`]: '0-3',
      [`${nodes}/node0/distance`]: '10 21 17',
      [`${nodes}/node0/hugepages/hugepages-2048kB/nr_hugepages`]: 8,
      [`${nodes}/node0/hugepages/hugepages-2048kB/free_hugepages`]: 6,
      [`${nodes}/node1/meminfo`]: 'Node 1 MemTotal: 0 kB\nNode 1 MemFree: 0 kB',
      [`${nodes}/node1/cpulist`]: '4-7',
      [`${nodes}/node1/distance`]: '21 10 28',
      // Memory that hangs on CXL has no CPUs.
      [`${nodes}/node10/meminfo`]: 'Node 10 MemTotal: 2097152 kB\nNode 10 MemFree: 2097152 kB',
      [`${nodes}/node10/cpulist`]: '',
      [`${nodes}/has_cpu`]: '0-1',
    });
    expect(readNumaNodes(files, { ...unknown, totalMib: 3072 })).toEqual([
      {
        id: 0,
        totalMib: 1024,
        freeMib: 1,
        cpus: [0, 1, 2, 3],
        distances: [10, 21, 17],
        hugepages: [{ sizeKib: 2048, total: 8, free: 6 }],
      },
      { id: 1, totalMib: 0, freeMib: 0, cpus: [4, 5, 6, 7], distances: [21, 10, 28], hugepages: [] },
      { id: 10, totalMib: 2048, freeMib: 2048, cpus: [], distances: [20, 20, 10], hugepages: [] },
    ]);
  });

  it('a kernel without NUMA is one node', () => {
    const files = machineOf({
      'sys/devices/system/cpu/online': '0-1',
      'sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages': 2,
    });
    expect(readNumaNodes(files, { ...unknown, totalMib: 2048, availableMib: 1024 })).toEqual([
      {
        id: 0,
        totalMib: 2048,
        freeMib: 1024,
        cpus: [0, 1],
        distances: [10],
        hugepages: [{ sizeKib: 1_048_576, total: 2, free: 0 }],
      },
    ]);
  });
});

/** A structure of the firmware's table with one string. */
function structure(type: number, values: Readonly<Record<number, number>>, length = 24): Uint8Array {
  const data = new Uint8Array(length + 4);
  data.set([type, length]);
  for (const [place, value] of Object.entries(values)) data[Number(place)] = value;
  data.set([0x41, 0, 0], length);
  return data.slice(0, length + 3);
}

const moduleOf = (total: number, data: number) =>
  structure(17, { 8: total & 255, 9: total >> 8, 10: data & 255, 11: data >> 8 });

describe('error correction', () => {
  it.each([
    ['none', 3, false],
    ['parity', 4, false],
    ['single bit', 5, true],
    ['multiple bits', 6, true],
    ['unknown', 2, null],
  ])('the firmware says: %s', async (_name, correction, ecc) => {
    const entry = machineOf({ 'sys/firmware/dmi/entries/16-0/raw': structure(16, { 5: 3, 6: correction }) });
    expect((await readMemory(entry)).ecc).toBe(ecc);
    const table = machineOf({
      'sys/firmware/dmi/tables/DMI': Uint8Array.from([
        ...structure(0, {}),
        // Memory of the flash, not of the system.
        ...structure(16, { 5: 5, 6: 6 }),
        ...structure(16, { 5: 3, 6: correction }),
        ...structure(127, {}, 4),
      ]),
    });
    expect((await readMemory(table)).ecc).toBe(ecc);
  });

  it.each([
    ['72 bits carry 64', [moduleOf(72, 64), moduleOf(0, 0)], true],
    ['64 bits carry 64', [moduleOf(64, 64), moduleOf(64, 64)], false],
    ['one of two', [moduleOf(72, 64), moduleOf(64, 64)], false],
    ['nothing known', [moduleOf(0xffff, 0xffff)], null],
  ])('the modules say: %s', (_name, modules, ecc) => {
    expect(eccOfDmi(modules.flatMap(parseDmiTable))?.ecc ?? null).toBe(ecc);
  });

  it.each([
    ['SECDED', true],
    ['None', false],
  ])('EDAC says %s', async (mode, ecc) => {
    const files = machineOf({
      'sys/devices/system/edac/mc/mc0/dimm0/dimm_edac_mode': mode,
      'sys/devices/system/edac/mc/mc0/dimm1/dimm_edac_mode': 'None',
      'sys/devices/system/edac/mc/power/': '',
    });
    expect(await readMemory(files)).toMatchObject({ ecc, eccSource: 'edac' });
  });

  it('an old driver has no modules: it is there only where errors are corrected', async () => {
    expect(await readMemory(machineOf({ 'sys/devices/system/edac/mc/mc0/mc_name': 'x' }))).toMatchObject({
      ecc: true,
    });
  });

  it.each([[[]], [[16]], [[16, 200, 0, 0, 3]], [[16, 0, 0, 0]], [[255, 255, 255, 255]]])(
    'a broken table: %j',
    (bytes) => {
      expect(eccOfDmi(parseDmiTable(Uint8Array.from(bytes)))).toBeNull();
    },
  );
});
