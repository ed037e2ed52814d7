import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invoicesOf } from '../../../internal/invoices/invoice.ts';
import { createKeyedLock } from '../../../internal/operations/keyed-lock.ts';
import { createSubscriptions } from '../../../internal/subscriptions/create-subscriptions.ts';
import { createSubscriptionHolds } from '../../../internal/subscriptions/holds.ts';
import { addressPlan } from '../../../internal/subscriptions/plans.ts';
import { createSubscriptionStore } from '../../../internal/subscriptions/subscription-store.ts';
import { floatingHost } from '../floating-addresses/fixture.ts';
import { databasePath, openFor } from '../operations/fixture.ts';

const owner = 'a'.repeat(32);
const other = 'b'.repeat(32);

/** Addresses and subscriptions that know of each other. */
function world({ pool = '10.77.0.0/29', path = databasePath() } = {}) {
  let now = Date.UTC(2026, 10, 1);
  const store = createSubscriptionStore(openFor(path));
  const holds = createSubscriptionHolds(store);
  const host = floatingHost({ pool, path, held: () => holds.addresses() });
  const subscriptions = createSubscriptions({
    store,
    flavors: { list: () => Promise.resolve([]), specOf: () => Promise.resolve(undefined) },
    prices: { discount: 1, storagePerMonth: 0, addressPerMonth: 30 },
    locks: createKeyedLock(),
    check: () => Promise.reject(new Error('not asked')),
    storage: { pool: 'protium', freeBytes: () => null },
    addresses: host.floating,
    isThere: () => false,
    ready: () => Promise.resolve(),
    onReleased: () => {
      throw new Error('of instances that live on a flavor');
    },
    now: () => now,
  });
  const subscribe = (as = owner) => subscriptions.create({ owner: as, plan: addressPlan });
  return { ...host, subscriptions, subscribe, later: (ms: number) => void (now += ms) };
}

describe('an address that is subscribed to', () => {
  it('is held without an instance, given to its owner first, and to nobody else', async () => {
    const { floating, subscriptions, subscribe } = world();
    const kept = await subscribe();
    expect(kept).toMatchObject({ held: { kind: 'address', address: '10.77.0.1' }, pricePerMonth: 30 });
    expect((await floating.associate('i2', other)).address).toBe('10.77.0.2');
    expect((await floating.associate('i1', owner)).address).toBe('10.77.0.1');
    expect(subscriptions.usedBy(kept)).toBe('i1');
    // One more of its owner's has to do with what is left.
    expect((await floating.associate('i3', owner)).address).toBe('10.77.0.3');
    // It stays held when its instance goes, however long the round is.
    await floating.release('i1');
    expect(subscriptions.usedBy(kept)).toBeNull();
    for (let times = 0; times < 8; times += 1) {
      expect((await floating.renew('i2')).address).not.toBe('10.77.0.1');
    }
    expect((await floating.associate('i1', owner)).address).toBe('10.77.0.1');
  });

  it('is asked for by name by its owner alone', async () => {
    const { floating, subscribe } = world();
    await subscribe();
    await subscribe();
    const second = { validateOnly: false, address: '10.77.0.2' };
    await expect(floating.associate('i2', other, second)).rejects.toMatchObject({ code: 'resource-in-use' });
    expect((await floating.associate('i1', owner, second)).address).toBe('10.77.0.2');
    expect((await floating.associate('i1', owner, second)).address).toBe('10.77.0.2');
    await expect(
      floating.associate('i1', owner, { validateOnly: false, address: '10.77.0.1' }),
    ).rejects.toMatchObject({ code: 'state-conflict' });
    await expect(floating.associate('i3', owner, second)).rejects.toMatchObject({ code: 'resource-in-use' });
    // What was renewed is another: the one that is left.
    expect((await floating.renew('i1')).address).toBe('10.77.0.1');
  });

  it('is refused when none is left, and counts as used', async () => {
    const { floating, subscriptions, subscribe } = world({ pool: '10.77.0.1-10.77.0.2' });
    await subscribe();
    await subscribe();
    expect(floating.condition()).toMatchObject({ size: 2, used: 2 });
    await expect(subscribe(other)).rejects.toMatchObject({ code: 'resource-in-use' });
    await expect(floating.associate('i1', other)).rejects.toMatchObject({ code: 'resource-in-use' });
    expect(subscriptions.list({})).toHaveLength(2);
    expect(floating.list()).toEqual([]);
  });

  it('is not offered where there are no addresses', async () => {
    const { subscriptions, subscribe } = world({ pool: 'none' });
    expect((await subscriptions.plans()).map(({ id }) => id)).not.toContain(addressPlan);
    await expect(subscribe()).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is free for all once it has ended; to whom it leads keeps it', async () => {
    const { floating, subscriptions, subscribe } = world({ pool: '10.77.0.1' });
    const first = await subscribe();
    const dry = { owner, plan: addressPlan, validateOnly: true };
    await expect(subscriptions.create(dry)).rejects.toMatchObject({ code: 'resource-in-use' });
    await floating.associate('i1', owner);
    await subscriptions.end({ id: first.id, owner });
    expect(floating.of('i1')).toMatchObject({ address: '10.77.0.1', state: 'active' });
    await floating.release('i1');
    expect(await subscriptions.create({ ...dry, owner: other })).toMatchObject({
      held: { address: '10.77.0.1' },
    });
    expect((await floating.associate('i2', other)).address).toBe('10.77.0.1');
  });

  it('is still held by the next daemon, and is invoiced by the month', async () => {
    const path = databasePath();
    const before = world({ path });
    await before.subscribe();
    const after = world({ path });
    expect((await after.floating.associate('i2', other)).address).toBe('10.77.0.2');
    after.later(15 * 24 * 3_600_000);
    const [invoice] = invoicesOf([], after.subscriptions.list({ ended: true }), Date.UTC(2026, 10, 16));
    expect(invoice).toMatchObject({
      owner,
      total: 15,
      lines: [{ name: addressPlan, price: 30, amount: 15 }],
    });
  });

  it('that the operator took out of the pool is not given, and what is outside of it does not count', async () => {
    const path = databasePath();
    await world({ path }).subscribe();
    const { floating } = world({ path, pool: '10.88.0.1-10.88.0.2' });
    expect((await floating.associate('i1', owner)).address).toBe('10.88.0.1');
    expect(floating.condition()).toMatchObject({ size: 2, used: 1 });
  });

  it('whatever is subscribed, bound and ended at once, is given to one alone', async () => {
    const act = fc.record({
      what: fc.constantFrom('subscribe', 'end', 'associate', 'release', 'renew'),
      as: fc.constantFrom(owner, other),
      instance: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const { floating, subscriptions, subscribe } = world();
        await Promise.all(
          acts.map(async ({ what, as, instance }) => {
            const uuid = `i${instance}${as === owner ? 1 : 2}`;
            try {
              if (what === 'subscribe') await subscribe(as);
              else if (what === 'associate') await floating.associate(uuid, as);
              else if (what === 'release') await floating.release(uuid);
              else if (what === 'renew') await floating.renew(uuid);
              else for (const { id } of subscriptions.list({ owner: as })) await subscriptions.end({ id });
            } catch (error) {
              expect(['resource-in-use', 'not-found']).toContain((error as { code?: string }).code);
            }
          }),
        );
        const held = subscriptions
          .list({})
          .flatMap(({ held: { kind, ...rest }, owner: of }) =>
            kind === 'address' && 'address' in rest ? [{ address: rest.address, owner: of }] : [],
          );
        expect(new Set(held.map(({ address }) => address)).size).toBe(held.length);
        for (const { address, owner: of } of floating.list()) {
          const holder = held.find((each) => each.address === address);
          if (holder !== undefined) expect(holder.owner).toBe(of);
        }
      }),
      { numRuns: 40 },
    );
  });
});
