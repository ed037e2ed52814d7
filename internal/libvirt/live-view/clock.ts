/** Time as the live view needs it, so that tests can turn it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once after a while. Returns the function that calls it off. */
  after(ms: number, call: () => void): () => void;
}

/** Node fires a timer that is longer at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, Math.min(ms, longestTimerMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

const firstDelayMs = 500;
const longestDelayMs = 30_000;

/** How long to wait before trying again after the `failures`-th failure in a row. */
export function retryDelayMs(failures: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.max(0, failures - 1));
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
