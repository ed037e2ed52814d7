import { describe, expect, it } from 'vitest';
import { bindDevices } from '../../../internal/leases/bind-devices.ts';
import { createLeaseBook } from '../../../internal/leases/book.ts';
import type { BookedLease } from '../../../internal/leases/lease.ts';
import { booked, capacity } from './hosts.ts';

const addresses = Array.from({ length: 6 }, (_, index) => `0000:0${index + 1}:00.0`);
const host = capacity({
  devices: addresses.map((address) => ({ address, vendor: '10de', model: '2489' })),
});

/** Always the same numbers in [0, 1) for a seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('months of booking and starting', () => {
  it.each([1, 2, 3])('never leave a lease without its devices (seed %d)', (seed) => {
    const next = numbers(seed);
    const book = createLeaseBook();
    const open = new Map<string, BookedLease>();
    const used = new Map<string, number>();
    const busyUntil = new Map<string, number>();
    let [accepted, started] = [0, 0];
    for (let now = 0; now < 500; now += 1) {
      for (let wish = 0; wish < 3; wish += 1) {
        const start = now + 1 + Math.floor(next() * 60);
        const quantity = next() < 0.7 ? 1 : 2;
        const named = next() < 0.2 ? [addresses[Math.floor(next() * 6)] ?? ''] : [];
        const lease = booked(`lease-${now}-${wish}`, start, start + 1 + Math.floor(next() * 20), {
          devices: [{ vendor: '10de', model: '2489', quantity }],
          namedDevices: named,
        });
        if (book.check(lease, host) !== null) continue;
        book.put(lease);
        open.set(lease.id, lease);
        accepted += 1;
      }
      for (const lease of [...open.values()].filter(({ interval }) => interval.end === now)) {
        book.remove(lease.id);
        open.delete(lease.id);
      }
      for (const lease of [...open.values()].filter(({ interval }) => interval.start === now)) {
        const answer = bindDevices(lease, host, [...open.values()], (address) => used.get(address) ?? 0);
        if (!answer.ok) expect.fail(`${lease.id}: ${JSON.stringify(answer.shortages)}`);
        for (const address of answer.devices) {
          expect(busyUntil.get(address) ?? 0, `${lease.id} on ${address}`).toBeLessThanOrEqual(now);
          busyUntil.set(address, lease.interval.end);
          used.set(address, (used.get(address) ?? 0) + lease.interval.end - now);
        }
        const bound = { ...lease, devices: answer.devices };
        book.put(bound);
        open.set(lease.id, bound);
        started += 1;
      }
    }
    expect(started).toBeGreaterThan(200);
    expect(accepted).toBeGreaterThanOrEqual(started);
    // Fair: no card is used much more than another.
    const hours = addresses.map((address) => used.get(address) ?? 0);
    expect(Math.max(...hours)).toBeLessThan(1.3 * Math.min(...hours));
  });
});
