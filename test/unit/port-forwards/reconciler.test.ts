import { describe, expect, it } from 'vitest';
import type { LiveView, LiveViewChange } from '../../../internal/libvirt/live-view/live-view.ts';
import type { PortForward } from '../../../internal/port-forwards/forward.ts';
import type { KernelForward } from '../../../internal/port-forwards/kernel/ruleset.ts';
import type { Target } from '../../../internal/port-forwards/proxy/listener.ts';
import { createReconciler } from '../../../internal/port-forwards/reconciler.ts';
import { silent } from '../operations/fixture-log.ts';

const forward: PortForward = {
  id: 'f1',
  instance: 'i1',
  protocol: 'tcp',
  hostAddress: '0.0.0.0',
  hostPort: 2222,
  network: 'n',
  guestAddress: '192.168.130.2',
  guestPort: 22,
  sources: [],
  createdAt: '2026-01-01T00:00:00.000Z',
};

/** A host whose VM, network, rules and ports the test decides. */
function host() {
  const kept = new Map<string, PortForward>();
  const applied: (readonly KernelForward[])[] = [];
  const held = new Map<number, Target>();
  const state = { running: true, active: true, synced: true, taken: false, refused: '' };
  let changed: (change: LiveViewChange) => void = () => undefined;
  const view = {
    domain: () => ({ id: state.running ? 1 : null }),
    network: () => ({
      active: state.active,
      forwardMode: 'nat',
      ips: [{ family: 'ipv4', address: '192.168.130.1', prefix: 24, dhcpRanges: [] }],
    }),
    onChange: (listener: typeof changed) => {
      changed = listener;
      return () => undefined;
    },
    status: () => ({ lastSyncAt: state.synced ? '2026-01-01T00:00:00.000Z' : null }),
  } as unknown as LiveView;
  const reconciler = createReconciler({
    store: { all: () => [...kept.values()], byId: (id) => kept.get(id) },
    view,
    filter: {
      apply: (forwards) => {
        if (state.refused !== '') return Promise.resolve({ applied: false, why: state.refused });
        applied.push(forwards);
        return Promise.resolve({ applied: true });
      },
    },
    log: silent,
    listen: ({ hostPort }, target) => {
      if (state.taken) return Promise.reject(new Error('The port is taken.'));
      held.set(hostPort, target);
      return Promise.resolve({ close: () => Promise.resolve(void held.delete(hostPort)) });
    },
  });
  const rules = (): readonly string[] => (applied.at(-1) ?? []).map((each) => each.forward.id);
  return {
    kept,
    held,
    state,
    reconciler,
    rules,
    applied,
    change: () => changed({ kind: 'domain' } as LiveViewChange),
  };
}

describe('a forward', () => {
  it('is done by the kernel, and its port is held', async () => {
    const { kept, held, reconciler, rules, applied } = host();
    kept.set('f1', forward);
    await reconciler.reconcile();
    expect(rules()).toEqual(['f1']);
    expect(applied.at(-1)).toMatchObject([{ subnet: '192.168.130.0/24' }]);
    expect(held.get(2222)?.()).toEqual({ address: '192.168.130.2', port: 22 });
    expect(reconciler.status(forward)).toEqual({ mechanism: 'nftables', state: 'open', problem: null });
    // Nothing has changed: nothing is applied again.
    const times = applied.length;
    await reconciler.reconcile();
    expect(applied).toHaveLength(times);
    kept.delete('f1');
    await reconciler.reconcile();
    expect(rules()).toEqual([]);
    expect(held.size).toBe(0);
  });

  it('waits while its VM or network is down, and leads nowhere', async () => {
    const { kept, held, state, reconciler, rules } = host();
    kept.set('f1', forward);
    for (const down of [{ running: false }, { active: false }]) {
      Object.assign(state, { running: true, active: true }, down);
      await reconciler.reconcile();
      expect(rules()).toEqual([]);
      expect(held.get(2222)?.()).toBeNull();
      expect(reconciler.status(forward)).toMatchObject({ state: 'waiting' });
    }
  });

  it('goes through the daemon where the kernel will not', async () => {
    const { kept, held, state, reconciler } = host();
    state.refused = 'nft: Operation not permitted';
    kept.set('f1', forward);
    await reconciler.reconcile();
    expect(held.get(2222)?.()).toEqual({ address: '192.168.130.2', port: 22 });
    expect(reconciler.status(forward)).toEqual({ mechanism: 'proxy', state: 'open', problem: null });
  });

  it('whose port is taken is tried again, and takes no connections away meanwhile', async () => {
    const { kept, state, reconciler, rules } = host();
    state.taken = true;
    kept.set('f1', forward);
    await reconciler.reconcile();
    expect(rules()).toEqual([]);
    expect(reconciler.status(forward)).toMatchObject({ state: 'failed', problem: 'The port is taken.' });
    state.taken = false;
    await reconciler.reconcile();
    expect(reconciler.status(forward)).toMatchObject({ state: 'open' });
  });
});

it('what a daemon before has left is taken up as soon as libvirt has been read, also when nothing changes', async () => {
  const { kept, state, reconciler, applied, rules } = host();
  state.synced = false;
  kept.set('f1', forward);
  reconciler.start();
  await reconciler.reconcile();
  expect(applied).toEqual([]);
  state.synced = true;
  await expect.poll(rules).toEqual(['f1']);
  await reconciler.stop();
});

it('rules of a daemon before are left until libvirt has been read', async () => {
  const { kept, state, reconciler, applied, change, rules } = host();
  state.synced = false;
  kept.set('f1', forward);
  reconciler.start();
  await reconciler.reconcile();
  expect(applied).toEqual([]);
  state.synced = true;
  change();
  await reconciler.reconcile();
  expect(rules()).toEqual(['f1']);
  await reconciler.stop();
});
