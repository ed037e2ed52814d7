import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindDevices } from '../../../internal/leases/bind-devices.ts';
import { createLeaseBook } from '../../../internal/leases/book.ts';
import type { BookedLease, LeaseCapacity, LeaseDemand } from '../../../internal/leases/lease.ts';
import { capacity, cards, demand, standing } from './hosts.ts';
import { canAllBeKept } from './oracle.ts';

const addresses = cards.map(({ address }) => address);

const demands: fc.Arbitrary<LeaseDemand> = fc
  .record({
    slots: fc.integer({ min: 0, max: 5 }),
    allowSmt: fc.boolean(),
    overprovision: fc.constantFrom(1, 1, 2, 3),
    memoryMib: fc.constantFrom(0, 512, 3000),
    hugepages: fc.boolean(),
    first: fc.constantFrom(0, 0, 1, 2),
    second: fc.constantFrom(0, 0, 1),
    named: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.subarray(addresses, { minLength: 1, maxLength: 2 }) },
    ),
  })
  .map(({ first, second, named, ...rest }) =>
    demand({
      ...rest,
      namedDevices: named,
      devices: [
        { vendor: '10de', model: '2489', quantity: first },
        { vendor: '1002', model: '73bf', quantity: second },
      ].filter(({ quantity }) => quantity > 0),
    }),
  );

/** Devices alone, and few of them: what makes layouts hard. */
const deviceDemands: fc.Arbitrary<LeaseDemand> = fc
  .record({
    quantity: fc.constantFrom(1, 1, 2),
    named: fc.constantFrom([], [], ...addresses.slice(0, 3).map((address) => [address])),
  })
  .map(({ quantity, named }) =>
    demand({ namedDevices: named, devices: [{ vendor: '10de', model: '2489', quantity }] }),
  );

const intervals = fc
  .record({ start: fc.integer({ min: 0, max: 12 }), length: fc.integer({ min: 1, max: 6 }) })
  .map(({ start, length }) => ({ start, end: start + length }));

const wishes = (demandOf: fc.Arbitrary<LeaseDemand>, maxLength: number) =>
  fc
    .array(fc.record({ interval: intervals, demand: demandOf, removes: fc.nat(9) }), { maxLength })
    .map((list) => list.map((wish, index) => ({ id: `lease-${index}`, devices: [], ...wish })));

const hosts: fc.Arbitrary<LeaseCapacity> = fc
  .record({
    cores: fc.integer({ min: 2, max: 8 }),
    memoryMib: fc.constantFrom(4000, 8000),
    threadsPerCore: fc.constantFrom(1, 2),
    slots: fc.integer({ min: 0, max: 2 }),
    held: fc.subarray(addresses, { maxLength: 2 }),
  })
  .map(({ slots, held, ...parts }) =>
    capacity({ ...parts, standing: [standing({ slots, memoryMib: 700 }, held)] }),
  );

const narrow = capacity({ devices: cards.slice(0, 3) });

/** Books what `check` allows, as the oracle must too; a wish now and then removes an earlier lease first. */
function bookAll(
  list: readonly (BookedLease & { readonly removes: number })[],
  host: LeaseCapacity,
): { readonly book: ReturnType<typeof createLeaseBook>; readonly kept: readonly BookedLease[] } {
  const book = createLeaseBook();
  let kept: readonly BookedLease[] = [];
  for (const { removes, ...lease } of list) {
    const gone = removes < 3 ? kept[removes]?.id : undefined;
    if (gone !== undefined) {
      book.remove(gone);
      kept = kept.filter(({ id }) => id !== gone);
    }
    const fits = book.check(lease, host) === null;
    expect(fits).toBe(canAllBeKept([...kept, lease], host));
    if (!fits) continue;
    book.put(lease);
    kept = [...kept, lease];
  }
  return { book, kept };
}

const runs = { numRuns: 300 };

describe('a book of leases, against brute force', () => {
  it('is never over capacity and refuses nothing that fits', () => {
    fc.assert(
      fc.property(wishes(demands, 8), hosts, (list, host) => void bookAll(list, host)),
      runs,
    );
    fc.assert(
      fc.property(wishes(deviceDemands, 9), (list) => void bookAll(list, narrow)),
      runs,
    );
  });

  it('finds every start that there is, and the earliest first', () => {
    const finds = (
      list: Parameters<typeof bookAll>[0],
      host: LeaseCapacity,
      wish: LeaseDemand,
      lengthMs: number,
    ): void => {
      const { book, kept } = bookAll(list, host);
      const free: { start: number; latestStart: number }[] = [];
      for (let start = 0; start <= 22; start += 1) {
        const lease = { id: 'wish', devices: [], demand: wish, interval: { start, end: start + lengthMs } };
        if (!canAllBeKept([...kept, lease], host)) continue;
        const last = free.at(-1);
        if (last?.latestStart === start - 1) last.latestStart = start;
        else free.push({ start, latestStart: start });
      }
      const question = { from: 0, horizon: 22, lengthMs, demand: wish, limit: 99 };
      expect(book.earliest(question, host)).toEqual(free);
    };
    const length = fc.integer({ min: 1, max: 5 });
    fc.assert(fc.property(wishes(demands, 6), hosts, demands, length, finds), runs);
    fc.assert(
      fc.property(wishes(deviceDemands, 7), deviceDemands, length, (list, wish, lengthMs) =>
        finds(list, narrow, wish, lengthMs),
      ),
      runs,
    );
  });

  it('gives back what is removed, and does not care for the order', () => {
    fc.assert(
      fc.property(
        wishes(demands, 8),
        hosts,
        fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
        (list, host, keys) => {
          const { book, kept } = bookAll(list, host);
          const everything = { start: -1, end: 30 };
          const other = createLeaseBook();
          const empty = other.profile(everything, host);
          const shuffled = kept
            .map((lease, index) => ({ lease, key: keys[index] ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ lease }) => lease);
          shuffled.forEach((lease) => other.put(lease));
          expect(other.profile(everything, host)).toEqual(book.profile(everything, host));
          shuffled.forEach(({ id }) => other.remove(id));
          expect(other.profile(everything, host)).toEqual(empty);
        },
      ),
      runs,
    );
  });

  it('finds devices for every lease at its start, however they were used', () => {
    const starts = (
      list: Parameters<typeof bookAll>[0],
      host: LeaseCapacity,
      hours: readonly number[],
    ): void => {
      const { kept } = bookAll(list, host);
      const bound = new Map<string, BookedLease>();
      const usage = (address: string): number => hours[addresses.indexOf(address)] ?? 0;
      for (const lease of [...kept].sort((a, b) => a.interval.start - b.interval.start)) {
        const others = kept.map((other) => bound.get(other.id) ?? other);
        const answer = bindDevices(lease, host, others, usage);
        if (!answer.ok) expect.fail(JSON.stringify(answer.shortages));
        bound.set(lease.id, { ...lease, devices: answer.devices });
      }
      expect(canAllBeKept([...bound.values()], host)).toBe(true);
    };
    const hours = fc.array(fc.nat(3), { minLength: addresses.length, maxLength: addresses.length });
    fc.assert(fc.property(wishes(demands, 8), hosts, hours, starts), runs);
    fc.assert(
      fc.property(wishes(deviceDemands, 9), hours, (list, used) => starts(list, narrow, used)),
      runs,
    );
  });
});
