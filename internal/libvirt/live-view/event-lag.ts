const windowMs = 60_000;
const slices = 60;

/** The longest time from an event to its being applied, over the last minute. */
export interface EventLag {
  record(lagMs: number, now: number): void;
  maxOfLastMinute(now: number): number;
}

export function createEventLag(): EventLag {
  // One slot for each second of the minute; a slot is of the second that is noted in it.
  const seconds = new Array<number>(slices).fill(Number.NEGATIVE_INFINITY);
  const maxima = new Array<number>(slices).fill(0);
  const sliceMs = windowMs / slices;
  return {
    record(lagMs, now) {
      const second = Math.floor(now / sliceMs);
      const slot = second % slices;
      maxima[slot] = seconds[slot] === second ? Math.max(maxima[slot] ?? 0, lagMs) : lagMs;
      seconds[slot] = second;
    },
    maxOfLastMinute(now) {
      const oldest = Math.floor(now / sliceMs) - slices;
      return maxima.reduce((max, lag, slot) => ((seconds[slot] ?? 0) > oldest ? Math.max(max, lag) : max), 0);
    },
  };
}
