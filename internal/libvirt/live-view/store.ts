import type { LiveViewChange } from './live-view.ts';
import type { Log } from './log.ts';
import {
  applyAll,
  applyUnit,
  emptyState,
  type AllRead,
  type Applied,
  type UnitRead,
  type ViewState,
} from './state.ts';
import type { ViewKind } from './views.ts';

/** Holds the state, and tells of its changes. */
export interface Store {
  state(): ViewState;
  /** The order of a read that begins now. */
  nextOrder(): number;
  showUnit<K extends ViewKind>(read: UnitRead<K>): void;
  showAll<K extends ViewKind>(read: AllRead<K>): void;
  onChange(listener: (change: LiveViewChange) => void): () => void;
}

export function createStore(log: Log): Store {
  const listeners = new Set<(change: LiveViewChange) => void>();
  let state = emptyState;
  let order = 0;

  function commit(applied: Applied): void {
    state = applied.state;
    for (const change of applied.changes) {
      for (const listener of listeners) {
        try {
          listener(change);
        } catch (error) {
          log.error({ err: error, change }, 'a listener of the live view failed');
        }
      }
    }
  }

  return {
    state: () => state,
    nextOrder: () => (order += 1),
    showUnit: (read) => commit(applyUnit(state, read)),
    showAll: (read) => commit(applyAll(state, read)),
    onChange(listener) {
      // A wrapper of its own, so that the same function may be subscribed twice.
      const own = (change: LiveViewChange): void => listener(change);
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
}
