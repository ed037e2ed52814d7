import type { OperationLog } from './definition.ts';
import { isFinal, type OperationRecord } from './model.ts';

/** Who is told of changes. */
export interface Watchers {
  publish(record: OperationRecord): void;
  watch(id: string | null, listener: (record: OperationRecord) => void): () => void;
  /** `current`: the record as it stands, to begin with; null: all operations. */
  changes(current: OperationRecord | null, signal: AbortSignal | undefined): AsyncGenerator<OperationRecord>;
  /** Ends every `changes`. */
  end(): void;
}

export function createWatchers(log: OperationLog): Watchers {
  const listeners = new Map<string | null, Set<(record: OperationRecord) => void>>();
  const ending = new AbortController();

  function watch(id: string | null, listener: (record: OperationRecord) => void): () => void {
    // A function of its own, so that one listener may watch twice.
    const entry = (record: OperationRecord): void => listener(record);
    const entries = listeners.get(id) ?? new Set();
    listeners.set(id, entries.add(entry));
    return () => {
      entries.delete(entry);
      if (entries.size === 0 && listeners.get(id) === entries) listeners.delete(id);
    };
  }

  async function* changes(
    current: OperationRecord | null,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<OperationRecord> {
    // The newest record of each operation that changed since the last read: bounded however slow the reader is.
    const unread = new Map<string, OperationRecord>(current === null ? [] : [[current.id, current]]);
    let wake: () => void = () => undefined;
    const wakeUp = (): void => wake();
    const unwatch = watch(current?.id ?? null, (record) => {
      unread.set(record.id, record);
      wakeUp();
    });
    const signals = signal === undefined ? [ending.signal] : [ending.signal, signal];
    for (const each of signals) each.addEventListener('abort', wakeUp);
    try {
      while (!signals.some(({ aborted }) => aborted)) {
        const [next] = unread.values();
        if (next === undefined) {
          await new Promise<void>((resolve) => (wake = resolve));
          continue;
        }
        unread.delete(next.id);
        yield next;
        if (current !== null && isFinal(next.state)) return;
      }
    } finally {
      unwatch();
      for (const each of signals) each.removeEventListener('abort', wakeUp);
    }
  }

  return {
    watch,
    changes,
    publish(record) {
      for (const entries of [listeners.get(record.id), listeners.get(null)]) {
        for (const listener of entries ?? []) {
          try {
            listener(record);
          } catch (error) {
            log.error({ err: error, operation: record.id }, 'a listener of operation changes failed');
          }
        }
      }
    },
    end: () => ending.abort(),
  };
}
