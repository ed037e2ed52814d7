import { isDeepStrictEqual } from 'node:util';
import type { LiveViewChange } from './live-view.ts';
import type { ViewKind, ViewOf } from './views.ts';

/**
 * The state of the live view and how it changes: data in, data out.
 *
 * What is read at once is a unit: one domain, one pool, all volumes of one pool, one network, one node device. Each
 * read has an order, taken when it began; what was read later never gives way to what was read earlier.
 */
export interface ViewState {
  readonly revision: number;
  readonly kinds: { readonly [K in ViewKind]: KindState<ViewOf[K]> };
}

export interface KindState<V> {
  /** By uuid of the domain, pool, network or the volumes' pool; by name of the node device. */
  readonly units: ReadonlyMap<string, Unit<V>>;
  /** Order of the last read of all units. */
  readonly allOrder: number;
}

/** No views: read and found gone. Kept until all are read again, so that an older read cannot bring it back. */
export interface Unit<V> {
  readonly order: number;
  readonly views: readonly V[];
}

/** One unit was read. */
export interface UnitRead<K extends ViewKind> {
  readonly kind: K;
  readonly order: number;
  readonly id: string;
  readonly views: readonly ViewOf[K][];
}

/** All units of a kind were read. */
export interface AllRead<K extends ViewKind> {
  readonly kind: K;
  readonly order: number;
  readonly units: ReadonlyMap<string, readonly ViewOf[K][]>;
  /** Units that are there but could not be read: they stay as they are. */
  readonly unreadable: ReadonlySet<string>;
}

export interface Applied {
  readonly state: ViewState;
  readonly changes: readonly LiveViewChange[];
}

type Difference = Omit<LiveViewChange, 'revision'>;

const empty = { units: new Map<string, never>(), allOrder: -1 };

export const emptyState: ViewState = {
  revision: 0,
  kinds: { domain: empty, pool: empty, volume: empty, network: empty, 'node-device': empty },
};

export function applyUnit<K extends ViewKind>(state: ViewState, read: UnitRead<K>): Applied {
  const before: KindState<ViewOf[K]> = state.kinds[read.kind];
  const unit = before.units.get(read.id);
  if (read.order < (unit?.order ?? before.allOrder)) return { state, changes: [] };
  const units = new Map(before.units).set(read.id, { order: read.order, views: read.views });
  const differences = compare(read.kind, unit?.views ?? [], read.views);
  return advance(state, read.kind, { ...before, units }, differences);
}

export function applyAll<K extends ViewKind>(state: ViewState, read: AllRead<K>): Applied {
  const before: KindState<ViewOf[K]> = state.kinds[read.kind];
  if (read.order < before.allOrder) return { state, changes: [] };
  const units = new Map<string, Unit<ViewOf[K]>>();
  const differences: Difference[] = [];
  for (const [id, unit] of before.units) {
    const isNewer = unit.order > read.order;
    if (isNewer || read.unreadable.has(id)) units.set(id, unit);
    else if (!read.units.has(id)) differences.push(...compare(read.kind, unit.views, []));
  }
  for (const [id, views] of read.units) {
    if (units.has(id)) continue;
    units.set(id, { order: read.order, views });
    differences.push(...compare(read.kind, before.units.get(id)?.views ?? [], views));
  }
  return advance(state, read.kind, { units, allOrder: read.order }, differences);
}

/** What a change names the object by. */
function idOf(view: ViewOf[ViewKind]): string {
  if ('uuid' in view) return view.uuid;
  return 'key' in view ? view.key : view.name;
}

function advance<K extends ViewKind>(
  state: ViewState,
  kind: K,
  next: KindState<ViewOf[K]>,
  differences: readonly Difference[],
): Applied {
  const changes = differences.map((difference, index) => ({
    ...difference,
    revision: state.revision + index + 1,
  }));
  return {
    state: { revision: state.revision + changes.length, kinds: { ...state.kinds, [kind]: next } },
    changes,
  };
}

function compare<K extends ViewKind>(
  kind: K,
  before: readonly ViewOf[K][],
  after: readonly ViewOf[K][],
): Difference[] {
  const old = new Map(before.map((view) => [idOf(view), view]));
  const differences: Difference[] = [];
  for (const view of after) {
    const id = idOf(view);
    const previous = old.get(id);
    old.delete(id);
    if (previous === undefined) differences.push({ kind, type: 'added', id, name: view.name });
    else if (!isSame(previous, view)) differences.push({ kind, type: 'changed', id, name: view.name });
  }
  const removed = [...old].map(([id, { name }]) => ({ kind, type: 'removed' as const, id, name }));
  return [...removed, ...differences];
}

/** The same apart from when it was read. */
function isSame(one: ViewOf[ViewKind], other: ViewOf[ViewKind]): boolean {
  return isDeepStrictEqual({ ...one, readAt: '' }, { ...other, readAt: '' });
}
