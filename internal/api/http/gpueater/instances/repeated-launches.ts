/**
 * Launches whose answer nobody got: a client whose connection broke sends the same again, and must not get a second machine.
 * A launch that was answered is nobody's business here: the same again is wanted.
 */
export class RepeatedLaunches<Result> {
  readonly #lost = new Map<string, { readonly result: Promise<Result>; readonly until: number }>();
  readonly #windowMs: number;
  readonly #now: () => number;

  /** @param windowMs for so long after its client went away, the same launch again means the first one */
  constructor(windowMs: number, now: () => number = () => performance.now()) {
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /**
   * Does `work`, or answers with what came of it when its client went away before. A launch that failed made nothing: it is
   * tried anew.
   *
   * @param key the same for the same launch of the same user
   * @param signal aborted when the client goes away before it has the answer
   */
  run(key: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const before = this.#lost.get(key);
    this.#lost.delete(key);
    const result = before !== undefined && this.#now() < before.until ? before.result : work();
    const lose = (): void => {
      const lost = { result, until: this.#now() + this.#windowMs };
      this.#lost.set(key, lost);
      result.catch(() => {
        if (this.#lost.get(key) === lost) this.#lost.delete(key);
      });
      this.#forgetOld();
    };
    if (signal.aborted) lose();
    else signal.addEventListener('abort', lose, { once: true });
    return result;
  }

  #forgetOld(): void {
    for (const [key, { until }] of this.#lost) if (this.#now() >= until) this.#lost.delete(key);
  }
}
