import { describe, expect, it } from 'vitest';
import type { GuestAddress, Reach } from '../../../internal/instances/addresses.ts';
import type { Instance } from '../../../internal/instances/instance.ts';
import { createWait, type Milestone } from '../../../internal/instances/wait.ts';
import type { LiveViewChange } from '../../../internal/libvirt/live-view/live-view.ts';
import type { DomainView } from '../../../internal/libvirt/live-view/views.ts';

const uuid = '00000000-0000-4000-8000-000000000001';
const address: GuestAddress = {
  address: '192.168.122.2',
  family: 'ipv4',
  prefix: 24,
  interface: 'vnet0',
  mac: null,
  source: 'lease',
  ageMs: 0,
};

interface Guest {
  state: Instance['state'];
  agentConnected: boolean | null;
  addresses: readonly GuestAddress[];
}

function world(start: Partial<Guest>) {
  const listeners = new Set<(change: LiveViewChange) => void>();
  let guest: Guest | null = { state: 'running', agentConnected: false, addresses: [], ...start };
  let looked = 0;
  const wait = createWait({
    view: {
      domain: () => (guest === null ? undefined : ({ agentConnected: guest.agentConnected } as DomainView)),
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    instances: {
      get: () => (guest === null ? undefined : ({ uuid, domain: 'web', state: guest.state } as Instance)),
      reach: () => {
        looked += 1;
        const { addresses = [], agentConnected = null } = guest ?? {};
        return Promise.resolve({ addresses, agentConnected, readiness: 'starting' } satisfies Reach);
      },
    },
  });
  return {
    listeners,
    looked: () => looked,
    change(to: Partial<Guest> | null) {
      guest = to === null || guest === null ? null : { ...guest, ...to };
      for (const listener of listeners) {
        listener({ kind: 'domain', type: 'changed', id: uuid, name: 'web', revision: 1 });
      }
    },
    wait: (until: Milestone, signal = new AbortController().signal, timeoutMs = 60_000) =>
      wait(uuid, until, { timeoutMs, signal }),
  };
}

const looks = (of: ReturnType<typeof world>, times: number) =>
  expect.poll(of.looked).toBeGreaterThanOrEqual(times);

describe('waiting', () => {
  it.each<[Milestone, Partial<Guest>]>([
    ['running', {}],
    ['address', { addresses: [address] }],
    ['agent', { agentConnected: true }],
  ])('for %s ends at once where it is so', async (until, guest) => {
    const of = world(guest);
    expect(await of.wait(until)).toMatchObject({ reached: true, instance: { domain: 'web' } });
    expect(of.listeners.size).toBe(0);
  });

  it.each<[Milestone, Partial<Guest>, Partial<Guest>]>([
    ['running', { state: 'shutoff' }, { state: 'running' }],
    ['address', {}, { addresses: [address] }],
    ['agent', {}, { agentConnected: true }],
  ])('for %s ends with the event', async (until, before, after) => {
    const of = world(before);
    const waited = of.wait(until);
    await looks(of, 1);
    of.change(after);
    expect(await waited).toMatchObject({ reached: true });
    expect(of.listeners.size).toBe(0);
  });

  it('for an address goes on without an event: leases have none', async () => {
    const of = world({});
    const waited = of.wait('address');
    await looks(of, 1);
    of.listeners.clear();
    of.change({ addresses: [address] });
    expect(await waited).toMatchObject({ reached: true });
  });

  it('for too long answers that it was too long', async () => {
    expect(await world({}).wait('agent', undefined, 20)).toMatchObject({ reached: false });
  });

  it('a VM that stops, goes, or has no agent is not waited for', async () => {
    await expect(world({ agentConnected: null }).wait('agent')).rejects.toMatchObject({
      code: 'state-conflict',
      message: expect.stringMatching(/no channel/) as string,
    });
    const stops = world({});
    const stopped = stops.wait('agent');
    await looks(stops, 1);
    stops.change({ state: 'shutoff' });
    await expect(stopped).rejects.toMatchObject({ code: 'state-conflict' });
    const goes = world({});
    const gone = goes.wait('address');
    await looks(goes, 1);
    goes.change(null);
    await expect(gone).rejects.toMatchObject({ code: 'not-found' });
  });

  it('ends with the client', async () => {
    const of = world({});
    const client = new AbortController();
    const waited = of.wait('agent', client.signal);
    await looks(of, 1);
    client.abort(new Error('the client left'));
    await expect(waited).rejects.toThrow('the client left');
    expect(of.listeners.size).toBe(0);
  });
});
