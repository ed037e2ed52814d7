/**
 * Pairs each row with a column of its own: first as many as possible at cost 0, then the rest with the cheapest that
 * is left.
 *
 * @param costs by row and column; null: the two can never be a pair.
 * @returns the column of each row, null when none is left for it.
 */
export function bestPairs(costs: readonly (readonly (number | null)[])[]): readonly (number | null)[] {
  const rowOf = new Map<number, number>();
  costs.forEach((_, row) => {
    placeExact(costs, row, rowOf, new Set());
  });
  const columnOf = new Map([...rowOf].map(([column, row]) => [row, column]));
  return costs.map((row, index) => {
    const exact = columnOf.get(index);
    if (exact !== undefined) return exact;
    const free = row.flatMap((cost, column) =>
      cost === null || rowOf.has(column) ? [] : [{ cost, column }],
    );
    const best = free.toSorted((a, b) => a.cost - b.cost)[0]?.column ?? null;
    if (best !== null) rowOf.set(best, index);
    return best;
  });
}

/** Finds a column at cost 0 for a row, moving other rows to their alternatives (Kuhn's augmenting path). */
function placeExact(
  costs: readonly (readonly (number | null)[])[],
  row: number,
  rowOf: Map<number, number>,
  tried: Set<number>,
): boolean {
  return (costs[row] ?? []).some((cost, column) => {
    if (cost !== 0 || tried.has(column)) return false;
    tried.add(column);
    const holder = rowOf.get(column);
    if (holder !== undefined && !placeExact(costs, holder, rowOf, tried)) return false;
    rowOf.set(column, row);
    return true;
  });
}
