import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pickExactly } from '../../../internal/placement/pick-exactly.ts';

interface Candidate {
  readonly count: number;
  readonly price: number;
}

const price = (items: readonly Candidate[]) => items.reduce((sum, item) => sum + item.price, 0);

/** The least that any selection of that sum costs; null: there is none. */
function leastOfAll(candidates: readonly Candidate[], wanted: number): number | null {
  const prices: number[] = [];
  for (let set = 1; set < 2 ** candidates.length; set += 1) {
    const items = candidates.filter((_, place) => (set >> place) % 2 === 1);
    if (items.reduce((sum, { count }) => sum + count, 0) === wanted) prices.push(price(items));
  }
  return prices.length === 0 ? null : Math.min(...prices);
}

it('finds the cheapest selection of the sum, and one whenever there is one', () => {
  const candidate = fc.record({ count: fc.integer({ min: 1, max: 4 }), price: fc.nat(5) });
  fc.assert(
    fc.property(
      fc.array(candidate, { maxLength: 8 }),
      fc.integer({ min: 1, max: 10 }),
      (candidates, wanted) => {
        const found = pickExactly(candidates, wanted, (items) => [price(items)]);
        expect(found === null ? null : price(found)).toBe(leastOfAll(candidates, wanted));
        if (found === null) return;
        expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(wanted);
        expect(new Set(found).size).toBe(found.length);
      },
    ),
  );
});

it('does not look for a choice where there is none', () => {
  const candidates = Array.from({ length: 64 }, () => ({ count: 1, price: 1 }));
  let asked = 0;
  const cost = (): readonly number[] => {
    asked += 1;
    return [0];
  };
  expect(pickExactly(candidates, 64, cost)).toBe(candidates);
  expect(pickExactly(candidates, 65, cost)).toBeNull();
  expect(asked).toBe(0);
});
