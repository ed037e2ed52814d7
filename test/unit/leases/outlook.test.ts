import { expect, it } from 'vitest';
import { createLeaseBook } from '../../../internal/leases/book.ts';
import type { LeaseCapacity, LeaseDemand } from '../../../internal/leases/lease.ts';
import { outlookOf } from '../../../internal/leases/outlook.ts';

const demand = (slots: number, overprovision: number, allowSmt = true): LeaseDemand => ({
  ...{ slots, allowSmt, overprovision, topology: 'host', memoryMib: 64, hugepages: false },
  ...{ devices: [], namedDevices: [] },
});
const standing = (...demands: LeaseDemand[]) => demands.map((each) => ({ demand: each, devices: [] }));
const capacity = (...there: LeaseDemand[]): LeaseCapacity => ({
  ...{ cores: 2, threadsPerCore: 1, memoryMib: 10_000, hugepagesMib: 0, overheadMib: 128, devices: [] },
  standing: standing(...there),
});
const ask = (book: ReturnType<typeof createLeaseBook>, there: LeaseCapacity, wish: LeaseDemand) =>
  outlookOf(book, there, { demand: wish, now: 1000, leastMs: 100, permanent: false, nameOf: (id) => id });

it('where no lease is, none is in the way: what stands is the placement’s affair', () => {
  const there = capacity(demand(1, 10), demand(1, 5), demand(1, 2));
  expect(ask(createLeaseBook(), there, demand(1, 10))).toEqual({ kind: 'free' });
});

it('nor before the first one begins', () => {
  const book = createLeaseBook();
  book.put({ id: 'tuesday', interval: { start: 5000, end: 6000 }, demand: demand(1, 1), devices: [] });
  expect(ask(book, capacity(), demand(1, 1))).toEqual({ kind: 'free' });
  expect(ask(book, capacity(demand(1, 1)), demand(1, 1))).toEqual({
    kind: 'until',
    until: 5000,
    lease: 'the lease "tuesday"',
  });
});

it('VMs of whole cores and of threads share cores alike, as the placement has it', () => {
  const book = createLeaseBook();
  book.put({ id: 'small', interval: { start: 0, end: 9000 }, demand: demand(1, 10), devices: [] });
  const others = Array.from({ length: 18 }, (_, index) => demand(1, 10, index % 2 === 0));
  expect(ask(book, capacity(...others), demand(1, 10))).toEqual({ kind: 'free' });
  expect(ask(book, capacity(...others, demand(1, 10)), demand(1, 10))).toMatchObject({ kind: 'refused' });
});
