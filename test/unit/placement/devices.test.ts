import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostFacts, PciFacts } from '../../../internal/host/facts.ts';
import { claimOfPlan } from '../../../internal/instances/claims.ts';
import type { Claim } from '../../../internal/placement/claim.ts';
import { planPlacement } from '../../../internal/placement/place.ts';
import { fixtureHost } from '../../fixtures/hosts/load.ts';
import { card, inputFor, machine, pci } from './hosts.ts';

const small = { slots: 1, ramsize: 1024, allowSMT: false };
const asking = (...ids: readonly (readonly [string, number])[]) => ({
  ...small,
  pci: ids.map(([id, quantity]) => ({ vendor: id.slice(0, 4), model: id.slice(5), quantity })),
});
const gpus = (quantity = 1) => asking(['10de:2489', quantity]);
const disk = (rest: Partial<PciFacts>) =>
  pci('0000:03:00.0', '144d:a808', '010802', {
    driver: 'nvme',
    users: [{ kind: 'mount', description: '/ is mounted from nvme0n1p2' }],
    ...rest,
  });

/** What is passed, or the codes of the refusal. */
function outcome(host: HostFacts, config: object, claims: readonly Claim[] = []): readonly string[] {
  const answer = planPlacement(inputFor(host, config, claims));
  if (answer.ok) return answer.plan.pci.map(({ address }) => address);
  return answer.refusal.reasons.map(({ code, temporary }) => (temporary ? `${code} (now)` : code));
}

function claimed(host: HostFacts, config: object, name: string, claims: readonly Claim[] = []): Claim {
  const answer = planPlacement(inputFor(host, config, claims));
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal.reasons));
  return claimOfPlan({ uuid: name, name }, 'instance', answer.plan);
}

describe('groups', () => {
  it('those of the slot mates count as well: audio in a group with the disk of the host keeps the card', () => {
    const host = machine({
      pci: [
        pci('0000:01:00.0', '10de:2489', '030000', { iommuGroup: 5, driver: 'nvidia' }),
        pci('0000:01:00.1', '10de:228b', '040300', { iommuGroup: 6, driver: 'snd_hda_intel' }),
        disk({ iommuGroup: 6 }),
      ],
    });
    expect(outcome(host, gpus())).toEqual(['group-not-assignable']);
  });

  it('a group belongs to one VM, whatever of it stayed behind', () => {
    const host = machine({
      pci: [...card('0000:01:00', 5, { driver: null }), ...card('0000:02:00', 5, { driver: null })],
    });
    const first = claimed(host, gpus(), 'vm-a');
    expect(first.pci).toEqual(['0000:01:00.0', '0000:01:00.1']);
    expect(outcome(host, gpus(), [first])).toEqual(['device-taken (now)']);
  });

  it('a bridge with a driver of its own, other than PCI bridges, keeps the group', () => {
    const isa = (driver: string | null) =>
      machine({
        pci: [
          pci('0000:00:1f.0', '8086:00a0', '060100', { iommuGroup: 9, driver }),
          pci('0000:00:1f.3', '8086:00a3', '040300', { iommuGroup: 9, driver: 'snd_hda_intel' }),
        ],
      });
    expect(outcome(isa('lpc_ich'), asking(['8086:00a3', 1]))).toEqual(['group-not-assignable']);
    expect(outcome(isa(null), asking(['8086:00a3', 1]))).toEqual(['0000:00:1f.3']);
  });

  it('a mate that idles on vfio-pci may stay', () => {
    const host = machine({
      pci: [
        ...card('0000:01:00', 5, { driver: 'vfio-pci' }),
        pci('0000:02:00.0', '10de:1401', '030000', { iommuGroup: 5, driver: 'vfio-pci' }),
      ],
    });
    expect(outcome(host, gpus())).toEqual(['0000:01:00.0', '0000:01:00.1']);
  });

  it('two cards of one group, each asked for by its id, go together', () => {
    const host = machine({
      pci: [
        ...card('0000:01:00', 5),
        pci('0000:02:00.0', '10de:1401', '030000', { iommuGroup: 5, driver: 'nouveau' }),
      ],
    });
    const both = ['0000:01:00.0', '0000:01:00.1', '0000:02:00.0'];
    expect(outcome(host, asking(['10de:2489', 1], ['10de:1401', 1]))).toEqual(both);
    expect(outcome(host, gpus())).toEqual(['group-not-assignable']);
  });

  it('the order of what is asked for does not matter: of two twins the one that another needs beside it', () => {
    const nic = (address: string, id: string, iommuGroup: number) =>
      pci(address, id, '020000', { iommuGroup, driver: 'ice' });
    const host = machine({
      pci: [
        nic('0000:01:00.0', '8086:1111', 1),
        nic('0000:02:00.0', '8086:1111', 2),
        nic('0000:03:00.0', '8086:2222', 2),
      ],
    });
    const twin = { vendor: '8086', model: '1111' };
    const other = { vendor: '8086', model: '2222' };
    for (const asked of [
      [twin, other],
      [other, twin],
    ]) {
      expect(outcome(host, { ...small, pci: asked })).toEqual(['0000:02:00.0', '0000:03:00.0']);
    }
  });

  it('of groups of one, two and two cards, four are the two pairs', () => {
    const groups = [1, 2, 2, 3, 3];
    const host = machine({ pci: groups.flatMap((group, index) => card(`0000:0${index + 1}:00`, group)) });
    const cards = outcome(host, gpus(4)).filter((address) => address.endsWith('.0'));
    expect(cards).toEqual(['0000:02:00.0', '0000:03:00.0', '0000:04:00.0', '0000:05:00.0']);
    expect(outcome(host, gpus(3)).filter((address) => address.endsWith('.0'))).toHaveLength(3);
    expect(outcome(host, gpus(1)).filter((address) => address.endsWith('.0'))).toEqual(['0000:01:00.0']);
  });

  it('parts of the board are not given, and keep a group that they are in', () => {
    const smbus = pci('0000:00:1f.4', '8086:a323', '0c0500', { iommuGroup: 7, driver: 'i801_smbus' });
    const host = machine({ pci: [smbus, ...card('0000:01:00', 7)] });
    expect(outcome(host, asking(['8086:a323', 1]))).toEqual(['device-essential']);
    expect(outcome(host, gpus())).toEqual(['group-not-assignable']);
  });
});

describe('virtual functions', () => {
  const host = machine({
    pci: [
      pci('0000:01:00.0', '8086:1572', '020000', {
        iommuGroup: 1,
        driver: 'i40e',
        virtualFunctions: { total: 4, enabled: ['0000:01:02.0', '0000:01:02.1'] },
      }),
      ...[0, 1].map((index) =>
        pci(`0000:01:02.${index}`, '8086:154c', '020000', {
          iommuGroup: 10 + index,
          driver: 'iavf',
          physicalFunction: '0000:01:00.0',
        }),
      ),
    ],
  });

  it('each is a device of its own, at function 0 of a slot of its own', () => {
    const answer = planPlacement(inputFor(host, asking(['8086:154c', 2])));
    expect(answer.ok ? answer.plan.pci : []).toMatchObject([
      { address: '0000:01:02.0', guestSlot: 0, guestFunction: 0 },
      { address: '0000:01:02.1', guestSlot: 1, guestFunction: 0 },
    ]);
    expect(outcome(host, asking(['8086:154c', 1]))).toEqual(['0000:01:02.0']);
  });

  it('a physical function is not taken from under them, nor they from it', () => {
    const virtual = claimed(host, asking(['8086:154c', 1]), 'vm-vf');
    expect(outcome(host, asking(['8086:1572', 1]), [virtual])).toEqual(['device-taken (now)']);
    const physical = claimed(host, asking(['8086:1572', 1]), 'vm-pf');
    expect(outcome(host, asking(['8086:154c', 1]), [physical])).toEqual(['device-taken (now)']);
    expect(outcome(host, asking(['8086:1572', 1], ['8086:154c', 2]))).not.toContain('0000:01:00.0');
  });

  it('one of a real server', async () => {
    const server = await fixtureHost('sriov-nic');
    expect(outcome(server, asking(['8086:154c', 1]))).toEqual(['0000:3b:02.0']);
  });
});

describe('where', () => {
  const far = machine({
    nodes: 2,
    pci: [
      ...card('0000:01:00', 1, { numaNode: 0 }),
      ...card('0000:81:00', 2, { numaNode: 1 }),
      ...card('0000:82:00', 3, { numaNode: 1 }),
    ],
  });

  it('two cards come from the node that has both', () => {
    expect(outcome(far, gpus(2)).filter((address) => address.endsWith('.0'))).toEqual([
      '0000:81:00.0',
      '0000:82:00.0',
    ]);
  });

  it('a card comes from the node that has cores', () => {
    const full = claimed(far, { slots: 4, ramsize: 64, allowSMT: false, overprovision: 1 }, 'full');
    expect(outcome(far, gpus(), [full])).toEqual(['0000:81:00.0', '0000:81:00.1']);
  });

  it('cells take from a node no more than it has, in whole pages', () => {
    const two = machine({ nodes: 2, coresPerNode: 8 });
    const filler: Claim = {
      ...claimed(two, small, 'filler'),
      cores: [],
      memoryMib: 31 * 1024,
      memoryNodes: [{ node: 0, mib: 31 * 1024 }],
    };
    const plan = planPlacement(inputFor(two, { ...small, slots: 16, ramsize: 20 * 1024 }, [filler]));
    expect(plan.ok ? plan.plan.memory.cells.map(({ mib }) => mib) : []).toEqual([1024, 19 * 1024]);
    const pages = {
      ...two,
      numaNodes: two.numaNodes.map((node) => ({
        ...node,
        hugepages: [{ sizeKib: 1_048_576, total: 8, free: 8 }],
      })),
    };
    const config = { ...small, slots: 12, ramsize: 10 * 1024, protium: { hugepages: true } };
    const paged = planPlacement(inputFor(pages, config));
    expect(paged.ok ? paged.plan.memory.cells.map(({ mib }) => mib % 1024) : []).toEqual([0, 0]);
  });

  it('only pinned VMs go to isolated cores', () => {
    const host = machine();
    const isolated = {
      ...host,
      cpu: { ...host.cpu, cores: host.cpu.cores.map((core) => ({ ...core, isolated: core.id >= 2 })) },
    };
    const cores = (config: object) => {
      const answer = planPlacement(inputFor(isolated, config));
      return answer.ok ? answer.plan.cpu.cores : [];
    };
    expect(cores({ ...small, overprovision: 1 })).toEqual([2]);
    expect(cores({ ...small, slots: 4, allowSMT: true, overprovision: 1 })).toEqual([0, 1]);
    expect(cores({ ...small, overprovision: 4 })).toEqual([0]);
  });
});

describe('a refusal that can end', () => {
  it('is not one of which a part lasts', () => {
    const host = machine({
      pci: [
        ...card('0000:01:00', 1),
        ...card('0000:02:00', 2, { users: [{ kind: 'mount', description: '/' }] }),
      ],
    });
    const held = claimed(host, gpus(), 'vm-a');
    expect(outcome(host, gpus(2), [held])).toEqual(['device-taken']);
    expect(outcome(host, gpus(1), [held])).toEqual(['device-taken (now)']);
  });

  it('names the VM, and not its QEMU', () => {
    const users = [
      { kind: 'virtual-machine' as const, description: 'qemu-system-x86 (pid 4) has /dev/vfio/1 open' },
    ];
    const host = machine({ pci: card('0000:01:00', 1, { users }) });
    const held: Claim = { ...claimed(machine(), small, 'vm-a'), pci: ['0000:01:00.0', '0000:01:00.1'] };
    const answer = planPlacement(inputFor(host, gpus(), [held]));
    expect(answer.ok ? '' : answer.refusal.reasons[0]?.message).toMatch(/^[^/]*is taken by "vm-a"[^/]*$/);
  });
});

/** Machines with groups of every kind: shared, with the host's disk, with idle mates, virtual functions. */
const anyMachine = fc
  .array(
    fc.record({
      group: fc.integer({ min: 1, max: 4 }),
      kind: fc.constantFrom('card', 'disk', 'usb', 'idle', 'network'),
      essential: fc.boolean(),
      node: fc.constantFrom(0, 1),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => {
    const devices = parts.flatMap(
      ({ group: iommuGroup, kind, essential, node: numaNode }, index): readonly PciFacts[] => {
        const slot = `0000:${(index + 1).toString(16).padStart(2, '0')}:00`;
        switch (kind) {
          case 'card':
            return card(slot, iommuGroup, { numaNode });
          case 'disk':
            return [
              disk({ address: `${slot}.0`, iommuGroup, numaNode, ...(essential ? {} : { users: [] }) }),
            ];
          case 'usb':
            return [pci(`${slot}.0`, '1022:149c', '0c0330', { iommuGroup, numaNode, driver: 'xhci_hcd' })];
          case 'idle':
            return [pci(`${slot}.0`, '10de:1401', '030000', { iommuGroup, numaNode })];
          case 'network': {
            const virtual = `0000:${(index + 1).toString(16).padStart(2, '0')}:02.0`;
            return [
              pci(`${slot}.0`, '8086:1572', '020000', {
                iommuGroup,
                driver: 'i40e',
                virtualFunctions: { total: 1, enabled: [virtual] },
              }),
              pci(virtual, '8086:154c', '020000', {
                iommuGroup: 100 + index,
                driver: 'iavf',
                physicalFunction: `${slot}.0`,
              }),
            ];
          }
        }
      },
    );
    return machine({ nodes: 2, pci: devices });
  });
const anyIds = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom('10de:2489', '10de:228b', '144d:a808', '10de:1401', '8086:1572', '8086:154c'),
    fc.integer({ min: 1, max: 3 }),
  ),
  { minLength: 1, maxLength: 2, selector: ([id]) => id },
);

it('whatever the groups: no device of the host, no group, no function is promised to two, or half', () => {
  fc.assert(
    fc.property(anyMachine, fc.array(anyIds, { minLength: 1, maxLength: 6 }), (host, requests) => {
      const claims = requests.reduce<readonly Claim[]>((given, ids, index) => {
        const answer = planPlacement(inputFor(host, asking(...ids), given));
        if (!answer.ok) return given;
        const passed = answer.plan.pci;
        for (const [id, quantity] of ids) {
          expect(
            passed.filter(({ vendor, model }) => `${vendor}:${model}` === id).length,
          ).toBeGreaterThanOrEqual(quantity);
        }
        const name = `vm-${index}`;
        return [...given, claimOfPlan({ uuid: name, name }, 'instance', answer.plan)];
      }, []);
      const at = new Map(host.pci.map((device) => [device.address, device]));
      const holderOf = new Map(
        claims.flatMap((claim) => claim.pci.map((address) => [address, claim.name] as const)),
      );
      expect(holderOf.size).toBe(claims.flatMap((claim) => claim.pci).length);
      for (const [address, holder] of holderOf) {
        const device = at.get(address);
        expect(device?.users).toEqual([]);
        if (device === undefined) continue;
        // vfio: of a group, every endpoint is the same VM's, or has no driver.
        for (const mate of host.pci.filter((other) => other.iommuGroup === device.iommuGroup)) {
          const mateHolder = holderOf.get(mate.address);
          expect(mateHolder ?? (mate.driver === null ? holder : 'the host')).toBe(holder);
        }
        const physical = device.physicalFunction === null ? undefined : holderOf.get(device.physicalFunction);
        expect(physical).toBeUndefined();
      }
    }),
    { numRuns: 400 },
  );
});
