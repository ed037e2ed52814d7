/** Something that ends when its time is over. */
export interface Expiring {
  expire(): void;
}

const tickMs = 25;

/**
 * All deadlines of one client behind one timer, accurate to one tick: a timer for each call would cost more than the
 * call. The timer runs only while something waits, and does not keep the process alive.
 */
export class DeadlineWheel {
  readonly #buckets = new Map<number, Set<Expiring>>();
  #timer: NodeJS.Timeout | undefined;

  /** Returns the ticket to cancel it with. `afterMs` may be Infinity. */
  schedule(item: Expiring, afterMs: number): number {
    const tick = Math.ceil((performance.now() + afterMs) / tickMs);
    if (!Number.isFinite(tick)) return tick;
    const bucket = this.#buckets.get(tick);
    if (bucket) bucket.add(item);
    else this.#buckets.set(tick, new Set([item]));
    this.#run();
    return tick;
  }

  cancel(item: Expiring, ticket: number): void {
    const bucket = this.#buckets.get(ticket);
    if (bucket?.delete(item) && bucket.size === 0) this.#buckets.delete(ticket);
  }

  #run(): void {
    if (this.#timer) return;
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#timer.unref();
  }

  #tick(): void {
    const now = performance.now() / tickMs;
    for (const [tick, bucket] of this.#buckets) {
      if (tick > now) continue;
      this.#buckets.delete(tick);
      for (const item of bucket) item.expire();
    }
    if (this.#buckets.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}
