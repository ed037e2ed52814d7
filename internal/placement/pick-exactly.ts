/** Something that gives `count` at once. */
interface Countable {
  readonly count: number;
}

/**
 * The cheapest selection whose counts add up to `wanted` exactly, or null when there is none. For each sum only the best
 * selection so far is kept, so the cost should grow with what is added. Of equal ones the first in the given order wins.
 */
export function pickExactly<T extends Countable>(
  candidates: readonly T[],
  wanted: number,
  costOf: (selection: readonly T[]) => readonly number[],
): readonly T[] | null {
  let best: readonly T[] | null = null;
  // Each candidate once as the first: what is cheap together (one NUMA node) may begin with one that is dear alone.
  for (const [place, start] of candidates.entries()) {
    const found = extend(
      start,
      [...candidates.slice(0, place), ...candidates.slice(place + 1)],
      wanted,
      costOf,
    );
    if (found !== null && (best === null || isLess(costOf(found), costOf(best)))) best = found;
  }
  return best;
}

function extend<T extends Countable>(
  start: T,
  others: readonly T[],
  wanted: number,
  costOf: (selection: readonly T[]) => readonly number[],
): readonly T[] | null {
  if (start.count === wanted) return [start];
  const sums = new Map<number, readonly T[]>([[start.count, [start]]]);
  for (const candidate of others) {
    for (const [sum, selection] of [...sums].sort(([a], [b]) => b - a)) {
      const more = sum + candidate.count;
      if (more > wanted || candidate.count === 0) continue;
      const extended = [...selection, candidate];
      const known = sums.get(more);
      if (known === undefined || isLess(costOf(extended), costOf(known))) sums.set(more, extended);
    }
  }
  return sums.get(wanted) ?? null;
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const place = a.findIndex((value, index) => value !== b[index]);
  return place >= 0 && (a[place] ?? 0) < (b[place] ?? 0);
}
