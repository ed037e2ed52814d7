import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { virError } from '../../../../internal/libvirt/error-code.ts';
import {
  LibvirtConnectionError,
  LibvirtError,
  UnsupportedCallError,
} from '../../../../internal/libvirt/error.ts';
import { createLiveView } from '../../../../internal/libvirt/live-view/create.ts';
import type { LiveViewChange } from '../../../../internal/libvirt/live-view/live-view.ts';
import { FakeLibvirt, libvirtError, type FakeDomain } from './fake-libvirt.ts';
import { ManualClock } from './manual-clock.ts';

const a = '00000000-0000-4000-8000-00000000000a';
const b = '00000000-0000-4000-8000-00000000000b';

/** Lets everything come through that waits for no timer. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function domain(name: string, change: Partial<FakeDomain> = {}): FakeDomain {
  return {
    name,
    id: null,
    state: 'shutoff',
    persistent: true,
    autostart: false,
    managedSave: false,
    memoryKiB: 1024,
    title: null,
    ...change,
  };
}

/** A fake with two domains, a pool with two volumes, a network and a node device, and a view of it. */
function setUp() {
  const clock = new ManualClock();
  const fake = new FakeLibvirt();
  const logged: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => logged.push(line) });
  fake.domains.set(a, domain('web'));
  fake.domains.set(b, domain('mail', { id: 7, state: 'running', autostart: true, managedSave: true }));
  fake.pools.set(a, {
    name: 'images',
    state: 'running',
    persistent: true,
    autostart: true,
    volumes: new Map([
      ['z', { capacityBytes: 2n }],
      ['y', { capacityBytes: 1n }],
    ]),
  });
  fake.networks.set(a, { name: 'default', active: true, persistent: true, autostart: false });
  fake.nodeDevices.set('computer', { driver: null });
  const view = createLiveView({ client: fake.client, log, clock });
  const changes: LiveViewChange[] = [];
  view.onChange((change) => changes.push(change));
  return { clock, fake, view, logged, changes };
}

async function started() {
  const all = setUp();
  all.view.start();
  await rest();
  return all;
}

function startDomain(fake: FakeLibvirt, uuid: string): void {
  const found = fake.domains.get(uuid);
  if (found === undefined) throw new Error('no such domain in the fake');
  Object.assign(found, { state: 'running', id: fake.nextDomainId() });
  fake.emit({ kind: 'domain-lifecycle', domain: fake.refOf(uuid), event: 'started', detail: 0 });
}

describe('the first read', () => {
  it('shows all kinds, sorted by name', async () => {
    const { view } = await started();
    expect(view.domains().map(({ name }) => name)).toEqual(['mail', 'web']);
    expect(view.domain(b)).toMatchObject({
      name: 'mail',
      id: 7,
      state: 'running',
      reason: 1,
      persistent: true,
      autostart: true,
      hasManagedSave: true,
      memoryKiB: 1024,
      vcpus: 2,
    });
    expect(view.pools().map(({ name }) => name)).toEqual(['images']);
    expect(view.volumes().map(({ name }) => name)).toEqual(['y', 'z']);
    expect(view.networks().map(({ name }) => name)).toEqual(['default']);
    expect(view.nodeDevices().map(({ name }) => name)).toEqual(['computer']);
  });

  it('asks for each domain only for its document', async () => {
    const { fake } = await started();
    const calls = fake.calls.filter((call) => call.startsWith('domains.')).sort();
    expect(calls).toEqual([
      'domains.list',
      'domains.list',
      'domains.list',
      'domains.list',
      'domains.stats',
      `domains.xml ${a}`,
      `domains.xml ${b}`,
    ]);
  });

  it('finds by uuid in any letter case, and by name', async () => {
    const { view } = await started();
    expect([view.domain(a.toUpperCase())?.name, view.domain('web')?.uuid]).toEqual(['web', a]);
    expect([view.pool('images')?.uuid, view.network('default')?.uuid]).toEqual([a, a]);
    expect(view.nodeDevice('computer')?.capability).toBe('system');
    expect([view.domain('none'), view.pool('none'), view.network('none')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([view.volumes(a).length, view.volumes(b).length]).toEqual([2, 0]);
  });

  it('gives the same frozen lists while nothing changes', async () => {
    const { fake, view } = await started();
    const lists = () => [
      view.domains(),
      view.pools(),
      view.volumes(),
      view.volumes(a),
      view.networks(),
      view.nodeDevices(),
    ];
    const before = lists();
    expect(lists().every((list, index) => list === before[index])).toBe(true);
    expect(before.every((list) => Object.isFrozen(list) && list.every((item) => Object.isFrozen(item)))).toBe(
      true,
    );
    startDomain(fake, a);
    await rest();
    expect(view.domains()).not.toBe(before[0]);
    expect(view.domains()[0]).toBe(before[0]?.[0]);
    expect(view.pools()).toBe(before[1]);
  });

  it('has nothing before it, and says so', () => {
    const { view } = setUp();
    expect(view.domains()).toEqual([]);
    expect(view.status()).toEqual({
      connected: false,
      connectedSince: null,
      ageMs: null,
      lastSyncAt: null,
      lastSyncMs: null,
      lastEventAt: null,
      eventLagMs: { now: 0, maxOfLastMinute: 0 },
      error: null,
      failures: [],
      revision: 0,
    });
  });

  it('waits for a libvirt that is not there yet', async () => {
    const { clock, fake, view } = setUp();
    fake.reachable = false;
    view.start();
    await rest();
    expect(view.status()).toMatchObject({ connected: false, error: 'the fake is not there' });
    fake.reachable = true;
    clock.advance(500);
    await rest();
    expect(view.status()).toMatchObject({ connected: true, ageMs: 0, error: null });
    expect(view.domains()).toHaveLength(2);
  });

  it('shows what the connection can do, where it lacks bulk calls or a whole kind', async () => {
    const { fake, view } = setUp();
    fake.failure = (call) => {
      if (call === 'domains.stats') return new UnsupportedCallError('domains.stats', 'virsh');
      if (call.startsWith('pools.list') || call.startsWith('nodeDevices'))
        return libvirtError(virError.noSupport);
      return null;
    };
    view.start();
    await rest();
    expect(view.domains().map(({ name, state }) => [name, state])).toEqual([
      ['mail', 'running'],
      ['web', 'shutoff'],
    ]);
    expect([view.pools(), view.volumes(), view.nodeDevices()]).toEqual([[], [], []]);
    expect(view.status()).toMatchObject({ error: null, failures: [], ageMs: 0 });
  });
});

describe('reading everything', () => {
  it('does not put together what belongs to different times', async () => {
    const { fake, view } = setUp();
    const found = fake.domains.get(a);
    if (found === undefined) throw new Error('no such domain in the fake');
    // The domain starts between the list and the statistics.
    fake.failure = (call) => {
      if (call === 'domains.stats')
        void Promise.resolve().then(() => Object.assign(found, { state: 'running', id: 9 }));
      return null;
    };
    view.start();
    await rest();
    expect(view.domain(a)).toMatchObject({ state: 'running', id: 9 });
  });

  it('asks for nothing more once it is given up', async () => {
    const { fake, view } = setUp();
    for (let number = 100; number < 200; number += 1) {
      fake.domains.set(`00000000-0000-4000-8000-000000000${number}`, domain(`vm-${number}`));
    }
    let read = 0;
    fake.failure = (call) => {
      if (call.startsWith('domains.xml') && (read += 1) === 10) view.stop();
      return null;
    };
    view.start();
    await rest();
    expect(read).toBeLessThan(20);
    expect(view.domains()).toEqual([]);
  });
});

describe('an event', () => {
  it('has its object read again, alone', async () => {
    const { clock, fake, view, changes } = await started();
    fake.calls.length = 0;
    changes.length = 0;
    clock.advance(1000);
    startDomain(fake, a);
    await rest();
    expect(view.domain(a)).toMatchObject({ state: 'running', id: 1 });
    expect(fake.calls.filter((call) => !call.endsWith(a))).toEqual([]);
    expect(changes).toMatchObject([{ kind: 'domain', type: 'changed', id: a, name: 'web' }]);
    expect(view.status().lastEventAt).toBe(new Date(clock.now()).toISOString());
    expect(view.status().revision).toBe(changes[0]?.revision);
  });

  it('of an object that is gone by then removes it', async () => {
    const { fake, view, changes } = await started();
    const ref = fake.refOf(a);
    fake.domains.delete(a);
    fake.emit({ kind: 'domain-lifecycle', domain: ref, event: 'undefined', detail: 0 });
    await rest();
    expect(view.domains().map(({ name }) => name)).toEqual(['mail']);
    expect(changes.at(-1)).toMatchObject({ type: 'removed', id: a, name: 'web' });
  });

  it('of a pool has its volumes read too', async () => {
    const { fake, view } = await started();
    fake.pools.get(a)?.volumes.set('x', { capacityBytes: 3n });
    fake.emit({ kind: 'pool-refresh', pool: { uuid: a, name: 'images' } });
    await rest();
    expect(view.volumes().map(({ name }) => name)).toEqual(['x', 'y', 'z']);
    expect(view.pool(a)?.allocationBytes).toBe(3n);
  });

  it('that comes while everything is read is not lost', async () => {
    const { fake, view } = await started();
    const resynced = view.resync();
    startDomain(fake, a);
    fake.domains.set('00000000-0000-4000-8000-00000000000c', domain('new'));
    fake.emit({
      kind: 'domain-lifecycle',
      domain: fake.refOf('00000000-0000-4000-8000-00000000000c'),
      event: 'defined',
      detail: 0,
    });
    await resynced;
    await rest();
    expect(view.domains().map(({ name, state }) => [name, state])).toEqual([
      ['mail', 'running'],
      ['new', 'shutoff'],
      ['web', 'running'],
    ]);
  });

  it('that changes nothing visible is no change', async () => {
    const { fake, view, changes } = await started();
    changes.length = 0;
    fake.emit({ kind: 'domain-reboot', domain: fake.refOf(b) });
    fake.emit({ kind: 'domain-migration-iteration', domain: fake.refOf(b), iteration: 1 });
    await rest();
    expect(changes).toEqual([]);
    expect(view.status().eventLagMs.now).toBe(0);
  });

  it('in the middle of a start is not shown half done', async () => {
    const { fake, view } = await started();
    const states: string[] = [];
    view.onChange(() => states.push(`${view.domain(a)?.state ?? ''} ${view.domain(a)?.id ?? 'null'}`));
    const shutOff = fake.domains.get(a);
    if (shutOff === undefined) throw new Error('no such domain in the fake');
    // The domain starts between the first call of the read and the second, and its event is late.
    fake.failure = (call) => {
      if (call === `domains.state ${a}` && shutOff.id === null)
        Object.assign(shutOff, { state: 'running', id: 9 });
      return null;
    };
    await view.refresh('domain', a);
    expect(states).toEqual(['running 9']);
  });
});

describe('a read that fails', () => {
  it('is not tried again without a connection, nor after the end', async () => {
    const { clock, fake, view } = await started();
    fake.failure = (call) => (call === `domains.xml ${a}` ? libvirtError(virError.internalError) : null);
    await expect(view.refresh('domain', a)).rejects.toBeInstanceOf(LibvirtError);
    const retry = 1;
    const nextFullRead = 1;
    expect(clock.timers).toBe(retry + nextFullRead);
    fake.disconnect();
    expect(clock.timers).toBe(0);
    fake.connect();
    await rest();
    expect(clock.timers).toBe(retry + nextFullRead);
    view.stop();
    expect(clock.timers).toBe(0);
  });

  it('for want of a connection does not pass for volumes that are gone', async () => {
    const { fake, view } = await started();
    const lost = new LibvirtConnectionError('lost');
    fake.pools.get(a)?.volumes.set('x', { capacityBytes: 3n });
    fake.failure = (call) => (call === 'volumes.xml /images/x' ? lost : null);
    await expect(view.refresh('volume', a)).rejects.toBe(lost);
    expect(view.volumes().map(({ name }) => name)).toEqual(['y', 'z']);
  });

  it('disturbs no other, keeps the old data, and is tried again', async () => {
    const { clock, fake, view, logged } = await started();
    fake.failure = (call) => (call === `domains.xml ${a}` ? libvirtError(virError.internalError) : null);
    const found = fake.domains.get(b);
    if (found === undefined) throw new Error('no such domain in the fake');
    found.title = 'new';
    await view.resync();
    expect(view.domain(a)?.name).toBe('web');
    expect(view.domain(b)?.title).toBe('new');
    expect(view.status()).toMatchObject({
      error: null,
      failures: [{ kind: 'domain', id: a, error: `error ${virError.internalError}` }],
    });
    expect(logged).toHaveLength(1);
    fake.failure = () => null;
    clock.advance(500);
    await rest();
    expect(view.status().failures).toEqual([]);
  });

  it('of a list leaves that kind as it was, and is tried again', async () => {
    const { clock, fake, view } = await started();
    fake.failure = (call) => (call === 'networks.list' ? libvirtError(virError.internalError) : null);
    fake.networks.clear();
    fake.nodeDevices.clear();
    await expect(view.resync()).rejects.toBeInstanceOf(LibvirtError);
    expect(view.networks()).toHaveLength(1);
    expect(view.nodeDevices()).toEqual([]);
    expect(view.status().error).toBe(`error ${virError.internalError}`);
    fake.failure = () => null;
    clock.advance(500);
    await rest();
    expect(view.networks()).toEqual([]);
    expect(view.status().error).toBeNull();
  });

  it('of one volume keeps what was known of it', async () => {
    const { fake, view, logged } = await started();
    fake.failure = (call) => (call === 'volumes.xml /images/z' ? libvirtError(virError.internalError) : null);
    fake.pools.get(a)?.volumes.set('x', { capacityBytes: 3n });
    await view.refresh('volume', a);
    expect(view.volumes().map(({ name }) => name)).toEqual(['x', 'y', 'z']);
    expect(logged).toHaveLength(1);
  });
});

describe('a lost connection', () => {
  it('leaves the old data with its age until all is read again', async () => {
    const { clock, fake, view, changes } = await started();
    clock.advance(60_000);
    expect(view.status().ageMs).toBe(0);
    fake.disconnect();
    fake.domains.delete(a);
    fake.domains.set('00000000-0000-4000-8000-00000000000c', domain('new'));
    clock.advance(5000);
    await rest();
    changes.length = 0;
    expect(view.status()).toMatchObject({ connected: false, ageMs: 5000, error: 'the fake is gone' });
    expect(view.domains().map(({ name }) => name)).toEqual(['mail', 'web']);
    fake.connect();
    expect(view.status()).toMatchObject({ connected: true, ageMs: 5000 });
    await rest();
    expect(view.status()).toMatchObject({ connected: true, ageMs: 0, error: null });
    expect(view.domains().map(({ name }) => name)).toEqual(['mail', 'new']);
    expect(changes.map(({ type, name }) => `${type} ${name}`).sort()).toEqual(['added new', 'removed web']);
  });

  it('is logged once, not for each read that it ends', async () => {
    const { fake, view, logged } = await started();
    const refreshed = [view.refresh('domain', a), view.refresh('domain', b)];
    fake.disconnect();
    const results = await Promise.allSettled(refreshed);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(logged).toHaveLength(1);
  });
});

describe('reading from time to time', () => {
  it('sees what libvirt does not tell', async () => {
    const { clock, fake, view } = await started();
    const found = fake.domains.get(a);
    if (found === undefined) throw new Error('no such domain in the fake');
    found.autostart = true;
    clock.advance(299_999);
    await rest();
    expect(view.domain(a)?.autostart).toBe(false);
    clock.advance(1);
    await rest();
    expect(view.domain(a)?.autostart).toBe(true);
  });
});

describe('waitForDomain', () => {
  const deadlineMs = 1000;

  it('resolves at once when it is so already', async () => {
    const { view } = await started();
    const found = await view.waitForDomain(b, (seen) => seen?.state === 'running', { deadlineMs });
    expect(found?.name).toBe('mail');
    expect(await view.waitForDomain('none', (seen) => seen === null, { deadlineMs })).toBeNull();
  });

  it('resolves when an event makes it so, and leaves nothing behind', async () => {
    const { clock, fake, view } = await started();
    const timers = clock.timers;
    const waited = view.waitForDomain(a, (seen) => seen?.state === 'running', { deadlineMs });
    expect(clock.timers).toBe(timers + 1);
    startDomain(fake, a);
    expect((await waited)?.id).toBe(1);
    expect(clock.timers).toBe(timers);
  });

  it('rejects after its deadline', async () => {
    const { clock, view } = await started();
    const waited = view.waitForDomain(a, () => false, { deadlineMs });
    const rejected = expect(waited).rejects.toMatchObject({ name: 'LibvirtTimeoutError', deadlineMs });
    clock.advance(deadlineMs);
    await rejected;
  });

  it('rejects with the reason of its signal', async () => {
    const { view } = await started();
    const controller = new AbortController();
    const options = { signal: controller.signal, deadlineMs };
    const waited = view.waitForDomain(a, () => false, options);
    const rejected = expect(waited).rejects.toThrow('no longer wanted');
    controller.abort(new Error('no longer wanted'));
    await rejected;
    await expect(view.waitForDomain(b, () => true, options)).rejects.toThrow('no longer wanted');
  });

  it('rejects when the predicate throws, or the view stops', async () => {
    const { view } = await started();
    const thrown = view.waitForDomain(
      a,
      () => {
        throw new Error('not like that');
      },
      { deadlineMs },
    );
    await expect(thrown).rejects.toThrow('not like that');
    const waited = view.waitForDomain(a, () => false, { deadlineMs });
    const rejected = expect(waited).rejects.toMatchObject({ name: 'LibvirtConnectionError' });
    view.stop();
    await rejected;
  });
});

describe('listeners', () => {
  it('that fail disturb nobody, and hear nothing after they left', async () => {
    const { fake, view, changes, logged } = await started();
    view.onChange(() => {
      throw new Error('a bad listener');
    });
    const late: string[] = [];
    const leave = view.onChange(({ id }) => late.push(id));
    changes.length = 0;
    startDomain(fake, a);
    await rest();
    leave();
    startDomain(fake, b);
    await rest();
    expect(changes.map(({ id }) => id)).toEqual([a, b]);
    expect(late).toEqual([a]);
    expect(logged).toHaveLength(2);
  });
});

describe('stop', () => {
  it('ends all timers and subscriptions; what was read stays', async () => {
    const { clock, fake, view } = await started();
    view.stop();
    expect([clock.timers, fake.listeners]).toEqual([0, 0]);
    startDomain(fake, a);
    await rest();
    expect(view.domain(a)?.state).toBe('shutoff');
    expect(view.status().connected).toBe(false);
  });
});
