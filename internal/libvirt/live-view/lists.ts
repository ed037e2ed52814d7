import type { KindState } from './state.ts';

/** The views of one kind. Made when first asked for, then kept until the state changes. */
export interface Lists<V> {
  readonly all: readonly V[];
  /** By the unit's id (a uuid in any letter case), else by name. */
  find(idOrName: string): V | undefined;
  ofUnit(id: string): readonly V[];
}

/** Returns a function that gives the lists of a state, the same ones while the state is the same. */
export function createLists<V extends { readonly name: string; readonly pool?: string }>(): (
  state: KindState<V>,
) => Lists<V> {
  let made: { of: KindState<V>; lists: Lists<V> } | null = null;
  return (state) => {
    if (made?.of !== state) made = { of: state, lists: makeLists(state) };
    return made.lists;
  };
}

function makeLists<V extends { readonly name: string; readonly pool?: string }>(
  state: KindState<V>,
): Lists<V> {
  const byUnit = new Map<string, readonly V[]>();
  const all: V[] = [];
  for (const [id, { views }] of state.units) {
    if (views.length === 0) continue;
    byUnit.set(id, views.length === 1 ? views : Object.freeze([...views].sort(byPoolAndName)));
    all.push(...views);
  }
  all.sort(byPoolAndName);
  const byName = new Map(all.map((view) => [view.name, view]));
  return {
    all: Object.freeze(all),
    find: (idOrName) =>
      (byUnit.get(idOrName) ?? byUnit.get(idOrName.toLowerCase()))?.[0] ?? byName.get(idOrName),
    ofUnit: (id) => byUnit.get(id) ?? none,
  };
}

const none: readonly never[] = Object.freeze([]);

function byPoolAndName<V extends { readonly name: string; readonly pool?: string }>(a: V, b: V): number {
  return compareText(a.pool ?? '', b.pool ?? '') || compareText(a.name, b.name);
}

/** By code unit: the same everywhere, and much faster than a locale's order. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
