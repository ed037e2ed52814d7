import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegisterOutcome } from '../../../internal/instances/instance.ts';
import { coreLoads } from '../../../internal/placement/core-load.ts';
import { memoryStanding } from '../../../internal/placement/memory.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import type { Spec } from '../../../internal/spec/spec.ts';
import { createSubscriptions } from '../../../internal/subscriptions/create-subscriptions.ts';
import { heldStorage } from '../../../internal/subscriptions/held-storage.ts';
import {
  addressPlan,
  plansOf,
  storagePlan,
  storagePlanBytes,
} from '../../../internal/subscriptions/plans.ts';
import type { Subscription, Subscriptions } from '../../../internal/subscriptions/subscription.ts';
import { createSubscriptionStore } from '../../../internal/subscriptions/subscription-store.ts';
import { virError } from '../../../internal/libvirt/error-code.ts';
import { fakeHost, type FakeHost } from '../instances/fake-host.ts';
import { databasePath, openFor } from '../operations/fixture.ts';
import { card, machine } from '../placement/hosts.ts';

const owner = 'f'.repeat(32);
const other = 'e'.repeat(32);

const configs: Record<string, object> = {
  gpu: {
    slots: 1,
    allowSMT: true,
    overprovision: 4,
    ramsize: 1024,
    pci: [{ vendor: '10de', model: '2489' }],
  },
  big: { slots: 4, allowSMT: true, overprovision: 1, ramsize: 4096 },
  small: { slots: 1, allowSMT: true, overprovision: 2, ramsize: 1024 },
};

function specOf(flavor: string, more: object = {}): Spec {
  const read = readSpec({ ...configs[flavor], ...more });
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.spec;
}

const flavors = {
  list: () =>
    Promise.resolve(
      Object.keys(configs).map((name) => ({
        ...{ name, vcpus: 1, memoryMib: 1024, deviceDescription: name === 'gpu' ? 'RTX' : '-' },
        ...{ pricePerHour: 0.1, limited: name === 'big' },
      })),
    ),
  specOf: (name: string) => Promise.resolve(name in configs ? specOf(name) : undefined),
};

interface World {
  readonly host: FakeHost;
  readonly subscriptions: Subscriptions;
  readonly released: string[];
  readonly launch: (flavor: string, subscription?: string, as?: string) => Promise<RegisterOutcome>;
}

/** Turned off: what is subscribed to here are flavors and storage. */
const noAddresses = {
  hold: () => Promise.reject(new Error('not asked')),
  list: () => [],
  condition: () => ({ addresses: null, size: 0, used: 0, problem: null }),
};
let count = 0;

function world(facts = machine({ coresPerNode: 4, memoryMib: 16_384, pci: card('0000:01:00', 10) })): World {
  const path = databasePath();
  const host = fakeHost(facts, path);
  host.setFreeBytes(250 * 1024 ** 3);
  const released: string[] = [];
  const subscriptions = createSubscriptions({
    store: host.subscriptionStore,
    flavors: {
      ...flavors,
      list: async () => (await flavors.list()).map((each) => ({ ...each, limited: false })),
    },
    prices: { discount: 0.5, storagePerMonth: 2, addressPerMonth: 1 },
    locks: host.operations.locks,
    check: (spec) => host.instances.check(spec),
    storage: { pool: 'protium', freeBytes: () => host.instances.situation().policy.pool.availableBytes },
    addresses: noAddresses,
    isThere: (uuid) => host.domains.has(uuid) || host.instances.uuidOfUnmade(uuid) !== undefined,
    ready: () => Promise.resolve(),
    onReleased: (uuid) => released.push(uuid),
  });
  return {
    host,
    subscriptions,
    released,
    launch: (flavor, subscription, as = owner) =>
      host.instances.register({
        owner: as,
        name: `vm-${(count += 1)}`,
        spec: specOf(flavor),
        ...(subscription === undefined ? {} : { subscription }),
      }),
  };
}

const uuidOf = (outcome: RegisterOutcome): string => {
  if (outcome.outcome === 'refused') throw new Error(JSON.stringify(outcome.refusal));
  return outcome.instance.uuid;
};
const kinds = (host: FakeHost) => host.instances.situation().claims.map(({ kind }) => kind);

describe('plans', () => {
  it('are the flavors that anybody may have, storage, and addresses where there are any', async () => {
    const prices = { discount: 0.5, storagePerMonth: 2.50001, addressPerMonth: 1 };
    expect(plansOf(await flavors.list(), prices, true)).toEqual([
      { id: 'gpu', kind: 'flavor', description: '1 vCPU, 1024 MiB, RTX', pricePerMonth: 36 },
      { id: 'small', kind: 'flavor', description: '1 vCPU, 1024 MiB', pricePerMonth: 36 },
      { id: storagePlan, kind: 'storage', description: '100 GiB for volumes', pricePerMonth: 2.5 },
      { id: addressPlan, kind: 'address', description: 'an IPv4 address for an instance', pricePerMonth: 1 },
    ]);
    expect(plansOf(await flavors.list(), prices, false).map(({ kind }) => kind)).not.toContain('address');
    expect((await world().subscriptions.plans()).map(({ id }) => id)).toContain('big');
  });
});

describe('a subscription', () => {
  it('holds its part: nobody else gets it, its owner does, and it is held again after', async () => {
    const { host, subscriptions, launch } = world();
    const { id } = await subscriptions.create({ owner, plan: 'gpu' });
    expect(kinds(host)).toEqual(['subscription']);
    expect(await launch('gpu')).toMatchObject({
      outcome: 'refused',
      refusal: { reasons: [{ code: 'device-taken' }] },
    });

    const uuid = uuidOf(await launch('gpu', id));
    expect(kinds(host)).toEqual(['instance']);
    expect(subscriptions.usedBy(subscriptions.get(id))).toBe(uuid);
    await expect(launch('gpu', id)).rejects.toMatchObject({ code: 'resource-in-use' });
    await host.instances.unregister({ owner, uuid, purge: true });
    expect(kinds(host)).toEqual(['subscription']);
    expect(subscriptions.usedBy(subscriptions.get(id))).toBeNull();
    expect(await launch('gpu')).toMatchObject({ outcome: 'refused' });
    uuidOf(await launch('gpu', id));
  });

  it('is for its owner, for its flavor, and not for what is unknown', async () => {
    const { subscriptions, launch } = world();
    const { id } = await subscriptions.create({ owner, plan: 'small' });
    const storage = await subscriptions.create({ owner, plan: storagePlan });
    await expect(launch('small', id, other)).rejects.toMatchObject({ code: 'not-found' });
    await expect(launch('small', 'unknown')).rejects.toMatchObject({ code: 'not-found' });
    await expect(launch('big', id)).rejects.toMatchObject({ code: 'argument-invalid' });
    await expect(launch('small', storage.id)).rejects.toMatchObject({ code: 'argument-invalid' });
    await subscriptions.end({ id });
    await expect(launch('small', id)).rejects.toMatchObject({ code: 'not-found' });
    expect(() => subscriptions.get(id, other)).toThrow('There is no subscription');
  });

  it('is refused with every reason when there is no room, and for plans that are not', async () => {
    const { subscriptions } = world();
    await subscriptions.create({ owner, plan: 'gpu' });
    await expect(subscriptions.create({ owner: other, plan: 'gpu' })).rejects.toMatchObject({
      code: 'host-incapable',
    });
    await expect(subscriptions.create({ owner, plan: 'nothing' })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(subscriptions.list({})).toHaveLength(1);
  });

  it('cannot be ended under an instance, unless that is to stay', async () => {
    const { host, subscriptions, launch, released } = world();
    const { id } = await subscriptions.create({ owner, plan: 'gpu' });
    const uuid = uuidOf(await launch('gpu', id));
    await expect(subscriptions.end({ id })).rejects.toMatchObject({ code: 'resource-in-use' });
    await expect(subscriptions.end({ id, owner: other, keepInstance: true })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect((await subscriptions.end({ id, keepInstance: true, validateOnly: true })).endedAt).toBeNull();
    expect((await subscriptions.end({ id, keepInstance: true })).endedAt).not.toBeNull();
    expect(released).toEqual([uuid]);
    await expect(subscriptions.end({ id })).rejects.toMatchObject({ code: 'not-found' });
    expect(subscriptions.list({ owner })).toEqual([]);
    expect(subscriptions.list({ owner, ended: true })).toHaveLength(1);
    expect(kinds(host)).toEqual(['instance']);
    await host.instances.unregister({ owner, uuid, purge: true });
    expect(kinds(host)).toEqual([]);
  });

  it('is whole again after a launch that failed, one that was undone, and a dry run', async () => {
    const { host, subscriptions, launch } = world();
    const { id } = await subscriptions.create({ owner, plan: 'gpu' });
    host.failStart(virError.internalError);
    await expect(launch('gpu', id)).rejects.toMatchObject({ code: 'libvirt-failed' });
    await expect.poll(() => kinds(host)).toEqual(['subscription']);
    const request = { owner, name: 'dry', spec: specOf('gpu'), subscription: id };
    expect(await host.instances.tryBegin(request)).toMatchObject({ outcome: 'possible' });
    expect(subscriptions.usedBy(subscriptions.get(id))).toBeNull();
    uuidOf(await launch('gpu', id));
  });

  it('is made once for an idempotency key, and not at all by a dry run', async () => {
    const { subscriptions } = world();
    const request = { owner, plan: 'small', idempotencyKey: 'k' };
    await subscriptions.create({ ...request, validateOnly: true });
    expect(subscriptions.list({})).toEqual([]);
    const [first, second] = await Promise.all([subscriptions.create(request), subscriptions.create(request)]);
    expect(second).toEqual(first);
    expect((await subscriptions.create({ ...request, owner: other })).id).not.toBe(first.id);
    await expect(subscriptions.create({ ...request, plan: 'big' })).rejects.toMatchObject({
      code: 'definition-conflict',
    });
  });

  it('survives the daemon', () => {
    const path = databasePath();
    const store = createSubscriptionStore(openFor(path));
    const kept: Subscription = {
      ...{ id: '1', owner, plan: storagePlan, pricePerMonth: 2, instance: null, createdAt: 5, endedAt: null },
      held: { kind: 'storage', pool: 'protium', bytes: 5 },
    };
    store.insert(kept, 'key');
    expect(createSubscriptionStore(openFor(path)).all()).toEqual([kept]);
  });

  it('of an instance that asks for a device less than its own: the rest stays held', async () => {
    const { host, subscriptions, launch } = world();
    const { id } = await subscriptions.create({ owner, plan: 'small' });
    const uuid = uuidOf(await launch('small', id));
    // Somebody made it larger and moved it: what it does not have stays held.
    const { held } = subscriptions.get(id);
    if (held.kind !== 'flavor') throw new Error('no flavor');
    host.subscriptionStore.occupy(id, uuid, {
      ...held,
      plan: { ...held.plan, cpu: { ...held.plan.cpu, cores: [...held.plan.cpu.cores, 3] } },
    });
    const claims = host.instances.situation().claims.filter(({ kind }) => kind === 'subscription');
    expect(claims).toMatchObject([{ holder: id, cores: [3], slots: 0, memoryMib: 0, pci: [] }]);
  });
});

describe('storage', () => {
  const held = (of: string, endedAt: number | null = null): Subscription => ({
    ...{ id: '1', owner: of, plan: storagePlan, pricePerMonth: 2, instance: null, createdAt: 5, endedAt },
    held: { kind: 'storage', pool: 'protium', bytes: 100 },
  });

  it('is kept from others, less what its owner’s volumes take up', () => {
    const used = (of: string) => (of === owner ? 30 : 500);
    expect(heldStorage([held(owner), held(owner), held(other)], 'protium', used, null)).toBe(170);
    expect(heldStorage([held(owner), held(other)], 'protium', used, owner)).toBe(0);
    expect(heldStorage([held(owner)], 'elsewhere', used, null)).toBe(0);
    expect(heldStorage([held(owner, 9)], 'protium', used, null)).toBe(0);
  });

  it('is there for its owner’s volumes, and for nobody else’s', async () => {
    const { host, subscriptions } = world();
    await subscriptions.create({ owner, plan: storagePlan });
    await subscriptions.create({ owner, plan: storagePlan });
    await expect(subscriptions.create({ owner: other, plan: storagePlan })).rejects.toMatchObject({
      code: 'storage-full',
    });
    const ask = (as: string) =>
      host.instances.tryBegin({
        owner: as,
        name: 'large',
        spec: specOf('small', { volumes: [{ size_gb: 150 }] }),
      });
    expect(await ask(other)).toMatchObject({
      outcome: 'refused',
      refusal: { reasons: [{ code: 'pool-full' }] },
    });
    expect(await ask(owner)).toMatchObject({ outcome: 'possible' });
  });

  it('is refused where there is not enough, and where nobody knows', async () => {
    const free = (bytes: number | null) =>
      createSubscriptions({
        store: createSubscriptionStore(openFor(databasePath())),
        flavors,
        prices: { discount: 1, storagePerMonth: 0, addressPerMonth: 0 },
        locks: world().host.operations.locks,
        check: () => Promise.reject(new Error('not asked')),
        storage: { pool: 'protium', freeBytes: () => bytes },
        addresses: noAddresses,
        isThere: () => false,
        ready: () => Promise.resolve(),
        onReleased: () => undefined,
      }).create({ owner, plan: storagePlan });
    await expect(free(storagePlanBytes - 1)).rejects.toMatchObject({ code: 'storage-full' });
    await expect(free(null)).rejects.toMatchObject({ code: 'storage-full' });
    expect((await free(storagePlanBytes)).held).toEqual({
      kind: 'storage',
      pool: 'protium',
      bytes: storagePlanBytes,
    });
  });
});

const act = fc.record({
  kind: fc.constantFrom('subscribe', 'launch', 'launch-on', 'terminate', 'end', 'end-keeping' as const),
  flavor: fc.constantFrom('gpu', 'big', 'small'),
  which: fc.nat(20),
});

it('whatever is subscribed, launched and ended at once, nothing is given twice, and who subscribed is always served', async () => {
  const facts = machine({
    coresPerNode: 6,
    memoryMib: 12_288,
    pci: [...card('0000:01:00', 10), ...card('0000:02:00', 11)],
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
      async (rounds) => {
        const { host, subscriptions, launch } = world(facts);
        const refusals = ['host-incapable', 'resource-in-use', 'not-found'];
        for (const round of rounds) {
          await Promise.all(
            round.map(async ({ kind, flavor, which }) => {
              const all = subscriptions.list({});
              const chosen = all[which % Math.max(1, all.length)];
              const domains = [...host.domains.keys()];
              const domain = domains[which % Math.max(1, domains.length)];
              try {
                if (kind === 'subscribe') await subscriptions.create({ owner, plan: flavor });
                else if (kind === 'launch') await launch(flavor);
                else if (kind === 'launch-on' && chosen !== undefined) {
                  // Never refused for want of room.
                  uuidOf(await launch(chosen.plan, chosen.id));
                } else if (kind === 'terminate' && domain !== undefined) {
                  await host.instances.unregister({ owner, uuid: domain, purge: true });
                } else if (chosen !== undefined && kind.startsWith('end')) {
                  await subscriptions.end({ id: chosen.id, keepInstance: kind === 'end-keeping' });
                }
              } catch (error) {
                expect(refusals).toContain((error as { code?: string }).code ?? String(error));
              }
            }),
          );
          const { claims, policy } = host.instances.situation();
          for (const { count: on, limit } of coreLoads(facts, claims).values()) {
            expect(on).toBeLessThanOrEqual(limit);
          }
          expect(memoryStanding(facts, claims, policy, false).freeMib).toBeGreaterThanOrEqual(0);
          const addresses = claims.flatMap(({ pci }) => pci);
          expect(new Set(addresses).size).toBe(addresses.length);
          const unused = subscriptions.list({}).filter((each) => subscriptions.usedBy(each) === null);
          expect(
            claims
              .filter(({ kind }) => kind === 'subscription')
              .map(({ holder }) => holder)
              .sort(),
          ).toEqual(unused.map(({ id }) => id).sort());
        }
      },
    ),
    { numRuns: 15 },
  );
});
