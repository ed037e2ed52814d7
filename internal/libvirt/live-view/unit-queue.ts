import { isoTime, retryDelayMs, type Clock } from './clock.ts';
import type { UnitName } from './event-units.ts';
import type { EventLag } from './event-lag.ts';
import { createLimit } from './limit.ts';
import type { ReadFailure } from './live-view.ts';
import type { ViewKind } from './views.ts';

/** Reads under way at the same time. */
const atOnce = 8;
/** How often a read that was overtaken by an event is thrown away; then it is shown and repeated all the same. */
const longestOvertaken = 3;

/**
 * Reads single units again. Many wishes for the same unit in one turn of the event loop become one read; a read that
 * is overtaken by a newer wish is repeated; a read that fails is tried again, later and later.
 */
export interface UnitQueue {
  /** An event says that the unit may have changed. */
  changed(unit: UnitName): void;
  /** Resolves when a read that began after this call was applied. Rejects with that read's error. */
  refresh(unit: UnitName): Promise<void>;
  /** The unit could not be read elsewhere: note it and try again later. */
  failed(unit: UnitName, error: unknown): void;
  /** All units of the kind were read: what failed before counts no more, except these. */
  allRead(kind: ViewKind, except: ReadonlyMap<string, unknown>): void;
  /** Tries no failed unit again; for the time without a connection, after which all is read anyway. */
  pause(): void;
  /** Age of the oldest event that is not applied; 0: none. */
  oldestEventMs(): number;
  failures(): readonly ReadFailure[];
}

export interface UnitQueueContext {
  readonly clock: Clock;
  readonly lag: EventLag;
  /** Reads the unit; the function that it gives shows the result. */
  readonly read: (unit: UnitName) => Promise<() => void>;
  /** Whether there is a connection on which a second try makes sense. */
  readonly mayRetry: () => boolean;
  /** Told of the first failure in a row. */
  readonly onFailure: (unit: UnitName, error: unknown) => void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Entry {
  readonly unit: UnitName;
  phase: 'idle' | 'queued' | 'reading';
  wanted: boolean;
  /** When the oldest event came that no applied read has seen. */
  eventAt: number | null;
  waiters: Waiter[];
  failures: number;
  failure: ReadFailure | null;
  cancelRetry: (() => void) | null;
}

export function createUnitQueue({ clock, lag, read, mayRetry, onFailure }: UnitQueueContext): UnitQueue {
  const entries = new Map<string, Entry>();
  const limit = createLimit(atOnce);
  let queued: Entry[] = [];

  function entryOf(unit: UnitName): Entry {
    const key = `${unit.kind} ${unit.id}`;
    const found = entries.get(key);
    if (found !== undefined) return found;
    const entry: Entry = {
      unit,
      phase: 'idle',
      wanted: false,
      eventAt: null,
      waiters: [],
      failures: 0,
      failure: null,
      cancelRetry: null,
    };
    entries.set(key, entry);
    return entry;
  }

  function want(entry: Entry): void {
    entry.wanted = true;
    cancelRetry(entry);
    if (entry.phase !== 'idle') return;
    entry.phase = 'queued';
    if (queued.push(entry) === 1) setImmediate(startQueued);
  }

  function startQueued(): void {
    const ready = queued;
    queued = [];
    for (const entry of ready) void limit(() => work(entry));
  }

  async function work(entry: Entry): Promise<void> {
    entry.phase = 'reading';
    for (let overtaken = 0; entry.wanted;) {
      const isOvertaken = !(await readOnce(entry, overtaken < longestOvertaken));
      overtaken = isOvertaken ? overtaken + 1 : 0;
    }
    entry.phase = 'idle';
    dropIfDone(entry);
  }

  /** One read. False: a newer wish came meanwhile, and nothing was shown. */
  async function readOnce(entry: Entry, mayDiscard: boolean): Promise<boolean> {
    const { waiters, eventAt } = entry;
    entry.wanted = false;
    entry.waiters = [];
    entry.eventAt = null;
    try {
      const show = await read(entry.unit);
      if (wasOvertaken(entry) && mayDiscard) {
        entry.waiters = [...waiters, ...entry.waiters];
        entry.eventAt = eventAt ?? entry.eventAt;
        return false;
      }
      show();
      if (eventAt !== null) lag.record(clock.now() - eventAt, clock.now());
      entry.failures = 0;
      entry.failure = null;
      for (const { resolve } of waiters) resolve();
    } catch (error) {
      entry.eventAt = eventAt ?? entry.eventAt;
      noteFailure(entry, error);
      for (const { reject } of waiters) reject(error);
    }
    return true;
  }

  function noteFailure(entry: Entry, error: unknown): void {
    entry.failures += 1;
    if (entry.failures === 1) onFailure(entry.unit, error);
    entry.failure = {
      ...entry.unit,
      error: error instanceof Error ? error.message : String(error),
      since: entry.failure?.since ?? isoTime(clock.now()),
    };
    cancelRetry(entry);
    if (mayRetry()) entry.cancelRetry = clock.after(retryDelayMs(entry.failures), () => want(entry));
  }

  function dropIfDone(entry: Entry): void {
    const isDone = entry.phase === 'idle' && entry.failure === null && entry.waiters.length === 0;
    if (isDone) entries.delete(`${entry.unit.kind} ${entry.unit.id}`);
  }

  return {
    changed(unit) {
      const entry = entryOf(unit);
      entry.eventAt ??= clock.now();
      want(entry);
    },
    refresh(unit) {
      return new Promise((resolve, reject) => {
        const entry = entryOf(unit);
        entry.waiters.push({ resolve, reject });
        want(entry);
      });
    },
    failed(unit, error) {
      noteFailure(entryOf(unit), error);
    },
    allRead(kind, except) {
      for (const entry of entries.values()) {
        if (entry.unit.kind !== kind || entry.failure === null || except.has(entry.unit.id)) continue;
        entry.failures = 0;
        entry.failure = null;
        cancelRetry(entry);
        // A newer wish is still to be served; what came before is served now.
        if (entry.phase === 'idle') entry.eventAt = null;
        dropIfDone(entry);
      }
    },
    pause() {
      for (const entry of entries.values()) cancelRetry(entry);
    },
    oldestEventMs() {
      let oldest = Number.POSITIVE_INFINITY;
      for (const { eventAt } of entries.values()) oldest = Math.min(oldest, eventAt ?? oldest);
      return oldest === Number.POSITIVE_INFINITY ? 0 : Math.max(0, clock.now() - oldest);
    },
    failures() {
      return [...entries.values()].flatMap(({ failure }) => (failure === null ? [] : [failure]));
    },
  };
}

function cancelRetry(entry: Entry): void {
  entry.cancelRetry?.();
  entry.cancelRetry = null;
}

/** Apart, because the compiler does not see that `wanted` changes while a read is awaited. */
function wasOvertaken(entry: Entry): boolean {
  return entry.wanted;
}
