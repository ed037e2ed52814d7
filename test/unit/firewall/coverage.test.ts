import { expect, it, vi } from 'vitest';
import { coverNewInterfaces } from '../../../internal/firewall/coverage.ts';
import { createFilterStore } from '../../../internal/firewall/filter-store.ts';
import { instanceResources } from '../../../internal/instances/lifecycle/target.ts';
import type { LiveViewChange } from '../../../internal/libvirt/live-view/live-view.ts';
import { virError } from '../../../internal/libvirt/error-code.ts';
import { createKeyedLock } from '../../../internal/operations/keyed-lock.ts';
import { silent } from '../operations/fixture-log.ts';
import { FakeHost, nic, ours, refusal, uuid } from './fake-host.ts';

async function covered(host: FakeHost, included: string | null = null) {
  const filters = createFilterStore(host.client);
  await filters.put(uuid, { defaultIn: 'drop', defaultOut: 'accept', rules: [] }, included);
  let tell: (change: LiveViewChange) => void = () => undefined;
  const warnings: string[] = [];
  const locks = createKeyedLock();
  const coverage = coverNewInterfaces({
    client: host.client,
    view: {
      onChange: (listener) => {
        tell = listener;
        return () => undefined;
      },
    },
    filters,
    locks,
    log: { ...silent, warn: (_facts, message) => void warnings.push(message) },
  });
  const change = (id = uuid) => tell({ kind: 'domain', type: 'changed', id, name: 'web', revision: 1 });
  return { coverage, change, locks, warnings };
}

it('an interface that comes later gets the firewall', async () => {
  const host = new FakeHost(nic(1, ours));
  const { coverage, change } = await covered(host);
  host.interfaces.live.push(nic(2));
  change();
  await coverage.end();
  expect(host.references).toEqual([ours, ours, ours]);
});

it('one that has the filter which is included gets it; with another, or of another type, it is left', async () => {
  const host = new FakeHost(nic(1, 'clean-traffic'), nic(2, 'mine'), nic(3, null, 'user'));
  const { coverage, change } = await covered(host, 'clean-traffic');
  change();
  await coverage.end();
  expect(host.references).toEqual([ours, 'mine', null, ours, 'mine', null]);
});

it('other instances are not looked at', async () => {
  const host = new FakeHost(nic(1));
  const { coverage, change } = await covered(host);
  change('another');
  await coverage.end();
  expect(host.references).toEqual([null, null]);
});

it('what is plugged in during an operation is looked at after it, and again when more comes', async () => {
  const host = new FakeHost(nic(1));
  const { coverage, change, locks } = await covered(host);
  const release = await locks.acquire(instanceResources({ uuid, domain: 'web' }));
  change();
  change();
  expect(host.references).toEqual([null, null]);
  release();
  await vi.waitFor(() => expect(host.references).toEqual([ours, ours]));
  host.interfaces.live.push(nic(2));
  coverage.look(uuid, 'web');
  await vi.waitFor(() => expect(host.references).toEqual([ours, ours, ours]));
  await coverage.end();
});

it('what cannot be done is told, and tried again at the next change', async () => {
  const host = new FakeHost(nic(1));
  const { coverage, change, warnings } = await covered(host);
  host.failure = (call) => (call === 'updateDevice live' ? refusal(virError.internalError) : null);
  change();
  await vi.waitFor(() => expect(warnings).toHaveLength(1));
  host.failure = () => null;
  await vi.waitFor(() => {
    change();
    expect(host.references).toEqual([ours, ours]);
  });
  await coverage.end();
});
