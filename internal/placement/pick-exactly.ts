/** Something that gives `count` at once. */
interface Countable {
  readonly count: number;
}

/** Compared from the first on; less is better. */
type Cost = readonly number[];

interface Selection<T> {
  readonly items: readonly T[];
  readonly cost: Cost;
}

/**
 * The cheapest selection whose counts add up to `wanted` exactly, or null when there is none. For each sum only the best
 * selection so far is kept, so the cost should grow with what is added. Of equal ones the first in the given order wins.
 */
export function pickExactly<T extends Countable>(
  candidates: readonly T[],
  wanted: number,
  costOf: (selection: readonly T[]) => Cost,
): readonly T[] | null {
  const all = candidates.reduce((sum, { count }) => sum + count, 0);
  if (all <= wanted) return all === wanted ? candidates : null;
  let best: Selection<T> | null = null;
  // Each candidate once as the first: what is cheap together (one NUMA node) may begin with one that is dear alone.
  for (const start of candidates) {
    const found = extend(
      start,
      candidates.filter((candidate) => candidate !== start),
      wanted,
      costOf,
    );
    if (found !== null && (best === null || isLess(found.cost, best.cost))) best = found;
  }
  return best?.items ?? null;
}

function extend<T extends Countable>(
  start: T,
  others: readonly T[],
  wanted: number,
  costOf: (selection: readonly T[]) => Cost,
): Selection<T> | null {
  // By sum, from `start.count` on.
  const sums: (Selection<T> | undefined)[] = [];
  sums[start.count] = { items: [start], cost: costOf([start]) };
  for (const candidate of others) {
    // From the largest sum down: so no candidate is added twice.
    for (let sum = wanted - candidate.count; sum >= start.count; sum -= 1) {
      const selection = sums[sum];
      if (selection === undefined) continue;
      const items = [...selection.items, candidate];
      const cost = costOf(items);
      const known = sums[sum + candidate.count];
      if (known === undefined || isLess(cost, known.cost)) sums[sum + candidate.count] = { items, cost };
    }
  }
  return sums[wanted] ?? null;
}

function isLess(a: Cost, b: Cost): boolean {
  const place = a.findIndex((value, index) => value !== b[index]);
  return place >= 0 && (a[place] ?? 0) < (b[place] ?? 0);
}
