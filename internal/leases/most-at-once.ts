import type { Interval } from './lease.ts';

/** The most that there is in one instant of the interval. */
export function mostAtOnce(
  interval: Interval,
  parts: readonly (Interval & { readonly amount: number })[],
): number {
  const starts = [interval.start, ...parts.map(({ start }) => Math.max(start, interval.start))];
  const sums = starts
    .filter((at) => at < interval.end)
    .map((at) =>
      parts.reduce((sum, { start, end, amount }) => sum + (start <= at && at < end ? amount : 0), 0),
    );
  return Math.max(0, ...sums);
}
