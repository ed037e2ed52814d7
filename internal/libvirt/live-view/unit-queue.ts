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
  /** A point in time for `allRead`. */
  mark(): number;
  /** All units of the kind were read from that point on: what failed before it counts no more. */
  allRead(kind: ViewKind, since: number): void;
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
  /** When the oldest event came that the read under way, or else the next one, will have seen. */
  eventAt: number | null;
  /** When the first event came after the read under way began. */
  laterEventAt: number | null;
  waiters: Waiter[];
  failures: number;
  failure: ReadFailure | null;
  /** When the read that failed last began, as `mark` counts. */
  failureBegan: number;
  cancelRetry: (() => void) | null;
}

export function createUnitQueue({ clock, lag, read, mayRetry, onFailure }: UnitQueueContext): UnitQueue {
  const entries = new Map<string, Entry>();
  const limit = createLimit(atOnce);
  let queued: Entry[] = [];
  let time = 0;

  function entryOf(unit: UnitName): Entry {
    const key = `${unit.kind} ${unit.id}`;
    const found = entries.get(key);
    if (found !== undefined) return found;
    const entry: Entry = {
      unit,
      phase: 'idle',
      wanted: false,
      eventAt: null,
      laterEventAt: null,
      waiters: [],
      failures: 0,
      failure: null,
      failureBegan: 0,
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
    const { waiters } = entry;
    const began = (time += 1);
    entry.wanted = false;
    entry.waiters = [];
    entry.eventAt ??= entry.laterEventAt;
    entry.laterEventAt = null;
    try {
      const show = await read(entry.unit);
      if (wasOvertaken(entry) && mayDiscard) {
        entry.waiters = [...waiters, ...entry.waiters];
        return false;
      }
      show();
      if (entry.eventAt !== null) lag.record(clock.now() - entry.eventAt, clock.now());
      entry.eventAt = null;
      entry.failures = 0;
      entry.failure = null;
      for (const { resolve } of waiters) resolve();
    } catch (error) {
      noteFailure(entry, error, began);
      for (const { reject } of waiters) reject(error);
    }
    return true;
  }

  function noteFailure(entry: Entry, error: unknown, began: number): void {
    entry.failureBegan = began;
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
      if (entry.phase === 'reading') entry.laterEventAt ??= clock.now();
      else entry.eventAt ??= clock.now();
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
      noteFailure(entryOf(unit), error, time);
    },
    mark: () => (time += 1),
    allRead(kind, since) {
      for (const entry of entries.values()) {
        if (entry.unit.kind !== kind || entry.failure === null || entry.failureBegan > since) continue;
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
      for (const { eventAt, laterEventAt } of entries.values()) {
        oldest = Math.min(oldest, eventAt ?? laterEventAt ?? oldest);
      }
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
