import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { OperationLog } from '../operations/definition.ts';

/** Makes the host do what is wanted, one round after the other. */
export interface Rounds {
  /** Begins: now, when a domain or network changes, and every half minute; after a round that did not do, soon again. */
  start(): void;
  /** Resolves when no round is under way any more. */
  stop(): Promise<void>;
  /**
   * Resolves when a round has ended that began after this was called; never rejects.
   *
   * @param force even where nothing seems to have changed
   */
  run(force: boolean): Promise<void>;
}

/** Somebody may have flushed the rules, or given back what was taken. */
const everyMs = 30_000;
/** What fails for a moment (another has xtables' lock) must not stay so for half a minute. */
const firstRetryMs = 500;

export function createRounds(options: {
  /** Resolves with whether the host is as it is wanted; false, or a rejection: it is tried again. */
  readonly round: (force: boolean) => Promise<boolean>;
  /** Whether there is anything to look after. */
  readonly isNeeded: () => boolean;
  readonly view: Pick<LiveView, 'onChange'>;
  readonly log: OperationLog;
  /** What is logged of a round that fails. */
  readonly failure: string;
}): Rounds {
  const { round, isNeeded, view, log, failure } = options;
  let running: Promise<void> | null = null;
  /** How often it was asked for: a request while a round is under way means another round. */
  let requests = 0;
  let forced = false;
  let retry: NodeJS.Timeout | undefined;
  let retryMs = firstRetryMs;
  let stopped = false;

  const tryLater = (): void => {
    if (stopped) return;
    clearTimeout(retry);
    retry = setTimeout(() => void run(true), retryMs).unref();
    retryMs = Math.min(2 * retryMs, everyMs);
  };
  const rounds = async (): Promise<void> => {
    let done = false;
    try {
      for (let asked: number | null = null; asked !== requests;) {
        asked = requests;
        const force = forced;
        forced = false;
        done = await round(force);
      }
    } catch (error) {
      done = false;
      log.error({ err: error }, failure);
    } finally {
      running = null;
    }
    if (!done) {
      tryLater();
      return;
    }
    clearTimeout(retry);
    retryMs = firstRetryMs;
  };
  const run = (force: boolean): Promise<void> => {
    requests += 1;
    forced ||= force;
    running ??= rounds();
    return running;
  };

  let unwatch: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      unwatch = view.onChange(({ kind }) => {
        if (kind === 'domain' || kind === 'network') void run(false);
      });
      timer = setInterval(() => {
        if (isNeeded()) void run(true);
      }, everyMs).unref();
      void run(true);
    },
    async stop() {
      stopped = true;
      unwatch();
      clearInterval(timer);
      clearTimeout(retry);
      await running;
    },
    run,
  };
}
