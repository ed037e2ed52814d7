import { describe, expect, it } from 'vitest';
import { hostStatus } from '../../../../../internal/api/http/atomos/host-status.ts';
import { statusJson } from '../../../../../internal/api/http/atomos/status-json.ts';
import type { Claim } from '../../../../../internal/placement/claim.ts';
import { example } from '../../../../examples/elemento/examples.ts';
import { fixtureHost } from '../../../../fixtures/hosts/load.ts';
import { matchGolden } from '../../../../golden/match-golden.ts';
import { fakeInstances, seedHost, serveAtomos } from './support.ts';

/** A VM on each of the cores, which allows one more. */
function onCores(cores: readonly number[], rest: Partial<Claim> = {}): Claim {
  return {
    holder: '11111111-1111-4111-8111-111111111111',
    name: 'crowd',
    kind: 'instance',
    cores,
    overprovision: 2,
    slots: cores.length,
    memoryMib: 0,
    memoryNodes: [],
    hugepages: null,
    pci: [],
    ...rest,
  };
}

const all = seedHost.cpu.cores.map(({ id }) => id);
const policy = { reservedMemoryMib: 1024, overheadMib: 128, pool: { name: 'p', availableBytes: null } };
const situation = (claims: readonly Claim[]) => ({
  facts: seedHost,
  claims,
  conditions: [],
  policy,
  revision: '1',
});

/** Names and kinds of values, to any depth; of lists, what the first holds. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shape(part)]));
}

describe('statusjson', () => {
  it("has the form of the seed's to the last field, and its figures for 32 cores with a VM of two each", () => {
    const seed = example('statusjson-seed') as { cpu: object; mem: object };
    const answer = statusJson(situation([onCores(all)])) as { cpu: { flags: unknown }; pci: unknown };
    expect(answer.cpu.flags).toEqual(['AVX2', 'SSE2', 'SSE3']);
    expect({ ...answer, cpu: { ...answer.cpu, flags: [] } }).toEqual({
      ...seed,
      mem: { avail: 100_000, isECC: true, size: 101_152 },
      pci: [
        { avail: 2, max: 2, pciid: ['10de', '2489'] },
        { avail: 2, max: 2, pciid: ['10de', '228b'] },
      ],
    });
    expect(shape({ ...answer, cpu: { ...answer.cpu, flags: [] } })).toEqual(shape(seed));
  });

  it('is, of the machine of the seed, the golden one', async () => {
    const facts = await fixtureHost('seed-two-3060ti');
    const golden = JSON.stringify(statusJson({ ...situation([]), facts }), null, 2);
    await matchGolden('status/seed-two-3060ti.json', golden);
  });

  it('counts what is taken', () => {
    const answer = statusJson(
      situation([
        onCores([0, 1], { overprovision: 10, memoryMib: 4096, pci: ['0000:01:00.0', '0000:01:00.1'] }),
      ]),
    );
    expect(answer).toMatchObject({
      cpu: { used_cores: 2, used_threads: 4 },
      mem: { avail: 100_000 - 4096 },
      pci: [
        { avail: 1, max: 2 },
        { avail: 1, max: 2 },
      ],
    });
  });

  it('is empty, not wrong, where the machine does not say', () => {
    const facts = {
      ...seedHost,
      cpu: { ...seedHost.cpu, frequencyMhz: null, smtOn: false, threadsPerCore: 1 },
      memory: { ...seedHost.memory, ecc: null },
      dmi: { manufacturer: null, product: null },
    };
    expect(statusJson({ ...situation([]), facts })).toMatchObject({
      cpu: { frequency: '0.0000 GHz', SMTOn: false, SMTRatio: 1, max_threads: 320 },
      manufacturer: '',
      mem: { isECC: false },
    });
    expect(statusJson(situation([onCores(all, { memoryMib: 1e6 })]))).toMatchObject({ mem: { avail: 0 } });
  });

  it('is put together once for each state of the host', async () => {
    const instances = fakeInstances();
    const server = await serveAtomos(instances);
    try {
      const usedCores = async () =>
        ((await server.call('GET', '/statusjson')).json()['cpu'] as { used_cores: number }).used_cores;
      expect(await usedCores()).toBe(0);
      instances.claims = [onCores(all)];
      expect(await usedCores()).toBe(0);
      instances.revision += 1;
      expect(await usedCores()).toBe(288);
    } finally {
      await server.close();
    }
  });
});

describe('host/status', () => {
  it('adds up cores, slots and memory', async () => {
    const instances = fakeInstances();
    const config = { slots: 2, ramsize: 2048, misc: { os_family: 'linux', os_flavour: 'debian' } };
    const server = await serveAtomos(instances);
    try {
      for (const [client, vm_name] of [
        ['a', 'one'],
        ['a', 'two'],
        ['b', 'three'],
      ] as const) {
        const volumes = [{ vid: 'c'.repeat(32), size: 20e9 }];
        const answer = await server.call('POST', '/register', {
          client_uid: client.repeat(32),
          vm_name,
          req: config,
          volumes,
        });
        expect(answer.status).toBe(200);
      }
    } finally {
      await server.close();
    }
    const [first] = instances.list();
    const running = onCores([0, 1], { holder: first?.uuid ?? '', memoryMib: 2176 });
    const stopped = onCores([1], { holder: 'another', overprovision: 4, memoryMib: 1000 });
    expect(hostStatus(situation([running, stopped]), instances.list())).toMatchObject({
      allocated_cores_count: 2,
      allocated_slots_count: 3,
      total_cores_count: 32,
      total_slots_count: 304,
      core_allocation_percentage: 6.25,
      slot_allocation_percentage: 0.99,
      bridge_interfaces: ['default'],
      client_id_count: 2,
      nic_count: 3,
      os_families: { linux: { count: 3, flavours: [{ name: 'debian', count: 3 }] } },
      storage_count: 1,
      storages: [
        { bus: 'virtio', format: 'qcow2', sizeGB: '20.000', volume_id: expect.any(String) as string },
      ],
      total_allocated_ram_mib: 3176,
      total_used_ram_mib: 2176,
      total_allocated_storage_size_gb: 20,
      vm_count: 3,
    });
    const { core_provisioning: cores } = hostStatus(situation([running, stopped]), []) as {
      core_provisioning: readonly object[];
    };
    expect(cores.slice(0, 3)).toEqual([
      {
        core_id: 0,
        max_overprovision: 2,
        available_slots: 1,
        provisioned_vms: [first?.uuid],
        provisioned_vms_count: 1,
      },
      {
        core_id: 1,
        max_overprovision: 2,
        available_slots: 0,
        provisioned_vms: [first?.uuid, 'another'],
        provisioned_vms_count: 2,
      },
      {
        core_id: 2,
        max_overprovision: 10,
        available_slots: 10,
        provisioned_vms: [],
        provisioned_vms_count: 0,
      },
    ]);
  });
});
