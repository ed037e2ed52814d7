import { describe, expect, it } from 'vitest';
import { bindDevices } from '../../../internal/leases/bind-devices.ts';
import { createLeaseBook } from '../../../internal/leases/book.ts';
import { leaseCapacity } from '../../../internal/leases/capacity.ts';
import type { Claim } from '../../../internal/placement/claim.ts';
import { card, machine, pci } from '../placement/hosts.ts';
import { booked, capacity, demand, gpus } from './hosts.ts';

const policy = { reservedMemoryMib: 2048, overheadMib: 256 };

const claim: Claim = {
  holder: 'aaaaaaaa-0000-4000-8000-000000000001',
  name: 'web',
  kind: 'instance',
  cores: [0, 1],
  overprovision: 2,
  slots: 2,
  memoryMib: 4352,
  memoryNodes: [],
  hugepages: null,
  pci: ['0000:01:00.0', '0000:01:00.1'],
};

describe('what a host has for leases', () => {
  const host = machine({
    coresPerNode: 8,
    pci: [
      ...card('0000:01:00', 1),
      ...card('0000:02:00', 2),
      ...card('0000:03:00', 3, {
        users: [{ kind: 'boot-vga', description: 'the console is on it' }],
      }),
      ...card('0000:04:00', 4, { users: [{ kind: 'process', description: 'Xorg has it open' }] }),
      pci('0000:05:00.0', '1022:1480', '060000', { iommuGroup: 5 }),
      pci('0000:06:00.0', '10de:2489', '030000', { iommuGroup: null }),
    ],
  });
  const here = (
    claims: readonly Claim[],
    conditions: Parameters<typeof leaseCapacity>[0]['conditions'] = [],
  ) => leaseCapacity({ host, claims, conditions, policy });

  it('is all cores, the memory without the share of the host, and the devices that can be passed', () => {
    expect(here([])).toEqual({
      cores: 8,
      threadsPerCore: 2,
      memoryMib: 63_488,
      hugepagesMib: 0,
      overheadMib: 256,
      devices: ['0000:01:00', '0000:02:00', '0000:04:00'].flatMap((slot) => [
        { address: `${slot}.0`, vendor: '10de', model: '2489' },
        { address: `${slot}.1`, vendor: '10de', model: '228b' },
      ]),
      standing: [],
    });
  });

  it('leaves out cards that did not come back whole, and keeps those that are on their way', () => {
    const condition = { reason: 'the reset failed', since: '2026-01-01T00:00:00.000Z' };
    const addresses = here(
      [],
      [
        { address: '0000:01:00.1', condition: 'quarantined', ...condition },
        { address: '0000:02:00.0', condition: 'returning', ...condition },
      ],
    ).devices.map(({ address }) => address);
    expect(addresses).not.toContain('0000:01:00.0');
    expect(addresses).toContain('0000:02:00.0');
  });

  it('counts what instances have, with the memory that QEMU itself takes once', () => {
    const book = createLeaseBook();
    const now = { interval: { start: 0, end: 1 }, demand: demand({ slots: 6, memoryMib: 58_880 }) };
    expect(book.check(now, here([claim]))).toBeNull();
    const more = { ...now, demand: demand({ slots: 8, memoryMib: 58_881, devices: gpus(3) }) };
    expect(book.check(more, here([claim]))).toEqual([
      { resource: 'cores', device: null, at: 0, wanted: 8, available: 6 },
      { resource: 'memory', device: null, at: 0, wanted: 59_137, available: 59_136 },
      { resource: 'devices', device: '10de:2489', at: 0, wanted: 3, available: 2 },
    ]);
  });

  it('counts huge pages apart from what is left', () => {
    const [node] = machine().numaNodes;
    if (node === undefined) throw new Error('The machine has no node.');
    const huge = {
      ...machine(),
      numaNodes: [{ ...node, hugepages: [{ sizeKib: 1_048_576, total: 8, free: 8 }] }],
    };
    const held = { ...claim, memoryMib: 256, hugepages: { sizeKib: 1_048_576, count: 2 }, pci: [] };
    const there = leaseCapacity({ host: huge, claims: [held], conditions: [], policy });
    expect(there).toMatchObject({ memoryMib: 65_536 - 8192 - 2048, hugepagesMib: 8192 });
    const wish = { interval: { start: 0, end: 1 }, demand: demand({ memoryMib: 6145, hugepages: true }) };
    expect(createLeaseBook().check(wish, there)).toMatchObject([{ resource: 'hugepages', available: 6144 }]);
  });
});

describe('the devices of a lease that starts', () => {
  const usage = (hours: Readonly<Record<string, number>>) => (address: string) => hours[address] ?? 0;
  const unused = usage({});

  it('are those that were used the least', () => {
    const lease = booked('a', 0, 10, { devices: gpus(2) });
    const hours = usage({ '0000:01:00.0': 5, '0000:02:00.0': 1, '0000:03:00.0': 9, '0000:04:00.0': 2 });
    expect(bindDevices(lease, capacity(), [lease], hours)).toEqual({
      ok: true,
      devices: ['0000:02:00.0', '0000:04:00.0'],
    });
  });

  it('are none that another has, or names while it lasts', () => {
    const lease = booked('a', 0, 10, { devices: gpus(1) });
    const others = [
      booked('b', -5, 5, { devices: gpus(1) }, ['0000:01:00.0']),
      booked('c', 9, 20, { namedDevices: ['0000:02:00.0'] }),
      booked('d', 10, 20, { namedDevices: ['0000:03:00.0'] }),
    ];
    expect(bindDevices(lease, capacity(), others, unused)).toEqual({ ok: true, devices: ['0000:03:00.0'] });
  });

  it('leave to those that come later what they need', () => {
    const two = capacity({ devices: capacity().devices.slice(0, 2) });
    const short = booked('a', 0, 4, { devices: gpus(1) });
    const others = [
      booked('b', 1, 10, { devices: gpus(1) }),
      booked('c', 5, 8, { namedDevices: ['0000:01:00.0'] }),
    ];
    // The second is used less; but then the lease from 1 on had no card to keep.
    const hours = usage({ '0000:01:00.0': 100 });
    expect(bindDevices(short, two, others, hours)).toEqual({ ok: true, devices: ['0000:01:00.0'] });
  });

  it('are named ones first, and functions of one card together', () => {
    const slots = ['0000:01:00', '0000:02:00', '0000:03:00'];
    const there = capacity({
      devices: slots.flatMap((slot) => [
        { address: `${slot}.0`, vendor: '10de', model: '2489' },
        { address: `${slot}.1`, vendor: '10de', model: '228b' },
      ]),
    });
    const both = [
      { vendor: '10de', model: '228b', quantity: 2 },
      { vendor: '10de', model: '2489', quantity: 2 },
    ];
    const lease = booked('a', 0, 10, { devices: both, namedDevices: ['0000:03:00.0'] });
    const hours = usage({ '0000:01:00.0': 1, '0000:02:00.1': 50, '0000:03:00.1': 50 });
    expect(bindDevices(lease, there, [], hours)).toEqual({
      ok: true,
      devices: ['0000:02:00.0', '0000:02:00.1', '0000:03:00.0', '0000:03:00.1'],
    });
  });

  it('may be gone: it says which', () => {
    const lease = booked('a', 7, 10, { namedDevices: ['0000:0a:00.0'], devices: gpus(5) });
    expect(bindDevices(lease, capacity(), [], unused)).toEqual({
      ok: false,
      shortages: [
        { resource: 'devices', device: '0000:0a:00.0', at: 7, wanted: 1, available: 0 },
        { resource: 'devices', device: '10de:2489', at: 7, wanted: 5, available: 4 },
      ],
    });
    const named = booked('b', 7, 10, { namedDevices: ['0000:01:00.0'] });
    const holder = booked('c', 0, 20, { devices: gpus(1) }, ['0000:01:00.0']);
    expect(bindDevices(named, capacity(), [holder], unused)).toEqual({
      ok: false,
      shortages: [{ resource: 'devices', device: '0000:01:00.0', at: 7, wanted: 1, available: 0 }],
    });
  });
});
