import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  conflictOf,
  isIn,
  merge,
  nextFree,
  rangesText,
  readPool,
  sizeOf,
  subnetsOfRanges,
  without,
  type AddressRange,
} from '../../../internal/floating-addresses/pool.ts';
import { poolProblem } from '../../../internal/floating-addresses/pool-problem.ts';
import { addressNumber, contains, lastOf, readSubnet } from '../../../internal/networks/ipv4.ts';
import type { NetworkView } from '../../../internal/libvirt/live-view/views.ts';

const number = (text: string): number => addressNumber(text) ?? -1;
/** Ranges within a few addresses, so that they meet. */
const ranges = fc
  .array(fc.tuple(fc.integer({ min: 1000, max: 1040 }), fc.integer({ min: 0, max: 6 })), { maxLength: 5 })
  .map((pairs) => pairs.map(([first, more]) => ({ first, last: first + more })));
const members = (of: readonly AddressRange[]): readonly number[] =>
  of.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index));

describe('a pool', () => {
  it.each([
    ['10.77.0.0/24', '10.77.0.1-10.77.0.254'],
    ['10.77.0.0/31', '10.77.0.0-10.77.0.1'],
    ['10.77.0.5/32, 10.77.0.6', '10.77.0.5-10.77.0.6'],
    ['10.77.0.9-10.77.0.12,10.77.0.1 - 10.77.0.3', '10.77.0.1-10.77.0.3, 10.77.0.9-10.77.0.12'],
    ['10.77.0.1-10.77.0.9,10.77.0.2-10.77.0.3', '10.77.0.1-10.77.0.9'],
    ['10.77.0.0/16', '10.77.0.1-10.77.255.254'],
  ])('%s is %s', (text, expected) => {
    expect(rangesText(readPool(text) ?? [])).toBe(expected);
  });
  it.each([
    '',
    ',',
    'x',
    '10.77.0.1/24',
    '10.77.0.0/33',
    '10.77.0.9-10.77.0.1',
    '10.77.0.1-10.77.0.2-10.77.0.3',
    '10.77.0.1-',
    '127.0.0.1',
    '126.255.255.0-128.0.0.1',
    '0.0.0.0/24',
    '224.0.0.1',
    '255.255.255.255',
    '10.0.0.0/8',
    'fd00::/64',
    '10.77.0.1;reboot',
  ])('%j is none', (text) => {
    expect(readPool(text)).toBeUndefined();
  });
  it('may be none at all', () => {
    expect(readPool('none')).toBeNull();
    expect(readPool('NONE')).toBeNull();
  });
});

describe('ranges', () => {
  it('are merged without losing or gaining an address', () => {
    fc.assert(
      fc.property(ranges, (some) => {
        const merged = merge(some);
        expect(members(merged)).toEqual([...new Set(members(some))].sort((a, b) => a - b));
        expect(sizeOf(merged)).toBe(members(merged).length);
        for (const [index, { first }] of merged.entries()) {
          if (index > 0) expect(first).toBeGreaterThan((merged[index - 1]?.last ?? 0) + 1);
        }
      }),
    );
  });
  it('lose the addresses that are taken out', () => {
    fc.assert(
      fc.property(ranges, fc.uniqueArray(fc.integer({ min: 998, max: 1050 })), (some, out) => {
        const merged = merge(some);
        const left = members(without(merged, new Set(out)));
        expect(left).toEqual(members(merged).filter((address) => !out.includes(address)));
      }),
    );
  });
  it('are so many subnets', () => {
    fc.assert(
      fc.property(ranges, (some) => {
        const merged = merge(some);
        const subnets = subnetsOfRanges(merged);
        expect(subnets.flatMap((each) => members([{ first: each.base, last: lastOf(each) }]))).toEqual(
          members(merged),
        );
      }),
    );
    expect(subnetsOfRanges([{ first: 0, last: 2 ** 32 - 1 }])).toEqual([{ base: 0, prefix: 0 }]);
  });
  it('overlap a subnet where they have an address of it', () => {
    fc.assert(
      fc.property(
        ranges,
        fc.integer({ min: 27, max: 32 }),
        fc.integer({ min: 30, max: 33 }),
        (some, prefix, at) => {
          const size = 2 ** (32 - prefix);
          const subnet = { base: Math.floor((at * 32) / size) * size, prefix, by: 'somebody' };
          const meets = members(some).some((address) => contains(subnet, address));
          expect(conflictOf(some, [subnet]) !== null).toBe(meets);
        },
      ),
    );
  });
});

describe('the next address', () => {
  it('is of the pool and nobody else has it; there is one until all are given', () => {
    fc.assert(
      fc.property(
        ranges,
        fc.array(fc.integer({ min: 1000, max: 1046 })),
        fc.option(fc.integer({ min: 990, max: 1060 })),
        (some, others, after) => {
          const pool = merge(some);
          const taken = new Set(others);
          const given: number[] = [];
          for (let last = after; ;) {
            const next = nextFree(pool, taken, last);
            if (next === null) break;
            expect(isIn(pool, next)).toBe(true);
            expect(taken.has(next)).toBe(false);
            taken.add(next);
            given.push(next);
            last = next;
          }
          expect([...given].sort((a, b) => a - b)).toEqual(
            members(pool).filter((address) => !others.includes(address)),
          );
        },
      ),
    );
  });
  it('goes round: what was given back rests', () => {
    const pool = readPool('10.77.0.1-10.77.0.3,10.77.0.7') ?? [];
    const none = new Set<number>();
    expect(nextFree(pool, none, null)).toBe(number('10.77.0.1'));
    expect(nextFree(pool, none, number('10.77.0.1'))).toBe(number('10.77.0.2'));
    expect(nextFree(pool, none, number('10.77.0.3'))).toBe(number('10.77.0.7'));
    expect(nextFree(pool, none, number('10.77.0.7'))).toBe(number('10.77.0.1'));
    // The only one that is left is the one itself.
    expect(nextFree(pool, new Set(members(pool)), number('10.77.0.2'))).toBeNull();
  });
});

describe('a pool that somebody has', () => {
  const pool = readPool('10.77.0.0/24');
  const network = {
    name: 'lab',
    ips: [{ family: 'ipv4', address: '10.77.0.129', prefix: 25, dhcpRanges: [] }],
  } as unknown as NetworkView;
  const route = (text: string, device: string) => ({
    ...(readSubnet(text) ?? { base: 0, prefix: 0 }),
    device,
  });
  const problem = (
    networks: readonly NetworkView[],
    routes: readonly ReturnType<typeof route>[],
    given: readonly string[] = [],
  ) => poolProblem(pool ?? null, given, 'eth0', { networks, routes });

  it('is refused, and by whom is said', () => {
    expect(problem([], [route('10.78.0.0/16', 'eth1')])).toBeNull();
    expect(problem([network], [])).toContain('overlap the network "lab" (10.77.0.128/25)');
    expect(problem([], [route('10.0.0.0/8', 'tun0')])).toContain('a route of the host by tun0 (10.0.0.0/8)');
    // It may be a part of its own device's network.
    expect(problem([], [route('10.77.0.0/16', 'eth0')])).toBeNull();
    // Given when the pool was another.
    expect(problem([], [route('10.99.0.0/24', 'eth1')], ['10.99.0.7'])).toContain('Renew them.');
    expect(poolProblem(null, [], 'lo', { networks: [], routes: [] })).toContain('turned off');
  });
});
