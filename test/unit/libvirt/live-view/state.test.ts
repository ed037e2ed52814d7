import { describe, expect, it } from 'vitest';
import {
  applyAll,
  applyUnit,
  emptyState,
  type Applied,
  type ViewState,
} from '../../../../internal/libvirt/live-view/state.ts';
import type { NodeDeviceView, VolumeView } from '../../../../internal/libvirt/live-view/views.ts';

function device(name: string, driver: string | null = null, readAt = '2026-01-01'): NodeDeviceView {
  return { name, driver, path: null, parent: null, capability: 'system', pci: null, net: null, readAt };
}

function volume(name: string, capacityBytes = 1n): VolumeView {
  return {
    pool: 'pool',
    poolUuid: 'p',
    name,
    key: `/p/${name}`,
    path: null,
    type: 'file',
    format: null,
    capacityBytes,
    allocationBytes: 0n,
    backingPath: null,
    readAt: '2026-01-01',
  };
}

/** One node device was read; without a view it is gone. */
function read(state: ViewState, order: number, id: string, ...views: readonly NodeDeviceView[]): Applied {
  return applyUnit(state, { kind: 'node-device', order, id, views });
}

/** All node devices were read. */
function readAll(
  state: ViewState,
  order: number,
  views: readonly NodeDeviceView[],
  unreadable: readonly string[] = [],
): Applied {
  return applyAll(state, {
    kind: 'node-device',
    order,
    units: new Map(views.map((view) => [view.name, [view]])),
    unreadable: new Set(unreadable),
  });
}

function drivers({ state }: Applied): Record<string, string | null> {
  const views = [...state.kinds['node-device'].units.values()].flatMap((unit) => unit.views);
  return Object.fromEntries(views.map(({ name, driver }) => [name, driver]));
}

function told({ changes }: Applied): readonly string[] {
  return changes.map(({ type, id, revision }) => `${revision} ${type} ${id}`);
}

describe('one unit that was read', () => {
  it('is added, changed and removed, each a revision of its own', () => {
    const added = read(emptyState, 1, 'a', device('a'));
    const changed = read(added.state, 2, 'a', device('a', 'vfio-pci'));
    const removed = read(changed.state, 3, 'a');
    expect([added, changed, removed].map(told)).toEqual([['1 added a'], ['2 changed a'], ['3 removed a']]);
    expect([added, changed, removed].map(drivers)).toEqual([{ a: null }, { a: 'vfio-pci' }, {}]);
    expect(removed.state.revision).toBe(3);
  });

  it('is shown with its new age, but is no change, when it is the same', () => {
    const before = read(emptyState, 1, 'a', device('a'));
    const after = read(before.state, 2, 'a', device('a', null, '2026-01-02'));
    expect(told(after)).toEqual([]);
    expect(after.state.revision).toBe(1);
    expect(after.state.kinds['node-device'].units.get('a')?.views[0]?.readAt).toBe('2026-01-02');
  });

  it('does not give way to a read that began earlier', () => {
    const { state } = read(emptyState, 2, 'a', device('a', 'new'));
    const late = read(state, 1, 'a', device('a', 'old'));
    expect(late.state).toBe(state);
    expect(late.changes).toEqual([]);
  });

  it('does not come back by a read that began before it was found gone', () => {
    const { state } = read(read(emptyState, 1, 'a', device('a')).state, 3, 'a');
    expect(read(state, 2, 'a', device('a')).state).toBe(state);
  });

  it('does not come back by a read that began before all were read', () => {
    const { state } = readAll(read(emptyState, 1, 'a', device('a')).state, 3, []);
    expect(read(state, 2, 'a', device('a')).state).toBe(state);
    expect(drivers(read(state, 4, 'a', device('a')))).toEqual({ a: null });
  });

  it('tells of each volume of a pool on its own', () => {
    const first = applyUnit(emptyState, {
      kind: 'volume',
      order: 1,
      id: 'p',
      views: [volume('a'), volume('b')],
    });
    const second = applyUnit(first.state, {
      kind: 'volume',
      order: 2,
      id: 'p',
      views: [volume('b', 2n), volume('c')],
    });
    expect(told(first)).toEqual(['1 added /p/a', '2 added /p/b']);
    expect(told(second)).toEqual(['3 removed /p/a', '4 changed /p/b', '5 added /p/c']);
  });

  it('leaves the other kinds as they are', () => {
    const { state } = read(emptyState, 1, 'a', device('a'));
    expect(state.kinds.domain).toBe(emptyState.kinds.domain);
  });
});

describe('all units that were read', () => {
  const { state } = readAll(emptyState, 1, [device('a'), device('b'), device('c')]);

  it('replace what was there at once', () => {
    const applied = readAll(state, 2, [device('b', 'vfio-pci'), device('c'), device('d')]);
    expect(drivers(applied)).toEqual({ b: 'vfio-pci', c: null, d: null });
    expect(told(applied)).toEqual(['4 removed a', '5 changed b', '6 added d']);
  });

  it('leave alone what was read singly after they began', () => {
    const newer = read(read(state, 5, 'a', device('a', 'new')).state, 6, 'b');
    const added = read(newer.state, 7, 'd', device('d'));
    const applied = readAll(added.state, 4, [device('a', 'old'), device('b'), device('c')]);
    expect(drivers(applied)).toEqual({ a: 'new', c: null, d: null });
    expect(told(applied)).toEqual([]);
  });

  it('keep what is there but could not be read', () => {
    const applied = readAll(state, 2, [device('c')], ['a']);
    expect(drivers(applied)).toEqual({ a: null, c: null });
    expect(told(applied)).toEqual(['4 removed b']);
    // It may still be read by what began before.
    expect(drivers(read(applied.state, 1.5, 'a', device('a', 'late')))).toEqual({ a: 'late', c: null });
  });

  it('are nothing when they were read before others', () => {
    const later = readAll(state, 3, [device('z')]);
    expect(readAll(later.state, 2, [device('a')]).state).toBe(later.state);
  });

  it('drop the memory of what was found gone', () => {
    const gone = read(state, 2, 'a');
    expect(readAll(gone.state, 3, []).state.kinds['node-device'].units.size).toBe(0);
  });
});
