import type { ProtiumError } from '../errors/protium-error.ts';
import type { KeyedLock } from './keyed-lock.ts';
import type { EngineParts, LiveOperation } from './live-operation.ts';
import type { OperationRecord } from './model.ts';
import { cancelled, interrupted, stepError } from './operation-error.ts';
import type { OperationEvent } from './operations.ts';
import { complete, settleRecovered } from './recovery.ts';
import { takeBack } from './take-back.ts';

/** Runs operations, each when its resources are free. */
export interface Launcher {
  /** What this process is working on, and what it has ended but could not journal yet. */
  readonly live: ReadonlyMap<string, LiveOperation>;
  /** Runs a new operation. Its resources are queued for before this returns. */
  runNew(operation: LiveOperation): void;
  /** Settles a journalled one, likewise; resolves with the error that it ended with or that it could not be settled for. */
  settle(operation: LiveOperation): Promise<ProtiumError | undefined>;
  /** To be called when a change could only be kept in memory. */
  keepUnwritten(operation: LiveOperation): void;
  /** Waits up to `graceMs`, then abandons what is not complete. */
  stop(graceMs: number): Promise<void>;
}

export interface LauncherOptions {
  readonly locks: KeyedLock;
  readonly parts: Pick<EngineParts, 'database' | 'log'>;
  readonly observe: ((event: OperationEvent) => void) | undefined;
  /** Called after an operation has ended. */
  readonly onEnd: () => void;
}

/** How often what could not be journalled is tried again. */
const flushEveryMs = 5000;

export function createLauncher({ locks, parts, observe, onEnd }: LauncherOptions): Launcher {
  const { database, log } = parts;
  const live = new Map<string, LiveOperation>();
  const unwritten = new Set<LiveOperation>();
  let flushing: NodeJS.Timeout | undefined;

  /**
   * @param signal ends the waiting for the resources.
   * @param work resolves with the error that the operation ended with, undefined: it succeeded; rejects when it has not ended.
   */
  async function launch(
    operation: LiveOperation,
    signal: AbortSignal,
    work: (operation: LiveOperation) => Promise<ProtiumError | undefined>,
  ): Promise<ProtiumError | undefined> {
    live.set(operation.record.id, operation);
    const hadEnded = operation.record.endedAt !== null;
    let error: ProtiumError | undefined;
    let release: (() => void) | undefined;
    try {
      release = await locks.acquire(operation.record.resources, { signal }).catch(() => undefined);
      operation.waiting = false;
      if (operation.abandoned) error = interrupted();
      // A new operation was cancelled while it waited: there is nothing to undo that would need the lock.
      else if (release === undefined) error = await takeBack(operation, cancelled());
      else error = await work(operation);
    } catch (failure) {
      error = operation.abandoned
        ? interrupted()
        : stepError(failure, `settle "${operation.definition.kind}"`);
    } finally {
      release?.();
    }
    if (error?.code === 'internal') operation.log.error({ err: error }, 'an operation met an internal error');
    operation.settle(error);
    if (!unwritten.has(operation)) live.delete(operation.record.id);
    if (!hadEnded) report(operation.record);
    return error;
  }

  function report({ id, kind, state, createdAt, endedAt, error }: OperationRecord): void {
    if (endedAt === null) return;
    const durationMs = Date.parse(endedAt) - Date.parse(createdAt);
    log.info({ operation: id, kind, state, durationMs, code: error?.code }, 'an operation has ended');
    try {
      observe?.({ kind, state, durationMs });
    } catch (failure) {
      log.error({ err: failure }, 'the observer of operations failed');
    }
    database.restoreReserve();
    onEnd();
  }

  function flush(): void {
    for (const operation of unwritten) {
      try {
        operation.flush();
      } catch (error) {
        operation.log.warn({ err: error }, 'still cannot write to the operation journal');
        return;
      }
      unwritten.delete(operation);
      if (operation.isSettled) live.delete(operation.record.id);
    }
    clearInterval(flushing);
    flushing = undefined;
  }

  return {
    live,
    runNew: (operation) => void launch(operation, operation.cancelSignal, complete),
    // A cancel does not end its waiting: what it has done must be undone under the lock.
    settle: (operation) => launch(operation, operation.stopSignal, settleRecovered),
    keepUnwritten(operation) {
      unwritten.add(operation);
      flushing ??= setInterval(flush, flushEveryMs).unref();
    },
    async stop(graceMs) {
      const reason = interrupted();
      for (const operation of live.values()) if (operation.waiting) operation.abandon(reason);
      let timer: NodeJS.Timeout | undefined;
      const deadline = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
      await Promise.race([Promise.allSettled([...live.values()].map(({ done }) => done)), deadline]);
      clearTimeout(timer);
      for (const operation of live.values()) {
        if (operation.isSettled) continue;
        operation.log.warn({ state: operation.record.state }, 'left an operation to the next start');
        operation.abandon(reason);
      }
      flush();
      clearInterval(flushing);
    },
  };
}
