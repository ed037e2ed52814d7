import { LibvirtConnectionError } from '../error.ts';
import { retryDelayMs, type Clock } from './clock.ts';
import type { ViewKind } from './views.ts';

/**
 * Reads everything, kind by kind and all kinds at once: after each connect, from time to time (libvirt sends no event
 * for autostart, for changes of an inactive configuration, for volumes), and when asked. A kind that fails is tried
 * again; what was read of the others is shown.
 */
export interface FullSync {
  /**
   * Begins anew; what was under way is given up, and who waits for it waits for this instead. Resolves when all was
   * read. Rejects with the first error, although it is tried again.
   */
  run(): Promise<void>;
  /** Gives up what is under way, and all later tries. */
  stop(): void;
  status(): FullSyncStatus;
}

export interface FullSyncStatus {
  /** Milliseconds since 1970; null: never yet. */
  readonly lastSyncAt: number | null;
  readonly lastSyncMs: number | null;
  /** Of the last try; null: it went well. */
  readonly error: unknown;
}

export interface FullSyncContext {
  readonly clock: Clock;
  readonly kinds: readonly ViewKind[];
  readonly intervalMs: number;
  /** Reads all of a kind and shows it. */
  readonly readKind: (kind: ViewKind, signal: AbortSignal) => Promise<void>;
  readonly onDone: (ms: number) => void;
  /** Told of the first failure in a row. */
  readonly onFailure: (kind: ViewKind, error: unknown) => void;
}

interface Pass {
  readonly kinds: readonly ViewKind[];
  /** Failed passes before this one. */
  readonly failures: number;
  readonly startedAt: number;
  readonly signal: AbortSignal;
}

export function createFullSync(context: FullSyncContext): FullSync {
  const { clock, kinds, intervalMs, readKind } = context;
  let status: FullSyncStatus = { lastSyncAt: null, lastSyncMs: null, error: null };
  let waiters: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  let current = new AbortController();
  let cancelNext: () => void = () => undefined;

  function giveUp(): void {
    current.abort(new LibvirtConnectionError('the connection to libvirt is not there'));
    cancelNext();
  }

  function begin(): void {
    giveUp();
    current = new AbortController();
    void readAll({ kinds, failures: 0, startedAt: clock.now(), signal: current.signal });
  }

  async function readAll(pass: Pass): Promise<void> {
    const results = await Promise.allSettled(pass.kinds.map((kind) => readKind(kind, pass.signal)));
    if (pass.signal.aborted) return;
    const failed = results.flatMap((result, index) => {
      const kind = pass.kinds[index];
      return result.status === 'fulfilled' || kind === undefined
        ? []
        : [{ kind, error: result.reason as unknown }];
    });
    if (failed.length === 0) succeed(pass);
    else fail(pass, failed);
  }

  function succeed({ startedAt }: Pass): void {
    const now = clock.now();
    status = { lastSyncAt: now, lastSyncMs: now - startedAt, error: null };
    cancelNext = clock.after(intervalMs, begin);
    for (const { resolve } of takeWaiters()) resolve();
    context.onDone(now - startedAt);
  }

  function fail(pass: Pass, failed: readonly { kind: ViewKind; error: unknown }[]): void {
    const failures = pass.failures + 1;
    const error = failed[0]?.error;
    status = { ...status, error };
    if (failures === 1) for (const each of failed) context.onFailure(each.kind, each.error);
    const next = { ...pass, failures, kinds: failed.map(({ kind }) => kind) };
    cancelNext = clock.after(retryDelayMs(failures), () => void readAll(next));
    for (const { reject } of takeWaiters()) reject(error);
  }

  function takeWaiters(): typeof waiters {
    const taken = waiters;
    waiters = [];
    return taken;
  }

  return {
    run() {
      return new Promise((resolve, reject) => {
        waiters.push({ resolve, reject });
        begin();
      });
    },
    stop() {
      giveUp();
      for (const { reject } of takeWaiters()) reject(current.signal.reason);
    },
    status: () => status,
  };
}
