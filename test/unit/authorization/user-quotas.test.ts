import { describe, expect, it } from 'vitest';
import { createProjectLimits } from '../../../internal/authorization/quotas/limits.ts';
import { guardedByQuota } from '../../../internal/authorization/quotas/quota-guard.ts';
import { createQuotaStore } from '../../../internal/authorization/quotas/quota-store.ts';
import { noLimits, nothing, type Quota } from '../../../internal/authorization/quotas/quota.ts';
import { createQuotas, diskAmounts } from '../../../internal/authorization/quotas/quotas.ts';
import type { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { administratorsProject } from '../../../internal/identity/caller.ts';
import { createUsers } from '../../../internal/identity/users/users.ts';
import { createInstanceList } from '../../../internal/instances/instance-list.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { fakeHost } from '../instances/fake-host.ts';
import { databasePath, openFor } from '../operations/fixture.ts';
import { card, machine } from '../placement/hosts.ts';
import { noHolds } from '../subscriptions/no-holds.ts';
import { blue, red } from './callers.ts';

const [ada, bob] = ['d', 'e'].map((digit) => digit.repeat(32)) as [string, string];
const names: Readonly<Record<string, string>> = { [ada]: 'ada', [bob]: 'bob' };

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'begun';
  } catch (error) {
    return (error as ProtiumError).code;
  }
}

describe('limits of a user', () => {
  it('come before those of all users, stay, and go with the user', () => {
    const path = databasePath();
    const store = createQuotaStore(openFor(path));
    expect(store.quotaOfUser(ada)).toEqual(noLimits);
    store.changeOfUser('default', { instances: 2, cores: 4, devices: { '*': 1 } });
    store.changeOfUser(ada, { instances: 9, devices: { '10de:2489': 2 } });
    // Those of projects are others.
    expect(store.quota(ada)).toEqual(noLimits);
    const again = createQuotaStore(openFor(path));
    expect(again.quotaOfUser(ada)).toEqual({
      ...noLimits,
      instances: 9,
      cores: 4,
      devices: { '*': 1, '10de:2489': 2 },
    });
    expect(again.quotaOfUser(bob)).toMatchObject({ instances: 2 });
    const users = createUsers({ database: openFor(path) });
    const wish = { name: 'ada', owner: ada, administrator: false, localUids: [], oidcSubjects: [] };
    users.create(wish, { validateOnly: false });
    users.remove('ada', { validateOnly: false });
    for (const each of [store, again]) {
      expect(each.setOfUser(ada)).toEqual({});
      expect(each.quotaOfUser(ada)).toMatchObject({ instances: 2 });
    }
  });

  it('are told as the user’s, and bind only users that there are', () => {
    const quotas = createQuotas(
      { quota: () => noLimits, quotaOfUser: () => ({ ...noLimits, cores: 4 }) },
      { ofProject: () => nothing, madeBy: (user) => ({ ...nothing, cores: user === ada ? 3 : 0 }) },
      (user) => names[user],
    );
    const refused = (project: string) => () =>
      quotas.require({ project, user: ada }, { ...nothing, cores: 2 });
    const text =
      'The quota of the user ada, in all projects, does not allow this. cores: the limit is 4, 3 are used, 2 more are asked for.';
    expect(refused(red)).toThrow(text);
    // What is nobody's is still made by somebody.
    expect(refused(administratorsProject)).toThrow(text);
    expect(() => quotas.require({ project: red, user: bob }, { ...nothing, cores: 2 })).not.toThrow();
    expect(() => quotas.require({ project: red }, { ...nothing, cores: 9 })).not.toThrow();
    const gone = { project: red, user: 'f'.repeat(32) };
    expect(() => quotas.require(gone, { ...nothing, cores: 9 })).not.toThrow();
  });
});

describe('disk of a user', () => {
  it('of 200 volumes at once in two projects no more than the limit allows is begun', async () => {
    const quotas = createQuotas(
      { quota: () => noLimits, quotaOfUser: () => ({ ...noLimits, diskBytes: 1000 }) },
      { ofProject: () => nothing, madeBy: () => nothing },
      (user) => names[user],
    );
    const guard = guardedByQuota(noHolds, quotas);
    const ask = (operation: string, owner: string, creator: string | null) =>
      codeOf(() => guard.require({ pool: 'p', bytes: 100n, owner, creator, operation }));
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => ask(`o${index}`, index % 2 === 0 ? red : blue, ada)),
    );
    expect(answers.filter((answer) => answer === 'begun')).toHaveLength(10);
    expect(answers.filter((answer) => answer === 'quota-exceeded')).toHaveLength(190);
    expect([quotas.usedBy(ada), quotas.used(red)]).toEqual([diskAmounts(1000), diskAmounts(500)]);
    expect(await ask('of-bob', red, bob)).toBe('begun');
    expect(await ask('of-nobody', red, null)).toBe('begun');
    quotas.release('o0');
    expect([await ask('again', blue, ada), await ask('more', blue, ada)]).toEqual([
      'begun',
      'quota-exceeded',
    ]);
  });
});

const facts = machine({
  coresPerNode: 64,
  memoryMib: 1_048_576,
  pci: ['0000:01:00', '0000:02:00', '0000:03:00'].flatMap((slot, index) => card(slot, 10 + index)),
});
const plain = { slots: 1, ramsize: 1024, overprovision: 10 };
const gpu = { ...plain, pci: [{ vendor: '10de', model: '2489' }] };

function limitedHost(
  ofUsers: Readonly<Record<string, Partial<Quota>>>,
  ofProjects: Readonly<Record<string, Partial<Quota>>> = {},
) {
  const store = createQuotaStore(openFor(':memory:'));
  for (const [user, quota] of Object.entries(ofUsers)) store.changeOfUser(user, quota);
  for (const [project, quota] of Object.entries(ofProjects)) store.change(project, { quota, devices: null });
  let usedBy: (user: string) => unknown = () => undefined;
  const host = fakeHost(facts, databasePath(), undefined, undefined, (view, records) => {
    const { limits, quotas } = createProjectLimits({
      store,
      instances: createInstanceList(view, records),
      view,
      volumes: { placesOf: () => new Set(), placesMadeBy: () => new Set() },
      images: { ofProject: () => 0, madeBy: () => 0 },
      userName: (user) => names[user],
    });
    usedBy = (user) => quotas.usedBy(user);
    return limits;
  });
  const register = async (
    { owner, creator }: { readonly owner: string; readonly creator?: string },
    name: string,
    config: object = plain,
  ): Promise<string> => {
    const read = readSpec(config);
    if (!read.ok) throw new Error(JSON.stringify(read.errors));
    const of = creator === undefined ? { owner } : { owner, creator };
    const { spec } = read;
    return codeOf(() => host.instances.register({ ...of, name, spec: { ...spec, name } }));
  };
  return { host, register, usedBy: (user: string) => usedBy(user) };
}

describe('instances of a user', () => {
  it('of 200 at once in two projects no more than the quota allows are made; others make theirs', async () => {
    const { host, register, usedBy } = limitedHost({ [ada]: { instances: 3 } });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        register({ owner: index % 2 === 0 ? red : blue, creator: ada }, `vm-${index}`),
      ),
    );
    expect(answers.filter((answer) => answer === 'begun')).toHaveLength(3);
    expect(answers.filter((answer) => answer === 'quota-exceeded')).toHaveLength(197);
    expect(host.domains.size).toBe(3);
    expect(usedBy(ada)).toMatchObject({ instances: 3, cores: 3, memoryMib: 3072 });
    expect(await register({ owner: red, creator: bob }, 'of-bob')).toBe('begun');
    expect(await register({ owner: red }, 'of-nobody')).toBe('begun');
    // Who made one is kept with it, and stays who made it.
    expect(host.instances.list().filter(({ creator }) => creator === ada)).toHaveLength(3);
  });

  it('count for whom they were made by as long as they are there, and a project’s quota holds beside it', async () => {
    const { host, register, usedBy } = limitedHost(
      { default: { instances: 2, devices: { '10de:2489': 1 } } },
      { [blue]: { instances: 1 } },
    );
    const as = (owner: string) => ({ owner, creator: ada });
    expect(await register(as(red), 'one', gpu)).toBe('begun');
    expect(await register(as(blue), 'card', gpu)).toBe('quota-exceeded');
    expect(await register(as(blue), 'two')).toBe('begun');
    expect(await register(as(blue), 'three')).toBe('quota-exceeded');
    expect(await register({ owner: blue, creator: bob }, 'of-bob')).toBe('quota-exceeded');
    const [first] = host.instances.list(red);
    await (
      await host.instances.remove(first?.uuid ?? '', { purge: true })
    ).done;
    expect(usedBy(ada)).toMatchObject({ instances: 1, devices: {} });
    expect(await register(as(red), 'four', gpu)).toBe('begun');
  });
});
