import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fewestCores, type SharingKind } from '../../../internal/leases/shared-cores.ts';
import { canShare } from './oracle.ts';

interface Vm {
  readonly sharing: number;
  readonly cores: number;
}

function kindsOf(vms: readonly Vm[]): readonly SharingKind[] {
  const kinds = new Map<number, Map<number, number>>();
  for (const { sharing, cores } of vms) {
    const sizes = kinds.get(sharing) ?? new Map<number, number>();
    sizes.set(cores, (sizes.get(cores) ?? 0) + 1);
    kinds.set(sharing, sizes);
  }
  return [...kinds].map(([sharing, sizes]) => ({ sharing, sizes }));
}

const vmsOf = (...sharings: readonly number[]): fc.Arbitrary<readonly Vm[]> =>
  fc.array(fc.record({ sharing: fc.constantFrom(...sharings), cores: fc.integer({ min: 1, max: 5 }) }), {
    minLength: 1,
    maxLength: 7,
  });

it('finds the fewest cores on which VMs of different overprovision can be, against brute force', () => {
  for (const sharings of [
    [2, 3],
    [2, 4],
    [2, 3, 4],
    [3, 5, 10],
    [2, 3, 4, 6],
  ]) {
    fc.assert(
      fc.property(vmsOf(...sharings), (vms) => {
        const all = vms.reduce((sum, { cores }) => sum + cores, 0);
        const found = fewestCores(kindsOf(vms), 0, all);
        expect(canShare(vms, found)).toBe(true);
        expect(canShare(vms, found - 1)).toBe(false);
      }),
      { numRuns: 150 },
    );
  }
});

it('lets a laxer VM onto the cores of a stricter one, and spreads where one is wide', () => {
  const one = (sharing: number, ...sizes: number[]): SharingKind => ({
    sharing,
    sizes: new Map(sizes.map((size) => [size, 1])),
  });
  expect(fewestCores([one(2, 1), one(4, 1)], 0, 2)).toBe(1);
  const twice = { sharing: 2, sizes: new Map([[2, 2]]) };
  expect(fewestCores([twice, one(3, 4)], 0, 6)).toBe(4);
});

it('counts no fewer where more kinds share a large host than it can work out', () => {
  const kinds = [2, 3, 4, 5, 6].map((sharing) => ({ sharing, sizes: new Map([[3, 20]]) }));
  const apart = 30 + 20 + 15 + 12 + 10;
  const shares = Math.ceil(60 / 2 + 60 / 3 + 60 / 4 + 60 / 5 + 60 / 6);
  const found = fewestCores(kinds, shares, apart + 100);
  expect(found).toBeGreaterThanOrEqual(shares);
  expect(found).toBeLessThanOrEqual(apart + 100);
});
