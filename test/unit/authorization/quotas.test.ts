import { describe, expect, it } from 'vitest';
import { createProjectLimits } from '../../../internal/authorization/quotas/limits.ts';
import { guardedByQuota } from '../../../internal/authorization/quotas/quota-guard.ts';
import { createQuotaStore, type ProjectLimits } from '../../../internal/authorization/quotas/quota-store.ts';
import { excesses, noLimits, nothing, type Amounts } from '../../../internal/authorization/quotas/quota.ts';
import { createQuotas, diskAmounts } from '../../../internal/authorization/quotas/quotas.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { administratorsProject } from '../../../internal/identity/caller.ts';
import { createInstanceList } from '../../../internal/instances/instance-list.ts';
import { maximaOf } from '../../../internal/leases/policy.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { fakeHost } from '../instances/fake-host.ts';
import { databasePath, openFor } from '../operations/fixture.ts';
import { card, machine } from '../placement/hosts.ts';
import { noHolds } from '../subscriptions/no-holds.ts';
import { blue, red } from './callers.ts';

describe('what passes a limit', () => {
  const used: Amounts = { ...nothing, instances: 2, cores: 6, devices: { '10de:2489': 1, '1002:73bf': 1 } };
  it.each([
    [{ instances: 3 }, { instances: 1 }, []],
    [{ instances: 2 }, { instances: 1 }, ['instances']],
    [{ cores: 8, memoryMib: 100 }, { cores: 3, memoryMib: 101 }, ['cores', 'memory_mib']],
    [{ diskBytes: 0 }, { diskBytes: 1 }, ['disk_bytes']],
    // Who asks for none of it may, however much is used.
    [{ instances: 1 }, { cores: 1 }, []],
    [{ devices: { '10de:2489': 1 } }, { devices: { '10de:2489': 1 } }, ['devices 10de:2489']],
    [{ devices: { '10de:2489': 1 } }, { devices: { '1002:73bf': 1 } }, []],
    [{ devices: { '*': 2 } }, { devices: { '8086:0001': 1 } }, ['devices *']],
    [{ devices: { '*': 3 } }, { devices: { '8086:0001': 1 } }, []],
  ])('%j, asked for %j', (quota, asked, expected) => {
    const found = excesses({ ...noLimits, ...quota }, used, { ...nothing, ...asked });
    expect(found.map(({ of }) => of)).toEqual(expected);
  });
});

describe('limits', () => {
  it('of a project come before those of all, and stay', () => {
    const path = databasePath();
    const store = createQuotaStore(openFor(path));
    const set = (project: string, limits: Partial<ProjectLimits>) =>
      store.change(project, { quota: {}, devices: null, ...limits });
    expect(store.quota(red)).toEqual(noLimits);
    set('default', { quota: { instances: 2, cores: 4, devices: { '*': 1 } }, devices: ['10de:2489'] });
    set(red, { quota: { instances: 9, devices: { '10de:2489': 2 } } });
    const again = createQuotaStore(openFor(path));
    expect(again.quota(red)).toEqual({
      ...noLimits,
      instances: 9,
      cores: 4,
      devices: { '*': 1, '10de:2489': 2 },
    });
    expect(again.devices(red)).toEqual(['10de:2489']);
    set(red, { devices: [] });
    expect(store.devices(red)).toEqual([]);
    expect(store.quota(blue)).toMatchObject({ instances: 2 });
  });

  it('are told with what is used and asked', () => {
    const quotas = createQuotas(
      { quota: () => ({ ...noLimits, cores: 4 }), quotaOfUser: () => noLimits },
      { ofProject: () => ({ ...nothing, cores: 3 }), madeBy: () => nothing },
      () => undefined,
    );
    const refused = (): void => quotas.require({ project: red }, { ...nothing, cores: 2 });
    expect(refused).toThrow(ProtiumError);
    expect(refused).toThrow('cores: the limit is 4, 3 are used, 2 more are asked for.');
    expect(() => quotas.require({ project: administratorsProject }, { ...nothing, cores: 2 })).not.toThrow();
  });

  it('bound leases too, beside the rules of leases', () => {
    const maxima = { cpus: 8, memoryMib: null, gpus: null, gpuHoursPerWeek: 10 };
    const policy = { maxima: { default: maxima, custom: {} } } as unknown as Parameters<typeof maximaOf>[0];
    const quotaOf = () => ({ cores: 16, memoryMib: 1024, gpuHoursPerWeek: 3 });
    expect(maximaOf({ ...policy, quotaOf }, red)).toEqual({
      cpus: 8,
      memoryMib: 1024,
      gpus: null,
      gpuHoursPerWeek: 3,
    });
    expect(maximaOf(policy, red)).toEqual(maxima);
  });
});

describe('disk', () => {
  it('of 200 volumes at once no more than the limit allows is begun, and what ended gives its part back', async () => {
    let settled = 0;
    const quotas = createQuotas(
      { quota: () => ({ ...noLimits, diskBytes: 1000 }), quotaOfUser: () => noLimits },
      { ofProject: () => diskAmounts(settled), madeBy: () => nothing },
      () => undefined,
    );
    const guard = guardedByQuota(noHolds, quotas);
    const ask = (operation: string, more: object = {}) =>
      guard
        .require({ pool: 'p', bytes: 100n, owner: red, operation, ...more })
        .then(() => 'begun')
        .catch((error: unknown) => (error as ProtiumError).code);
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => ask(`o${index}`)));
    expect(answers.filter((answer) => answer === 'begun')).toHaveLength(10);
    expect(answers.filter((answer) => answer === 'quota-exceeded')).toHaveLength(190);
    // The first one has failed, the second is there.
    quotas.release('o0');
    quotas.release('o1');
    settled = 100;
    expect([await ask('again'), await ask('more')]).toEqual(['begun', 'quota-exceeded']);
    // What moves is no more than before, and what is nobody's is not counted.
    expect(await ask('move', { isMoved: true })).toBe('begun');
    expect(await ask('nobody', { owner: null })).toBe('begun');
    // A dry run holds nothing.
    quotas.release('again');
    await guard.require({ pool: 'p', bytes: 100n, owner: red });
    expect(quotas.used(red).diskBytes).toBe(900);
  });
});

const facts = machine({
  coresPerNode: 64,
  memoryMib: 1_048_576,
  pci: ['0000:01:00', '0000:02:00', '0000:03:00'].flatMap((slot, index) => card(slot, 10 + index)),
});
const plain = { slots: 1, ramsize: 1024, overprovision: 10 };
const gpu = { ...plain, pci: [{ vendor: '10de', model: '2489' }] };

function limitedHost(limits: Readonly<Record<string, Partial<ProjectLimits>>>) {
  const store = createQuotaStore(openFor(':memory:'));
  for (const [project, limit] of Object.entries(limits)) {
    store.change(project, { quota: {}, devices: null, ...limit });
  }
  let quotas: ReturnType<typeof createProjectLimits>['quotas'] | undefined;
  const host = fakeHost(facts, databasePath(), undefined, undefined, (view, records) => {
    const made = createProjectLimits({
      store,
      instances: createInstanceList(view, records),
      view,
      volumes: { placesOf: () => new Set(), placesMadeBy: () => new Set() },
      images: { ofProject: () => 0, madeBy: () => 0 },
      userName: () => undefined,
    });
    quotas = made.quotas;
    return made.limits;
  });
  const register = async (owner: string, name: string, config: object = plain): Promise<string> => {
    const read = readSpec(config);
    if (!read.ok) throw new Error(JSON.stringify(read.errors));
    try {
      const outcome = await host.instances.register({ owner, name, spec: { ...read.spec, name } });
      return outcome.outcome === 'registered'
        ? 'made'
        : outcome.refusal.reasons.map(({ code }) => code).join();
    } catch (error) {
      return (error as ProtiumError).code;
    }
  };
  return { host, register, used: (project: string) => quotas?.used(project) };
}

describe('instances', () => {
  it('of 200 at once no more than the quota allows are made; another project is not touched', async () => {
    const { host, register, used } = limitedHost({ [red]: { quota: { instances: 3 } } });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => register(red, `vm-${index}`)),
    );
    expect(answers.filter((answer) => answer === 'made')).toHaveLength(3);
    expect(answers.filter((answer) => answer === 'quota-exceeded')).toHaveLength(197);
    expect(host.domains.size).toBe(3);
    expect(used(red)).toMatchObject({ instances: 3, cores: 3, memoryMib: 3072 });
    expect(await register(blue, 'theirs')).toBe('made');
  });

  it('count while they are being made, with the disks that are made for them', async () => {
    const { host, register, used } = limitedHost({
      [red]: { quota: { memoryMib: 1500, diskBytes: 1_048_576 } },
    });
    const release = host.holdStarts();
    const first = register(red, 'first');
    await expect.poll(() => used(red)?.instances).toBe(1);
    expect(await register(red, 'second')).toBe('quota-exceeded');
    expect(await register(red, 'third', { ...plain, ramsize: 256, volumes: [{ size: 2_097_152 }] })).toBe(
      'quota-exceeded',
    );
    release();
    expect(await first).toBe('made');
    expect(used(red)).toMatchObject({ instances: 1, memoryMib: 1024 });
  });

  it('have as many devices as the quota counts: what comes along in the slot is no device of its own', async () => {
    const { register, used } = limitedHost({ [red]: { quota: { devices: { '10de:2489': 1 } } } });
    expect(await register(red, 'one', gpu)).toBe('made');
    expect(used(red)?.devices).toEqual({ '10de:2489': 1 });
    expect(await register(red, 'two', gpu)).toBe('quota-exceeded');
    expect(await register(blue, 'three', gpu)).toBe('made');
  });

  it('get only devices of the project’s list, and the refusal says so', async () => {
    const { host, register } = limitedHost({
      [red]: { devices: ['0000:03:00.0'] },
      [blue]: { devices: [] },
    });
    expect(await register(red, 'one', gpu)).toBe('made');
    expect(host.instances.list(red)[0]?.plan.pci[0]?.address).toBe('0000:03:00.0');
    expect(await register(blue, 'none', gpu)).toBe('device-withheld');
    expect(await register(blue, 'plain')).toBe('made');
  });
});
