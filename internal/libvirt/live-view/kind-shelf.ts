import { createLimit } from './limit.ts';
import { createLists, type Lists } from './lists.ts';
import type { KindReader } from './reader.ts';
import type { KindState } from './state.ts';
import type { Store } from './store.ts';
import type { ViewKind, ViewOf } from './views.ts';

/** Calls under way at the same time while everything is read; libvirtd itself answers a connection 5 at a time. */
const readsAtOnce = 8;

/** One kind of object: how it gets into the store, and how it is looked up there. */
export interface KindShelf<V> {
  /** Reads one unit; the function that it gives shows the result. */
  readUnit(id: string): Promise<() => void>;
  /** Reads and shows all units; returns those that could not be read, with the errors. */
  readAll(signal: AbortSignal): Promise<ReadonlyMap<string, unknown>>;
  lists(): Lists<V>;
}

export function createKindShelf<K extends ViewKind>(
  kind: K,
  reader: KindReader<K>,
  store: Store,
): KindShelf<ViewOf[K]> {
  const state = (): KindState<ViewOf[K]> => store.state().kinds[kind];
  const known = (id: string): readonly ViewOf[K][] => state().units.get(id)?.views ?? [];
  const listsOf = createLists<ViewOf[K]>();
  return {
    async readUnit(id) {
      const order = store.nextOrder();
      const views = await reader.readOne(id, known(id));
      return () => store.showUnit({ kind, id, order, views });
    },
    async readAll(signal) {
      const order = store.nextOrder();
      const limit = createLimit(readsAtOnce);
      const { units, unreadable } = await reader.readAll({ known, limit, signal });
      signal.throwIfAborted();
      store.showAll({ kind, order, units, unreadable: new Set(unreadable.keys()) });
      return unreadable;
    },
    lists: () => listsOf(state()),
  };
}
