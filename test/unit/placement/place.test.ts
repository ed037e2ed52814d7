import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../internal/host/facts.ts';
import { claimOfPlan } from '../../../internal/instances/claims.ts';
import type { Claim } from '../../../internal/placement/claim.ts';
import type { Plan } from '../../../internal/placement/plan.ts';
import { planPlacement } from '../../../internal/placement/place.ts';
import { hostUsage } from '../../../internal/placement/usage.ts';
import { card, inputFor, machine, pci } from './hosts.ts';

const small = { slots: 1, ramsize: 1024, allowSMT: false };

function planOf(host: HostFacts, config: object, claims: readonly Claim[] = []): Plan {
  const answer = planPlacement(inputFor(host, config, claims));
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal.reasons));
  return answer.plan;
}

function reasonsOf(host: HostFacts, config: object, claims: readonly Claim[] = []): readonly string[] {
  const answer = planPlacement(inputFor(host, config, claims));
  return answer.ok
    ? []
    : answer.refusal.reasons.map(({ code, temporary }) => (temporary ? `${code} (now)` : code));
}

/** Places configs one after the other. */
function fill(host: HostFacts, configs: readonly object[]): readonly Claim[] {
  return configs.reduce<readonly Claim[]>((claims, config, index) => {
    const answer = planPlacement(inputFor(host, config, claims));
    return answer.ok
      ? [...claims, claimOfPlan({ uuid: `vm-${index}`, name: `vm-${index}` }, 'instance', answer.plan)]
      : claims;
  }, []);
}

describe('cores', () => {
  it('cores mode pins each guest core to the siblings of one host core', () => {
    expect(planOf(machine(), { ...small, slots: 2 }).cpu).toMatchObject({
      mode: 'cores',
      vcpus: 4,
      topology: { sockets: 1, cores: 2, threads: 2 },
      cores: [0, 1],
      pins: [[0], [4], [1], [5]],
      cpuset: [0, 1, 4, 5],
    });
  });

  it('threads mode shares: no pins, half the cores', () => {
    expect(planOf(machine(), { ...small, slots: 3, allowSMT: true }).cpu).toMatchObject({
      mode: 'threads',
      vcpus: 3,
      topology: { cores: 3, threads: 1 },
      cores: [0, 1],
      pins: [],
    });
  });

  it('an exclusive VM shares with nobody, and says who has the cores', () => {
    const claims = fill(machine(), [{ ...small, slots: 3, overprovision: 1 }]);
    expect(reasonsOf(machine(), { ...small, slots: 2, overprovision: 1 }, claims)).toEqual([
      'cores-taken (now)',
    ]);
    expect(planOf(machine(), { ...small, overprovision: 1 }, claims).cpu.cores).toEqual([3]);
  });

  it('the smallest overprovision on a core counts', () => {
    const host = machine({ coresPerNode: 1 });
    const claims = fill(host, [{ ...small, overprovision: 2 }]);
    expect(planOf(host, { ...small, overprovision: 10 }, claims).cpu.cores).toEqual([0]);
    expect(
      reasonsOf(
        host,
        { ...small, overprovision: 10 },
        fill(host, [
          { ...small, overprovision: 2 },
          { ...small, overprovision: 10 },
        ]),
      ),
    ).toEqual(['cores-taken (now)']);
  });

  it('packs those that may share, and keeps an unbroken node for who needs one', () => {
    const host = machine({ nodes: 2 });
    const claims = fill(host, [{ ...small, overprovision: 4 }]);
    expect(planOf(host, { ...small, overprovision: 4 }, claims).cpu.cores).toEqual([0]);
    expect(planOf(host, { ...small, slots: 4, overprovision: 1 }, claims).cpu.cores).toEqual([4, 5, 6, 7]);
  });

  it('a VM that fits into no node spans two, with cells of its own', () => {
    const plan = planOf(machine({ nodes: 2 }), { ...small, slots: 6, ramsize: 6000 });
    expect(plan.memory).toMatchObject({
      nodes: [0, 1],
      cells: [
        { node: 0, mib: 4000 },
        { node: 1, mib: 2000 },
      ],
    });
    expect(plan.memory.cells.flatMap(({ vcpus }) => vcpus)).toHaveLength(12);
  });

  it('used cores are counted as the status of AtomOS has them: 32 cores, each with one VM that allows two', () => {
    const host = machine({ coresPerNode: 32 });
    const input = inputFor(host, small);
    const claims = fill(host, [{ ...small, slots: 32, overprovision: 2 }]);
    expect(hostUsage(host, claims, [], input.policy).usedCores).toBe(288);
  });
});

describe('what a host has not', () => {
  it.each<[string, object, readonly string[]]>([
    ['an architecture', { archs: ['ARM_8'] }, ['arch-unsupported']],
    ['features, known and unknown', { flags: ['SSE3', 'AVX-512', 'nonsense'] }, ['flag-missing']],
    ['a frequency', { min_frequency: 5 }, ['frequency-too-low']],
    ['a maker', { manufacturer: 'Dell' }, ['manufacturer-other']],
    ['cores', { slots: 5 }, ['cores-insufficient']],
    ['memory', { ramsize: 65_000 }, ['memory-insufficient']],
    ['huge pages', { protium: { hugepages: true } }, ['hugepages-insufficient']],
    ['a device', { pci: [{ vendor: '10de', model: '2489' }] }, ['device-absent', 'iommu-off']],
    ['a network', { networks: [{ network_uid: 'virbr7' }] }, ['network-missing']],
    ['a volume', { volumes: [{ vid: 'f'.repeat(32) }] }, ['volume-missing']],
    ['room for a raw volume', { volumes: [{ size: 2e12, format: 'raw' }] }, ['pool-full']],
    ['macOS', { misc: { os_family: 'macos' } }, ['os-unsupported']],
    [
      'enough for Windows 11',
      { slots: 1, protium: { topology: 'flat' }, misc: { os_family: 'windows', os_flavour: 'windows11' } },
      ['vcpus-below-minimum', 'memory-below-minimum'],
    ],
    [
      'several things at once',
      { slots: 5, flags: ['nonsense'], ramsize: 65_000 },
      ['flag-missing', 'cores-insufficient', 'memory-insufficient'],
    ],
  ])('%s', (_name, config, expected) => {
    expect([...reasonsOf(machine(), { ...small, ...config })].sort()).toEqual([...expected].sort());
  });

  it('firmware, TPM, ECC, vfio, IOMMU', () => {
    const host = machine({ pci: card('0000:01:00', 12) });
    const bare = {
      ...host,
      memory: { ...host.memory, ecc: null },
      hypervisor: { ...host.hypervisor, uefi: false, secureBoot: false, tpm: false },
    };
    const windows = {
      ...small,
      slots: 2,
      ramsize: 8192,
      reqECC: true,
      misc: { os_family: 'windows', os_flavour: 'windows11' },
    };
    expect([...reasonsOf(bare, windows)].sort()).toEqual(['ecc-missing', 'firmware-missing', 'tpm-missing']);
    const gpu = { ...small, pci: [{ vendor: '10de', model: '2489' }] };
    expect(reasonsOf({ ...host, vfio: { pciDriver: 'absent' } }, gpu)).toEqual(['vfio-missing']);
    const off = host.pci.map((device) => ({ ...device, iommuGroup: null }));
    expect(reasonsOf({ ...host, pci: off, iommu: { ...host.iommu, enabled: false } }, gpu)).toEqual([
      'iommu-off',
    ]);
    const cardless = { ...host, pci: [], iommu: { ...host.iommu, enabled: false } };
    expect(reasonsOf(cardless, gpu)).toEqual(['iommu-off', 'device-absent']);
  });
});

describe('devices', () => {
  const gpu = (quantity = 1) => ({ ...small, pci: [{ vendor: '10de', model: '2489', quantity }] });
  const two = machine({ pci: [...card('0000:01:00', 12), ...card('0000:02:00', 13)] });

  it('a card brings its audio, in one slot of the guest', () => {
    expect(planOf(two, gpu()).pci).toMatchObject([
      { address: '0000:01:00.0', reason: 'requested', guestSlot: 0, guestFunction: 0, driver: 'nvidia' },
      { address: '0000:01:00.1', reason: 'same-slot', guestSlot: 0, guestFunction: 1 },
    ]);
    expect(reasonsOf(two, { ...gpu(), protium: { strictPci: true } })).toEqual(['companions-refused']);
  });

  it('cards and audio that are asked for in equal number are the same cards', () => {
    const both = {
      ...small,
      pci: [
        { vendor: '10de', model: '228b', quantity: 2 },
        { vendor: '10de', model: '2489', quantity: 2 },
      ],
    };
    expect(planOf(two, both).pci.map(({ address, reason }) => `${address} ${reason}`)).toEqual([
      '0000:01:00.0 requested',
      '0000:01:00.1 requested',
      '0000:02:00.0 requested',
      '0000:02:00.1 requested',
    ]);
  });

  it('one that is taken is not given twice, and the refusal says by whom', () => {
    const claims = fill(two, [gpu(), gpu()]);
    expect(claims.map((claim) => claim.pci[0])).toEqual(['0000:01:00.0', '0000:02:00.0']);
    expect(reasonsOf(two, gpu(), claims)).toEqual(['device-taken (now)']);
    const answer = planPlacement(inputFor(two, gpu(), claims));
    expect(answer.ok ? '' : answer.refusal.reasons[0]?.message).toContain('taken by "vm-0"');
  });

  it.each<[string, Parameters<typeof pci>[3], readonly string[]]>([
    [
      'a mounted disk',
      { users: [{ kind: 'mount', description: '/ is mounted from nvme0n1p2' }] },
      ['device-essential'],
    ],
    [
      'an open device node',
      { users: [{ kind: 'process', description: 'Xorg (pid 812) has /dev/dri/card0 open' }] },
      ['device-in-use (now)'],
    ],
    ['a dead device', { answers: false }, ['device-unhealthy']],
    ['no group', { iommuGroup: null }, ['device-not-assignable']],
  ])('%s', (_name, rest, expected) => {
    const host = machine({
      pci: [...card('0000:01:00', 12, rest), pci('0000:05:00.0', '8086:1', '020000', { iommuGroup: 3 })],
    });
    expect(reasonsOf(host, gpu())).toEqual(expected);
  });

  it('a group with a disk in it is refused, member by member', () => {
    const disk = pci('0000:03:00.0', '144d:a808', '010802', { iommuGroup: 12, driver: 'nvme' });
    const host = machine({
      pci: [pci('0000:00:01.0', '1022:1483', '060400', { iommuGroup: 12 }), ...card('0000:01:00', 12), disk],
    });
    const answer = planPlacement(inputFor(host, gpu()));
    expect(answer.ok ? [] : answer.refusal.reasons).toMatchObject([
      {
        code: 'group-not-assignable',
        temporary: false,
        message: expect.stringMatching(/IOMMU group 12 .*0000:03:00.0.*driver nvme/) as string,
      },
    ]);
    expect(answer.devices.find(({ address }) => address === '0000:03:00.0')).toMatchObject({
      outlook: 'kept',
    });
  });

  it('a harmless member goes along, one without a driver stays, and so do bridges', () => {
    const others = [
      pci('0000:00:01.0', '1022:1483', '060400', { iommuGroup: 12, driver: 'pcieport' }),
      pci('0000:03:00.0', '1022:149c', '0c0330', { iommuGroup: 12, driver: 'xhci_hcd' }),
      pci('0000:04:00.0', '144d:a808', '010802', { iommuGroup: 12 }),
    ];
    const plan = planOf(machine({ pci: [...card('0000:01:00', 12), ...others] }), gpu());
    expect(plan.pci.map(({ address }) => address)).toEqual(['0000:01:00.0', '0000:01:00.1', '0000:03:00.0']);
    expect(plan.warnings.join()).toContain('shares IOMMU group 12');
  });

  it('memory of a VM with a device is pinned', () => {
    expect(planOf(two, gpu()).memory.pinned).toBe(true);
    expect(planOf(two, small).memory.pinned).toBe(false);
  });

  it('cores come from the node of the card', () => {
    const host = machine({ nodes: 2, pci: card('0000:81:00', 20, { numaNode: 1 }) });
    expect(planOf(host, gpu())).toMatchObject({ cpu: { cores: [4] }, memory: { nodes: [1] } });
  });

  it('says of every device what would happen to it', () => {
    const answer = planPlacement(inputFor(two, gpu(), fill(two, [gpu()])));
    expect(answer.devices.map(({ address, outlook }) => `${address} ${outlook}`)).toEqual([
      '0000:01:00.0 taken',
      '0000:01:00.1 taken',
      '0000:02:00.0 passed',
      '0000:02:00.1 passed',
    ]);
  });
});

describe('whatever is asked for, in whatever order', () => {
  const host = machine({
    nodes: 2,
    coresPerNode: 4,
    memoryMib: 32_768,
    pci: [
      ...card('0000:01:00', 12, { numaNode: 0 }),
      ...card('0000:02:00', 13, { numaNode: 0 }),
      ...card('0000:81:00', 20, { numaNode: 1 }),
    ],
  });
  const config = fc.record({
    slots: fc.integer({ min: 1, max: 8 }),
    overprovision: fc.integer({ min: 1, max: 10 }),
    allowSMT: fc.boolean(),
    ramsize: fc.integer({ min: 64, max: 12_000 }),
    pci: fc.constantFrom(
      [],
      [{ vendor: '10de', model: '2489', quantity: 1 }],
      [{ vendor: '10de', model: '228b', quantity: 2 }],
    ),
  });

  it('nothing is given twice', () => {
    fc.assert(
      fc.property(fc.array(config, { maxLength: 25 }), (configs) => {
        const claims = fill(host, configs);
        for (const { id } of host.cpu.cores) {
          const sharers = claims.filter(({ cores }) => cores.includes(id));
          expect(sharers.length).toBeLessThanOrEqual(
            Math.min(10, ...sharers.map(({ overprovision }) => overprovision)),
          );
        }
        expect(claims.reduce((sum, { memoryMib }) => sum + memoryMib, 0)).toBeLessThanOrEqual(32_768 - 1024);
        const devices = claims.flatMap((claim) => claim.pci);
        expect(new Set(devices).size).toBe(devices.length);
        // A slot goes as a whole.
        for (const { pci: passed } of claims) expect(passed.length % 2).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it('the order of claims changes nothing, and a refusal that can end is one that an empty host would not give', () => {
    fc.assert(
      fc.property(fc.array(config, { maxLength: 20 }), config, (configs, last) => {
        const claims = fill(host, configs);
        const answer = planPlacement(inputFor(host, last, claims));
        expect(planPlacement(inputFor(host, last, [...claims].reverse()))).toEqual(answer);
        if (answer.ok) return;
        const temporary = answer.refusal.reasons.every((reason) => reason.temporary);
        expect(planPlacement(inputFor(host, last)).ok).toBe(temporary);
      }),
      { numRuns: 200 },
    );
  });
});
