import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { PlacementInput } from '../../../internal/placement/plan.ts';
import { planPlacement } from '../../../internal/placement/place.ts';
import { card, inputFor, machine, pci } from './hosts.ts';

const small = { slots: 1, ramsize: 1024, allowSMT: false };
const gpu = { ...small, pci: [{ vendor: '10de', model: '2489' }] };
const windows = {
  ...small,
  slots: 2,
  ramsize: 8192,
  misc: { os_family: 'windows', os_flavour: 'windows11' },
};
const volume = { ...small, volumes: [{ vid: 'a812966242ac4e2f84dbdd049a1facfe' }] };
const plain = machine();
const withCard = machine({ pci: card('0000:01:00', 12) });
const { hypervisor } = plain;
const bare = { ...plain, hypervisor: { ...hypervisor, uefi: false, secureBoot: false, tpm: false } };
const claim = {
  holder: 'u',
  name: 'other',
  kind: 'instance' as const,
  cores: [0, 1, 2, 3],
  overprovision: 1,
  slots: 4,
  memoryMib: 60_000,
  memoryNodes: [],
  hugepages: null,
  pci: ['0000:01:00.0'],
};
const withVolume = (change: object): PlacementInput => {
  const input = inputFor(plain, volume);
  return { ...input, volumes: input.volumes.map((offer) => ({ ...offer, ...change })) };
};
const used = (kind: 'process' | 'mount') =>
  machine({ pci: card('0000:01:00', 12, { users: [{ kind, description: 'somebody' }] }) });

/** A refusal for every code. */
const refusals: Readonly<Record<string, PlacementInput>> = {
  'arch-unsupported': inputFor(plain, { ...small, archs: ['S390X'] }),
  'flag-missing': inputFor(plain, { ...small, flags: ['nonsense'] }),
  'frequency-too-low': inputFor(plain, { ...small, min_frequency: 9 }),
  'manufacturer-other': inputFor(plain, { ...small, misc: { manufacturer: 'Dell' } }),
  'ecc-missing': inputFor({ ...plain, memory: { ...plain.memory, ecc: false } }, { ...small, reqECC: true }),
  'cores-insufficient': inputFor(plain, { ...small, slots: 5 }),
  'cores-taken': inputFor(plain, small, [claim]),
  'vcpus-too-many': inputFor({ ...plain, hypervisor: { ...hypervisor, maxVcpus: 1 } }, small),
  'memory-insufficient': inputFor(plain, { ...small, ramsize: 70_000 }),
  'memory-taken': inputFor(plain, { ...small, ramsize: 30_000 }, [claim]),
  'hugepages-insufficient': inputFor(plain, { ...small, protium: { hugepages: true } }),
  'device-absent': inputFor(plain, gpu),
  'device-taken': inputFor(withCard, gpu, [claim]),
  'device-in-use': inputFor(used('process'), gpu),
  'device-essential': inputFor(used('mount'), gpu),
  'device-unhealthy': {
    ...inputFor(withCard, gpu),
    conditions: [
      { address: '0000:01:00.1', condition: 'quarantined', reason: 'it does not answer', since: 'today' },
    ],
  },
  'device-withheld': {
    ...inputFor(withCard, gpu),
    conditions: [
      { address: '0000:01:00.0', condition: 'withheld', reason: 'the list of the project', since: 'today' },
      { address: '0000:01:00.1', condition: 'withheld', reason: 'the list of the project', since: 'today' },
    ],
  },
  'device-not-assignable': inputFor(
    machine({
      pci: [
        ...card('0000:01:00', 12).map((device) => ({ ...device, iommuGroup: null })),
        pci('0000:05:00.0', '8086:1', '020000', { iommuGroup: 3 }),
      ],
    }),
    gpu,
  ),
  'group-not-assignable': inputFor(
    machine({
      pci: [
        ...card('0000:01:00', 12),
        pci('0000:03:00.0', '144d:a808', '010802', { iommuGroup: 12, driver: 'nvme' }),
      ],
    }),
    gpu,
  ),
  'companions-refused': inputFor(withCard, { ...gpu, protium: { strictPci: true } }),
  'iommu-off': inputFor(
    machine({ pci: card('0000:01:00', 1).map((device) => ({ ...device, iommuGroup: null })) }),
    gpu,
  ),
  'vfio-missing': inputFor({ ...withCard, vfio: { pciDriver: 'absent' } }, gpu),
  'firmware-missing': inputFor(bare, windows),
  'tpm-missing': inputFor(bare, windows),
  'os-unsupported': inputFor(plain, { ...small, misc: { os_family: 'macos' } }),
  'memory-below-minimum': inputFor(plain, { ...windows, ramsize: 2048 }),
  'vcpus-below-minimum': inputFor(plain, { ...windows, slots: 1, protium: { topology: 'flat' } }),
  'network-missing': inputFor(plain, { ...small, networks: [{ network_uid: 'virbr9' }] }),
  'volume-missing': inputFor(plain, { ...small, volumes: [{ vid: 'f'.repeat(32) }] }),
  'volume-in-use': withVolume({ usedBy: ['other'] }),
  'volume-mismatch': withVolume({ format: 'vmdk' }),
  'image-missing': inputFor(plain, { ...small, volumes: [{ image: 'debian-13' }] }),
  'pool-full': inputFor(plain, { ...small, volumes: [{ size: 2e12, format: 'raw' }] }),
};

it.each(Object.entries(refusals))('%s', (code, input) => {
  const answer = planPlacement(input);
  const reason = answer.ok ? undefined : answer.refusal.reasons.find((found) => found.code === code);
  expect(reason?.message.length).toBeGreaterThan(20);
});

it('every code is here', async () => {
  const source = await readFile(
    path.resolve(import.meta.dirname, '../../../internal/placement/plan.ts'),
    'utf8',
  );
  const [, union = ''] = /export type ReasonCode =([^;]*);/.exec(source) ?? [];
  const codes = [...union.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(25);
  expect(Object.keys(refusals).sort()).toEqual([...codes].sort());
});
