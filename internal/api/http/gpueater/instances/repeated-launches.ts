interface Underway<Result> {
  readonly result: Promise<Result>;
  /** Aborted when all who asked for it have gone away. */
  readonly gone: AbortController;
  waiting: number;
}

/**
 * Launches that are sent twice: at once, or again by a client whose connection broke. They must not make a second machine. A
 * launch that was answered is nobody's business here: the same again is wanted.
 */
export class RepeatedLaunches<Result> {
  readonly #underway = new Map<string, Underway<Result>>();
  readonly #lost = new Map<string, { readonly result: Promise<Result>; readonly until: number }>();
  readonly #windowMs: number;
  readonly #now: () => number;

  /** @param windowMs for so long after its client went away, the same launch again means the first one */
  constructor(windowMs: number, now: () => number = () => performance.now()) {
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /**
   * Does `work`, or answers with what comes of the same that is under way, or that was lost when its client went away. A launch
   * that failed made nothing: it is tried anew.
   *
   * @param key the same for the same launch of the same user
   * @param signal aborted when the client goes away before it has the answer
   * @param work its signal is aborted when nobody waits for the answer any more
   */
  run(key: string, signal: AbortSignal, work: (gone: AbortSignal) => Promise<Result>): Promise<Result> {
    const before = this.#lost.get(key);
    this.#lost.delete(key);
    const isKnown = before !== undefined && this.#now() < before.until;
    const underway = this.#underway.get(key) ?? (isKnown ? null : this.#begin(key, work));
    const result = underway?.result ?? before?.result;
    if (result === undefined) throw new Error('a launch is under way, lost, or begun');
    if (underway !== null) underway.waiting += 1;
    const lose = (): void => {
      const lost = { result, until: this.#now() + this.#windowMs };
      this.#lost.set(key, lost);
      result.catch(() => {
        if (this.#lost.get(key) === lost) this.#lost.delete(key);
      });
      this.#forgetOld();
      if (underway === null) return;
      underway.waiting -= 1;
      if (underway.waiting === 0) underway.gone.abort();
    };
    if (signal.aborted) lose();
    else signal.addEventListener('abort', lose, { once: true });
    return result;
  }

  #begin(key: string, work: (gone: AbortSignal) => Promise<Result>): Underway<Result> {
    const gone = new AbortController();
    const result = work(gone.signal);
    const underway = { result, gone, waiting: 0 };
    this.#underway.set(key, underway);
    const end = (): void => void this.#underway.delete(key);
    result.then(end, end);
    return underway;
  }

  #forgetOld(): void {
    for (const [key, { until }] of this.#lost) if (this.#now() >= until) this.#lost.delete(key);
  }
}
