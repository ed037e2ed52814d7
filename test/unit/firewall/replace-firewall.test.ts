import { describe, expect, it } from 'vitest';
import { createFilterStore } from '../../../internal/firewall/filter-store.ts';
import { openFirewall, type Firewall } from '../../../internal/firewall/firewall.ts';
import { createInstanceFirewall } from '../../../internal/firewall/instance-firewall.ts';
import { readFilter } from '../../../internal/firewall/read-filter.ts';
import { releaseFirewall } from '../../../internal/firewall/release-firewall.ts';
import { replaceFirewall } from '../../../internal/firewall/replace-firewall.ts';
import type { Instance } from '../../../internal/instances/instance.ts';
import { virError } from '../../../internal/libvirt/error-code.ts';
import { silent } from '../operations/fixture-log.ts';
import { databasePath, engine } from '../operations/fixture.ts';
import { FakeHost, mac, nic, ours, refusal, uuid } from './fake-host.ts';

const closed: Firewall = { defaultIn: 'drop', defaultOut: 'accept', rules: [] };
const narrow: Firewall = {
  ...closed,
  rules: [
    { direction: 'in', action: 'accept', protocol: 'tcp', ports: { first: 22, last: 22 }, remote: null },
  ],
};
const whichever = { etag: null, validateOnly: false };

/** The use cases on a host, and how an operation ends. */
function firewallOn(host: FakeHost) {
  const filters = createFilterStore(host.client);
  const definition = replaceFirewall(host.client, { refresh: () => Promise.resolve() }, filters);
  const operations = engine(databasePath(), [definition]);
  const firewall = createInstanceFirewall({
    client: host.client,
    filters,
    operations,
    definition,
    hostRoot: '/nonexistent',
    ready: () => Promise.resolve(),
    instances: {
      get: (named) => (named === uuid ? ({ uuid, domain: 'web', owner: 'o' } as Instance) : undefined),
    },
  });
  const replaced = async (wanted: Firewall, etag: string | null = null): Promise<string> => {
    const id = await firewall.replace(uuid, wanted, { etag, validateOnly: false });
    const { error } = await operations.wait(id ?? '');
    return error?.code ?? 'succeeded';
  };
  return { filters, firewall, replaced };
}

const current = (host: FakeHost) => readFilter(host.filters.get(ours) ?? '').firewall;

describe('a firewall', () => {
  it('is given to all interfaces, as they run and as they start next, and taken again', async () => {
    const host = new FakeHost(nic(1), nic(2));
    const { firewall, replaced } = firewallOn(host);
    expect(await replaced(narrow)).toBe('succeeded');
    expect(host.references).toEqual([ours, ours, ours, ours]);
    expect(await firewall.get(uuid)).toMatchObject({ ...narrow, enabled: true, unfiltered: [] });
    const updates = host.calls.filter((call) => call.startsWith('updateDevice')).length;
    expect(await replaced(closed)).toBe('succeeded');
    expect(current(host)).toEqual(closed);
    expect(host.calls.filter((call) => call.startsWith('updateDevice'))).toHaveLength(updates);
    expect(await replaced(openFirewall)).toBe('succeeded');
    expect(host.references).toEqual([null, null, null, null]);
    expect([...host.filters]).toEqual([]);
    expect(await firewall.get(uuid)).toMatchObject({ ...openFirewall, enabled: false, etag: 'none' });
  });

  it('keeps the filter that others chose', async () => {
    const host = new FakeHost(nic(1, 'clean-traffic'));
    const { firewall, replaced } = firewallOn(host);
    await replaced(closed);
    expect(await replaced(narrow)).toBe('succeeded');
    expect(await firewall.get(uuid)).toMatchObject({ included: 'clean-traffic' });
    await replaced(openFirewall);
    expect(host.references).toEqual(['clean-traffic', 'clean-traffic']);
  });

  it.each([
    ['interfaces with different filters', [nic(1, 'clean-traffic'), nic(2)], 'clean-traffic, none'],
    ['an interface that cannot be filtered', [nic(1), nic(2, null, 'direct')], mac(2)],
  ])('is refused for %s', async (_what, interfaces, said) => {
    const host = new FakeHost(...interfaces);
    const { firewall } = firewallOn(host);
    await expect(firewall.replace(uuid, closed, whichever)).rejects.toMatchObject({
      code: 'state-conflict',
      message: expect.stringContaining(said) as string,
    });
    expect([...host.filters]).toEqual([]);
  });

  it('is refused for what is not there, and for another etag, at once and in the operation', async () => {
    const host = new FakeHost(nic(1));
    const { firewall, replaced } = firewallOn(host);
    await expect(firewall.get('other')).rejects.toMatchObject({ code: 'not-found' });
    await expect(firewall.replace('other', closed, whichever)).rejects.toMatchObject({ code: 'not-found' });
    await expect(firewall.replace(uuid, closed, { ...whichever, etag: 'x' })).rejects.toMatchObject({
      code: 'precondition-failed',
      details: { etag: 'none' },
    });
    const both = await Promise.all([closed, narrow].map((wanted) => replaced(wanted, 'none')));
    expect(both.toSorted()).toEqual(['precondition-failed', 'succeeded']);
  });

  it('comes and goes only while no state is saved, its rules change at any time', async () => {
    const host = new FakeHost(nic(1));
    const { firewall, replaced } = firewallOn(host);
    host.saved = true;
    await expect(firewall.replace(uuid, closed, whichever)).rejects.toMatchObject({ code: 'state-conflict' });
    expect(await replaced(openFirewall)).toBe('succeeded');
    host.saved = false;
    expect(await replaced(closed)).toBe('succeeded');
    host.saved = true;
    expect(await replaced(narrow)).toBe('succeeded');
    await expect(firewall.replace(uuid, openFirewall, whichever)).rejects.toMatchObject({
      code: 'state-conflict',
    });
    expect(current(host)).toEqual(narrow);
  });

  it('in a dry run changes nothing', async () => {
    const host = new FakeHost(nic(1));
    expect(
      await firewallOn(host).firewall.replace(uuid, closed, { etag: 'none', validateOnly: true }),
    ).toBeNull();
    expect([...host.filters]).toEqual([]);
    expect(host.references).toEqual([null, null]);
  });
});

describe('half-way', () => {
  it('a new firewall that the running interface does not take leaves nothing', async () => {
    const host = new FakeHost(nic(1, 'clean-traffic'));
    host.failure = (call) => (call === 'updateDevice live' ? refusal(virError.buildFirewall) : null);
    expect(await firewallOn(host).replaced(closed)).toBe('host-incapable');
    expect(host.references).toEqual(['clean-traffic', 'clean-traffic']);
    expect([...host.filters]).toEqual([]);
  });

  it('another firewall that libvirt refuses leaves the one before', async () => {
    const host = new FakeHost(nic(1));
    const { replaced } = firewallOn(host);
    await replaced(narrow);
    host.failure = (call) => (call === 'define' ? refusal(virError.buildFirewall) : null);
    expect(await replaced(closed)).toBe('host-incapable');
    expect(current(host)).toEqual(narrow);
    expect(host.references).toEqual([ours, ours]);
  });

  it('another firewall that an interface does not take leaves the one before, where it was', async () => {
    const host = new FakeHost(nic(1));
    const { replaced } = firewallOn(host);
    await replaced(narrow);
    host.interfaces.live.push(nic(2));
    host.failure = (call) => (call === 'updateDevice live' ? refusal(virError.internalError) : null);
    // One has the firewall, which includes nothing, and one has none: that is alike.
    expect(await replaced(closed)).toBe('libvirt-failed');
    expect(current(host)).toEqual(narrow);
    expect(host.references).toEqual([ours, ours, null]);
  });

  it('one that another VM uses is not removed, and holds again', async () => {
    const host = new FakeHost(nic(1));
    const { replaced } = firewallOn(host);
    await replaced(narrow);
    host.failure = (call) => (call === 'undefine' ? refusal(virError.operationInvalid) : null);
    expect(await replaced(openFirewall)).toBe('state-conflict');
    expect(current(host)).toEqual(narrow);
    expect(host.references).toEqual([ours, ours]);
  });

  it('an instance that vanishes takes no firewall', async () => {
    const host = new FakeHost(nic(1));
    const { replaced } = firewallOn(host);
    host.failure = (call) => {
      if (call === 'define') host.gone = true;
      return null;
    };
    expect(await replaced(narrow)).toBe('not-found');
    expect([...host.filters]).toEqual([]);
  });
});

describe('the filter of an instance that is gone', () => {
  it('is removed, once and twice', async () => {
    const host = new FakeHost();
    const { filters, replaced } = firewallOn(host);
    await replaced(closed);
    expect(filters.owners()).toEqual([uuid]);
    for (let time = 0; time < 2; time += 1) await releaseFirewall(filters, silent)(uuid);
    expect([...host.filters]).toEqual([]);
    expect(filters.owners()).toEqual([]);
  });

  it('stays while another VM uses it', async () => {
    const host = new FakeHost(nic(1));
    const { filters, replaced } = firewallOn(host);
    await replaced(closed);
    await releaseFirewall(filters, silent)(uuid);
    expect([...host.filters.keys()]).toEqual([ours]);
    expect(filters.owners()).toEqual([uuid]);
  });

  it('is none where libvirt has no network filters', async () => {
    const host = new FakeHost(nic(1));
    host.failure = () => refusal(virError.noSupport);
    const { filters } = firewallOn(host);
    await filters.load();
    await releaseFirewall(filters, silent)(uuid);
    expect(filters.owners()).toEqual([]);
  });

  it('is told when libvirt is gone', async () => {
    const host = new FakeHost(nic(1));
    host.failure = () => refusal(virError.noConnect);
    await expect(releaseFirewall(firewallOn(host).filters, silent)(uuid)).rejects.toMatchObject({
      code: 'libvirt-unavailable',
    });
  });
});
