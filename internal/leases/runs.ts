/** Half-open runs of whole milliseconds, ascending; no two of them touch. */
export type Runs = readonly Run[];

export interface Run {
  readonly from: number;
  readonly to: number;
}

/** What is in both. */
export function common(a: Runs, b: Runs): Runs {
  const found: Run[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [one, other] = [a[i], b[j]];
    if (one === undefined || other === undefined) return found;
    const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)];
    if (from < to) found.push({ from, to });
    if (one.to < other.to) i += 1;
    else j += 1;
  }
}

/** What is in the first and in none of the others, which may overlap. */
export function without(runs: Runs, others: readonly Run[]): Runs {
  const gaps: Run[] = [];
  let from = -Infinity;
  for (const other of together(others, [])) {
    if (from < other.from) gaps.push({ from, to: other.from });
    from = other.to;
  }
  return common(runs, [...gaps, { from, to: Infinity }]);
}

/** What is in either. */
export function together(a: Runs, b: Runs): Runs {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of [...a, ...b].sort((one, other) => one.from - other.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}
