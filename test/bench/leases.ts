import { createLeaseBook } from '../../internal/leases/book.ts';
import type { BookedLease, LeaseBook, LeaseCapacity, LeaseDemand } from '../../internal/leases/lease.ts';
import { percentile, short } from './statistics.ts';
import { printTable, type Row } from './table.ts';

const leases = 10_000;
const questions = 1000;
const warmUp = 200;
const minute = 60_000;
const year = 365 * 24 * 60 * minute;

/** A host of 128 cores with eight cards of one class and four of another. */
const host: LeaseCapacity = {
  cores: 128,
  threadsPerCore: 2,
  memoryMib: 1024 * 1024,
  hugepagesMib: 0,
  overheadMib: 256,
  devices: Array.from({ length: 12 }, (_, index) => ({
    address: `0000:${(index + 1).toString(16).padStart(2, '0')}:00.0`,
    vendor: '10de',
    model: index < 8 ? '20b0' : '2489',
  })),
  standing: [],
};

/** Always the same numbers in [0, 1). */
function numbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function demandOf(next: () => number, named: boolean): LeaseDemand {
  const model = next() < 0.7 ? '20b0' : '2489';
  const quantity = next() < 0.2 ? 0 : next() < 0.8 ? 1 : 2;
  const bus = model === '20b0' ? 1 + Math.floor(next() * 8) : 9 + Math.floor(next() * 4);
  return {
    slots: 1 + Math.floor(next() * 16),
    allowSmt: next() < 0.5,
    overprovision: [1, 1, 2, 4][Math.floor(next() * 4)] ?? 1,
    topology: 'host',
    memoryMib: 1024 * (1 + Math.floor(next() * 64)),
    hugepages: false,
    devices: quantity === 0 ? [] : [{ vendor: '10de', model, quantity }],
    namedDevices: named && quantity > 0 ? [`0000:${bus.toString(16).padStart(2, '0')}:00.0`] : [],
  };
}

/** Books until so many leases are in: where the wanted time is full, at the earliest that is free. */
function fill(namedShare: number): {
  book: LeaseBook;
  kept: readonly BookedLease[];
  samples: readonly number[];
} {
  const book = createLeaseBook();
  const next = numbers();
  const kept: BookedLease[] = [];
  const samples: number[] = [];
  while (kept.length < leases) {
    const demand = demandOf(next, next() < namedShare);
    const lengthMs = (1 + Math.floor(next() * 47)) * 30 * minute;
    const start = Math.floor((next() * year) / minute) * minute;
    const lease = {
      id: `lease-${kept.length}`,
      interval: { start, end: start + lengthMs },
      demand,
      devices: [],
    };
    const began = performance.now();
    const fits = book.check(lease, host) === null;
    if (fits) book.put(lease);
    if (kept.length > leases * 0.9) samples.push(performance.now() - began);
    if (fits) kept.push(lease);
  }
  return { book, kept, samples };
}

/** What the book of leases takes with 10,000 leases on a host: the question for the earliest starts, and a booking. */
export function benchLeases(): void {
  const rows: Row[] = [];
  for (const [what, namedShare] of [
    ['no device named', 0],
    ['every tenth names a device', 0.1],
  ] as const) {
    const { book, samples } = fill(namedShare);
    const next = numbers();
    const times: number[] = [];
    for (let index = -warmUp; index < questions; index += 1) {
      const demand = demandOf(next, next() < namedShare);
      const from = next() * year * 0.5;
      const began = performance.now();
      // Eight cards for eight hours: the whole year is searched, and little is found.
      const wish = index % 2 === 0 ? demand : { ...demand, devices: eightCards, namedDevices: [] };
      const lengthMs = index % 2 === 0 ? 480 * minute : 6000 * minute;
      book.earliest({ from, horizon: from + year, lengthMs, demand: wish, limit: 10 }, host);
      if (index >= 0) times.push(performance.now() - began);
    }
    const [asked, booked] = [percentile(times, 99), percentile(samples, 99)];
    rows.push(
      {
        what: `earliest starts, p99 (${what})`,
        value: `${short(asked)} ms`,
        target: '≤ 5 ms',
        met: asked <= 5,
      },
      {
        what: `a booking, p99 (${what})`,
        value: `${short(booked)} ms`,
        target: '≤ 10 ms',
        met: booked <= 10,
      },
    );
  }
  printTable(`${leases} leases on a host of 128 cores and 12 cards`, rows);
}

const eightCards = [{ vendor: '10de', model: '20b0', quantity: 8 }];
