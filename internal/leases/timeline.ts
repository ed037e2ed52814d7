import type { Interval } from './lease.ts';

/**
 * Sums over time: for each instant at which something begins or ends, how much there is of each quantity from then on. Steps
 * lie in sorted arrays, one for each quantity, so that a walk over thousands of them takes well under a millisecond.
 */
export interface Timeline {
  /** The step of the instant. */
  indexAt(instant: number): number;
  /** When the step begins; the first begins at -Infinity, and the one after the last at Infinity. */
  at(index: number): number;
  /** How many steps there are: one at least. */
  length(): number;
  /** The quantity of each step; null: it is 0 everywhere. To be read at once: a change may give it another array. */
  column(quantity: string): Float64Array | null;
  /** Names of the quantities that are not 0 everywhere. */
  quantities(): readonly string[];
  add(interval: Interval, amounts: readonly Amount[]): void;
  /** What was added before. */
  subtract(interval: Interval, amounts: readonly Amount[]): void;
  /** Of an interval that is added: the quantity is the largest of what is there at once, not the sum. */
  raise(interval: Interval, quantity: string, amount: number): void;
  /** Before an interval that was raised is subtracted. `rest`: all others that were, where they meet it. */
  lower(
    interval: Interval,
    quantity: string,
    rest: readonly { readonly interval: Interval; readonly amount: number }[],
  ): void;
}

export type Amount = readonly [quantity: string, amount: number];

interface Column {
  values: Float64Array;
  /** How many additions it bears. */
  uses: number;
}

export function createTimeline(): Timeline {
  let size = 1;
  let room = 64;
  let starts = new Float64Array(room);
  /** How many intervals begin or end at a step. */
  let ends = new Float64Array(room);
  starts[0] = -Infinity;
  ends[0] = 1;
  const columns = new Map<string, Column>();

  const indexAt = (instant: number): number => {
    let [low, high] = [0, size - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= instant) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  const grow = (): void => {
    room *= 2;
    const larger = (values: Float64Array): Float64Array<ArrayBuffer> => {
      const copy = new Float64Array(room);
      copy.set(values);
      return copy;
    };
    starts = larger(starts);
    ends = larger(ends);
    for (const column of columns.values()) column.values = larger(column.values);
  };

  const split = (instant: number): void => {
    const index = indexAt(instant);
    if (starts[index] === instant) {
      ends[index] = (ends[index] ?? 0) + 1;
      return;
    }
    if (size === room) grow();
    const open = (values: Float64Array): Float64Array => values.copyWithin(index + 2, index + 1, size);
    open(starts)[index + 1] = instant;
    open(ends)[index + 1] = 1;
    for (const { values } of columns.values()) open(values)[index + 1] = values[index] ?? 0;
    size += 1;
  };

  const join = (instant: number): void => {
    const index = indexAt(instant);
    ends[index] = (ends[index] ?? 0) - 1;
    if ((ends[index] ?? 0) > 0) return;
    for (const values of [starts, ends, ...[...columns.values()].map((column) => column.values)]) {
      values.copyWithin(index, index + 1, size);
    }
    size -= 1;
  };

  const change = ({ start, end }: Interval, amounts: readonly Amount[], sign: 1 | -1): void => {
    const [from, to] = [indexAt(start), indexAt(end)];
    for (const [quantity, amount] of amounts) {
      const values = used(quantity, sign);
      for (let index = from; index < to; index += 1) values[index] = (values[index] ?? 0) + sign * amount;
    }
  };

  const used = (quantity: string, by: 1 | -1): Float64Array => {
    let column = columns.get(quantity);
    if (column === undefined) {
      column = { values: new Float64Array(room), uses: 0 };
      columns.set(quantity, column);
    }
    column.uses += by;
    if (column.uses === 0) columns.delete(quantity);
    return column.values;
  };

  return {
    indexAt,
    at: (index) => (index < size ? (starts[index] ?? 0) : Infinity),
    length: () => size,
    column: (quantity) => columns.get(quantity)?.values ?? null,
    quantities: () => [...columns.keys()],
    add(interval, amounts) {
      split(interval.start);
      split(interval.end);
      change(interval, amounts, 1);
    },
    subtract(interval, amounts) {
      change(interval, amounts, -1);
      join(interval.start);
      join(interval.end);
    },
    raise({ start, end }, quantity, amount) {
      const values = used(quantity, 1);
      const to = indexAt(end);
      for (let index = indexAt(start); index < to; index += 1) {
        values[index] = Math.max(values[index] ?? 0, amount);
      }
    },
    lower({ start, end }, quantity, rest) {
      const values = used(quantity, -1);
      const [from, to] = [indexAt(start), indexAt(end)];
      values.fill(0, from, to);
      // The largest first: each step is set once, and passed over afterwards.
      const next = Int32Array.from({ length: to - from + 1 }, (_, offset) => offset);
      const unset = (offset: number): number => {
        let found = offset;
        while (next[found] !== found) found = next[found] ?? found;
        for (let at = offset; at !== found;) [at, next[at]] = [next[at] ?? found, found];
        return found;
      };
      for (const other of [...rest].sort((a, b) => b.amount - a.amount)) {
        const last = Math.min(to, indexAt(other.interval.end)) - from;
        let offset = unset(Math.max(0, indexAt(other.interval.start) - from));
        while (offset < last) {
          values[from + offset] = other.amount;
          next[offset] = offset + 1;
          offset = unset(offset + 1);
        }
      }
    },
  };
}
