import fc from 'fast-check';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { virError } from '../../../../internal/libvirt/error-code.ts';
import { createLiveView } from '../../../../internal/libvirt/live-view/create.ts';
import type { LiveView, LiveViewChange } from '../../../../internal/libvirt/live-view/live-view.ts';
import { FakeLibvirt, libvirtError } from './fake-libvirt.ts';
import { ManualClock } from './manual-clock.ts';

const resyncIntervalMs = 300_000;

/** One thing that happens to libvirt, to the object of that number (of few, so that they meet). */
interface Step {
  readonly what: (typeof happenings)[number];
  readonly which: number;
  /** How many calls, answers and events come through before the next step. */
  readonly turns: number;
}

const happenings = [
  'define',
  'start',
  'stop',
  'undefine',
  'retitle',
  'autostart',
  'pool',
  'pool-state',
  'volume',
  'network',
  'network-state',
  'device',
  'driver',
  'disconnect',
  'connect',
  'flaky',
  'steady',
  'refresh',
  'wait',
] as const;

function stepsOf(what: readonly Step['what'][]): fc.Arbitrary<Step[]> {
  const step = fc.record({
    what: fc.constantFrom(...what),
    which: fc.integer({ min: 0, max: 3 }),
    turns: fc.integer({ min: 0, max: 12 }),
  });
  return fc.array(step, { maxLength: 40, size: 'max' });
}

/** Those that libvirt tells of, and that need no second try. */
const told = happenings.filter((what) => !['autostart', 'volume', 'flaky'].includes(what));

function uuidOf(which: number): string {
  return `00000000-0000-4000-8000-00000000000${which}`;
}

/** Changes the fake as libvirt would, with the events that libvirt would send. */
function perform(fake: FakeLibvirt, view: LiveView, clock: ManualClock, { what, which }: Step): void {
  const uuid = uuidOf(which);
  const domain = fake.domains.get(uuid);
  const pool = fake.pools.get(uuid);
  const network = fake.networks.get(uuid);
  const device = `pci_${which}`;
  const lifecycle = (
    event: 'defined' | 'undefined' | 'started' | 'stopped',
    name = domain?.name ?? '',
  ): void =>
    fake.emit({
      kind: 'domain-lifecycle',
      domain: { uuid, name, id: domain?.id ?? null },
      event,
      detail: 0,
    });
  switch (what) {
    case 'define':
      fake.domains.set(uuid, {
        ...(domain ?? { id: null, state: 'shutoff', autostart: false, managedSave: false, title: null }),
        name: `vm-${9 - which}`,
        persistent: true,
        memoryKiB: (domain?.memoryKiB ?? 0) + 1024,
      });
      lifecycle('defined');
      return;
    case 'start':
      if (domain?.state !== 'shutoff') return;
      Object.assign(domain, { state: 'running', id: fake.nextDomainId() });
      lifecycle('started');
      return;
    case 'stop':
      if (domain?.state !== 'running') return;
      Object.assign(domain, { state: 'shutoff', id: null });
      if (!domain.persistent) fake.domains.delete(uuid);
      lifecycle('stopped');
      return;
    case 'undefine':
      if (domain === undefined) return;
      domain.persistent = false;
      if (domain.state === 'shutoff') fake.domains.delete(uuid);
      lifecycle('undefined');
      return;
    case 'retitle':
      if (domain === undefined) return;
      domain.title = `${domain.title ?? ''}*`;
      fake.emit({
        kind: 'domain-metadata-change',
        domain: { uuid, name: domain.name, id: domain.id },
        type: 1,
        uri: null,
      });
      return;
    case 'autostart':
      // No event: libvirt sends none.
      if (domain !== undefined) domain.autostart = !domain.autostart;
      return;
    case 'pool':
      if (pool === undefined) {
        const state = which % 2 === 0 ? 'running' : 'inactive';
        fake.pools.set(uuid, {
          name: `pool-${which}`,
          state,
          persistent: true,
          autostart: false,
          volumes: new Map(),
        });
      } else {
        fake.pools.delete(uuid);
      }
      fake.emit({
        kind: 'pool-lifecycle',
        pool: { uuid, name: `pool-${which}` },
        event: 'defined',
        detail: 0,
      });
      return;
    case 'pool-state':
      if (pool === undefined) return;
      pool.state = pool.state === 'running' ? 'inactive' : 'running';
      fake.emit({ kind: 'pool-lifecycle', pool: { uuid, name: pool.name }, event: 'stopped', detail: 0 });
      return;
    case 'volume':
      // No event either.
      if (pool === undefined) return;
      pool.volumes.set(`v${pool.volumes.size % 3}`, { capacityBytes: BigInt(pool.volumes.size + 1) });
      return;
    case 'network':
      if (network === undefined) {
        fake.networks.set(uuid, { name: `net-${which}`, active: false, persistent: true, autostart: false });
      } else {
        fake.networks.delete(uuid);
      }
      fake.emit({
        kind: 'network-lifecycle',
        network: { uuid, name: `net-${which}` },
        event: 'defined',
        detail: 0,
      });
      return;
    case 'network-state':
      if (network === undefined) return;
      network.active = !network.active;
      fake.emit({
        kind: 'network-lifecycle',
        network: { uuid, name: network.name },
        event: 'started',
        detail: 0,
      });
      return;
    case 'device':
      if (!fake.nodeDevices.delete(device)) fake.nodeDevices.set(device, { driver: null });
      fake.emit({ kind: 'node-device-lifecycle', device: { name: device }, event: 'created', detail: 0 });
      return;
    case 'driver':
      if (!fake.nodeDevices.has(device)) return;
      fake.nodeDevices.set(device, { driver: 'vfio-pci' });
      fake.emit({ kind: 'node-device-update', device: { name: device } });
      return;
    case 'disconnect':
      fake.disconnect();
      return;
    case 'connect':
      fake.connect();
      return;
    case 'flaky': {
      let count = which;
      fake.failure = () => ((count += 1) % 3 === 0 ? libvirtError(virError.internalError) : null);
      return;
    }
    case 'steady':
      fake.failure = () => null;
      return;
    case 'refresh':
      view.refresh('domain', uuid).catch(() => undefined);
      view.refresh('volume', uuid).catch(() => undefined);
      return;
    case 'wait':
      clock.advance(which * 1000);
  }
}

/** Lets everything come through that is under way. */
async function drain(scheduler: fc.Scheduler): Promise<void> {
  for (let rest = 0; rest < 2;) {
    await new Promise((resolve) => setImmediate(resolve));
    rest = scheduler.count() === 0 ? rest + 1 : 0;
    await scheduler.waitIdle();
  }
}

function shown(view: LiveView) {
  return {
    domains: view.domains().map(({ uuid, name, id, state, persistent, autostart, memoryKiB, title }) => ({
      ...{ uuid, name, id, state, persistent, autostart, memoryKiB, title },
    })),
    pools: view
      .pools()
      .map(({ uuid, name, state, allocationBytes }) => ({ uuid, name, state, allocationBytes })),
    volumes: view.volumes().map(({ poolUuid, name, capacityBytes }) => ({ poolUuid, name, capacityBytes })),
    networks: view.networks().map(({ uuid, name, active }) => ({ uuid, name, active })),
    nodeDevices: view.nodeDevices().map(({ name, driver }) => ({ name, driver })),
  };
}

function truth(fake: FakeLibvirt): ReturnType<typeof shown> {
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
  const pools = [...fake.pools].map(([uuid, pool]) => ({ uuid, ...pool })).sort(byName);
  return {
    domains: [...fake.domains]
      .map(([uuid, { name, id, state, persistent, autostart, memoryKiB, title }]) => ({
        ...{ uuid, name, id, state, persistent, autostart, memoryKiB, title },
      }))
      .sort(byName),
    pools: pools.map(({ uuid, name, state, volumes }) => ({
      ...{ uuid, name, state, allocationBytes: BigInt(volumes.size) },
    })),
    volumes: pools
      .filter(({ state }) => state === 'running')
      .flatMap(({ uuid, volumes }) =>
        [...volumes]
          .map(([name, { capacityBytes }]) => ({ poolUuid: uuid, name, capacityBytes }))
          .sort(byName),
      ),
    networks: [...fake.networks].map(([uuid, { name, active }]) => ({ uuid, name, active })).sort(byName),
    nodeDevices: [...fake.nodeDevices].map(([name, { driver }]) => ({ name, driver })).sort(byName),
  };
}

/** Follows the changes alone, and fails when they do not fit together. */
class Mirror {
  readonly objects = new Set<string>();
  #revision = 0;

  see(change: LiveViewChange): void {
    const key = `${change.kind} ${change.id}`;
    expect(change.revision).toBe(this.#revision + 1);
    this.#revision = change.revision;
    expect(this.objects.has(key)).toBe(change.type !== 'added');
    if (change.type === 'removed') this.objects.delete(key);
    else this.objects.add(key);
  }
}

function objectsOf(view: LiveView): Set<string> {
  return new Set([
    ...view.domains().map(({ uuid }) => `domain ${uuid}`),
    ...view.pools().map(({ uuid }) => `pool ${uuid}`),
    ...view.volumes().map(({ key }) => `volume ${key}`),
    ...view.networks().map(({ uuid }) => `network ${uuid}`),
    ...view.nodeDevices().map(({ name }) => `node-device ${name}`),
  ]);
}

/** A view of a fake, from the start through all steps to the last answer and event. */
async function run(scheduler: fc.Scheduler, steps: readonly Step[], reachable: boolean) {
  const clock = new ManualClock();
  const fake = new FakeLibvirt({ turn: () => scheduler.schedule(Promise.resolve()) });
  fake.reachable = reachable;
  const log = pino({ enabled: false });
  const view = createLiveView({ client: fake.client, log, clock, resyncIntervalMs });
  const mirror = new Mirror();
  view.onChange((change) => mirror.see(change));
  view.start();
  for (const step of steps) {
    perform(fake, view, clock, step);
    for (let turn = 0; turn < step.turns && scheduler.count() > 0; turn += 1) await scheduler.waitNext(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  fake.failure = () => null;
  if (!fake.connected) fake.connect();
  await drain(scheduler);
  return { clock, fake, view, mirror };
}

const followed = { connected: true, ageMs: 0, error: null, failures: [], eventLagMs: { now: 0 } };

describe('the live view, whatever happens in whatever order', () => {
  it('comes to show by events alone what libvirt tells of', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), stepsOf(told), fc.boolean(), async (scheduler, steps, reachable) => {
        const { clock, fake, view } = await run(scheduler, steps, reachable);
        // Reads that a lost connection failed are tried again soon; nothing is read in full by then.
        clock.advance(1000);
        await drain(scheduler);
        expect(shown(view)).toEqual(truth(fake));
        expect(view.status()).toMatchObject(followed);
        view.stop();
      }),
      { numRuns: 100 },
    );
  });

  it(
    'comes to show in time what failed at first, and what libvirt does not tell',
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          stepsOf(happenings),
          fc.boolean(),
          async (scheduler, steps, reachable) => {
            const { clock, fake, view, mirror } = await run(scheduler, steps, reachable);
            // The first full read is of the kinds that failed before, the second of all.
            clock.advance(resyncIntervalMs);
            await drain(scheduler);
            clock.advance(resyncIntervalMs);
            await drain(scheduler);
            expect(shown(view)).toEqual(truth(fake));
            expect(mirror.objects).toEqual(objectsOf(view));
            expect(view.status()).toMatchObject(followed);
            view.stop();
            expect(fake.listeners).toBe(0);
            expect(clock.timers).toBe(0);
          },
        ),
        { numRuns: 100 },
      );
    },
  );
});
