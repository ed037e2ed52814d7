import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { OperationLog } from '../operations/definition.ts';

/** Makes the host do what is wanted, one round after the other. */
export interface Rounds {
  /** Begins: now, when a domain or network changes, and every half minute. */
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

export function createRounds(options: {
  readonly round: (force: boolean) => Promise<void>;
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

  const rounds = async (): Promise<void> => {
    try {
      for (let asked: number | null = null; asked !== requests;) {
        asked = requests;
        const force = forced;
        forced = false;
        await round(force);
      }
    } catch (error) {
      log.error({ err: error }, failure);
    } finally {
      running = null;
    }
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
      unwatch();
      clearInterval(timer);
      await running;
    },
    run,
  };
}
