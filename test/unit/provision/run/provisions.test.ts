import { expect, it, onTestFinished, vi } from 'vitest';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import type { WaitForInstance } from '../../../../internal/instances/wait.ts';
import type { HealthCheck } from '../../../../internal/provision/run/health-check.ts';
import { analyzeFiles } from '../../../../internal/provision/repository/analyze-files.ts';
import { createProvisions } from '../../../../internal/provision/run/create-provisions.ts';
import type { Choices } from '../../../../internal/provision/run/plan.ts';
import { createProvisionKeeper } from '../../../../internal/provision/run/provision-keeper.ts';
import { createProvisionStore } from '../../../../internal/provision/run/provision-store.ts';
import { hour, leaseWorld, owner, type LeaseWorld } from '../../leases/world.ts';
import { databasePath, openFor } from '../../operations/fixture.ts';
import { silent } from '../../operations/fixture-log.ts';

const image = {
  id: '11111111-1111-4111-8111-111111111111',
  name: 'guest',
  digest: 'sha256:0',
  virtualSizeBytes: 2 ** 20,
  os: { family: 'linux', flavour: null, version: null, loginUser: 'guest' },
  createdAt: '2026-01-01',
};
const choices: Choices = {
  name: 'vm',
  source: 'test',
  slots: 1,
  memoryMib: 512,
  diskBytes: 2 ** 20,
  image: null,
  deviceClass: null,
  network: null,
  user: null,
  sshKeys: [],
  putRepo: null,
  floatingAddress: false,
  healthCheck: true,
  start: null,
  durationMs: hour,
};
const request = (more: Partial<Choices> = {}) => ({
  owner,
  analysis: analyzeFiles([]),
  choices: { ...choices, ...more },
  endAction: 'stop' as const,
});

/** Provisions over a lease world; images are in it under their own names. */
function provisionWorld(
  world: LeaseWorld,
  path: string,
  reached: boolean | Promise<boolean> = true,
  health: HealthCheck = () => Promise.resolve([{ name: 'ssh', state: 'passed', text: 'It answers.' }]),
) {
  const bound: string[] = [];
  const store = createProvisionStore(openFor(path));
  const now = () => world.host.leases.time.now;
  const wait: WaitForInstance = async (uuid, _until, { signal }) => {
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    const instance = world.host.instances.get(uuid);
    if (instance === undefined) throw new ProtiumError('not-found', 'gone');
    const found = await Promise.race([reached, aborted]);
    const address = { address: '192.0.2.7', family: 'ipv4', prefix: 24, interface: 'eth0' } as const;
    const reach = {
      addresses: found ? [{ ...address, mac: null, source: 'lease', ageMs: 0 } as never] : [],
      agentConnected: null,
      readiness: 'addresses' as const,
    };
    return { reached: found, instance, reach };
  };
  const keeper = createProvisionKeeper({
    store,
    leases: world.leases,
    instances: {
      state: (uuid) => (world.host.domains.has(uuid) ? 'on' : 'absent'),
      async remove(uuid) {
        await (
          await world.host.instances.remove(uuid, { purge: true })
        ).done;
      },
    },
    wait,
    checkHealth: (guest, signal) => health(guest, signal),
    bindFloating: (uuid) => {
      bound.push(uuid);
      return Promise.resolve('203.0.113.9');
    },
    ready: () => Promise.resolve(),
    now,
    log: silent as never,
    everyMs: 2,
  });
  onTestFinished(() => keeper.stop());
  const provisions = createProvisions({
    store,
    keeper,
    leases: world.leases,
    situation: () => world.host.instances.situation(),
    images: () => [image],
    floatingProblem: () => null,
    requestKey: new Uint8Array(32),
    now,
  });
  const becomes = (id: string, state: string) =>
    vi.waitFor(async () => {
      await world.settle();
      expect(provisions.get(id).state).toBe(state);
    }, 10_000);
  return { store, keeper, provisions, becomes, bound };
}

function world(): LeaseWorld {
  const made = leaseWorld();
  made.host.images.push({
    ...image,
    format: 'qcow2',
    sizeBytes: 2 ** 20,
    os: { ...image.os, libosinfoId: null },
    source: { kind: 'file', location: null },
    volume: { pool: 'images', name: 'guest' },
  });
  made.keeper.start();
  return made;
}

const once = { idempotencyKey: 'once', planEtag: '' };
const live = (each: LeaseWorld) => each.host.leases.store.live();

it('a plan books nothing; a run leases, launches, and tells how to log in', async () => {
  const there = world();
  const { provisions, becomes } = provisionWorld(there, databasePath());
  const plan = await provisions.plan(request());
  expect(plan.refusals).toEqual([]);
  expect(live(there)).toEqual([]);
  const begun = await provisions.run(request(), once);
  await becomes(begun.id, 'ready');
  expect(provisions.get('vm')).toMatchObject({
    id: begun.id,
    access: { address: '192.0.2.7', port: 22 },
    lease: live(there)[0]?.id,
    instance: [...there.host.domains.keys()][0],
  });
  expect(await provisions.run(request(), once)).toMatchObject({ id: begun.id, state: 'ready' });
  await expect(provisions.run(request({ slots: 2 }), once)).rejects.toMatchObject({
    code: 'definition-conflict',
  });
  expect(() => provisions.cancel('vm', { validateOnly: false })).toThrow('protium lease cancel');
  await there.leases.cancel({ lease: 'vm', etag: '', validateOnly: false });
  await becomes(begun.id, 'ended');
  expect(provisions.list({ limit: 10 }).map(({ state }) => state)).toEqual(['ended']);
});

it('what does not fit is refused with every reason, and leaves no trace', async () => {
  const there = world();
  const { provisions } = provisionWorld(there, databasePath());
  await expect(provisions.run(request({ slots: 4096 }), once)).rejects.toMatchObject({
    code: 'host-incapable',
    details: { reasons: [expect.stringContaining('4096 vCPUs')] },
  });
  await provisions.run(request({ name: 'first' }), { ...once, idempotencyKey: '' });
  const taken = await provisions.plan(request({ name: 'first' }));
  expect(taken.refusals).toEqual([expect.stringContaining('There is a lease "first" already')]);
  expect(() => provisions.get('vm')).toThrow(expect.objectContaining({ code: 'not-found' }) as Error);
});

it('a plan that has changed since is not run', async () => {
  const there = world();
  const { provisions } = provisionWorld(there, databasePath());
  await expect(provisions.run(request(), { idempotencyKey: '', planEtag: 'other' })).rejects.toMatchObject({
    code: 'precondition-failed',
  });
  expect(live(there)).toEqual([]);
});

it('a guest without an address is taken back whole', async () => {
  const there = world();
  const { provisions, becomes } = provisionWorld(there, databasePath(), false);
  const { id } = await provisions.run(request(), once);
  await becomes(id, 'failed');
  expect(provisions.get(id).problem).toContain('no address within');
  expect(live(there)).toEqual([]);
  expect(there.host.domains.size).toBe(0);
  expect(there.host.volumes.size).toBe(0);
});

it('one that waits for its guest is cancelled, and taken back whole', async () => {
  const there = world();
  const { provisions, becomes } = provisionWorld(there, databasePath(), new Promise(() => undefined));
  const { id } = await provisions.run(request(), once);
  await vi.waitFor(async () => {
    await there.settle();
    expect(provisions.get(id).progress).toBe('wait for its address');
  }, 10_000);
  expect(provisions.cancel(id, { validateOnly: true }).state).toBe('waiting');
  provisions.cancel(id, { validateOnly: false });
  await becomes(id, 'cancelled');
  expect(live(there)).toEqual([]);
  expect(there.host.domains.size).toBe(0);
  expect(() => provisions.cancel(id, { validateOnly: false })).toThrow('is cancelled');
});

it('one that is booked for later waits; its lease given up ends it', async () => {
  const there = world();
  const { provisions, becomes } = provisionWorld(there, databasePath());
  const { id, lease } = await provisions.run(request({ start: there.host.leases.time.now + 2 * hour }), once);
  await there.settle();
  expect(provisions.get(id)).toMatchObject({ state: 'waiting', progress: 'wait for the start' });
  await there.leases.cancel({ lease: lease ?? '', etag: '', validateOnly: false });
  await becomes(id, 'failed');
  expect(provisions.get(id).problem).toContain('Its lease is cancelled before it is ready');
});

it.each(['booking', 'waiting', 'undoing'] as const)(
  'a daemon that ends while one is %s finds it again, and books it once',
  async (state) => {
    const there = world();
    const path = databasePath();
    const first = provisionWorld(there, path, new Promise(() => undefined));
    const { id } = await first.provisions.run(request(), once);
    await first.keeper.stop();
    if (state === 'booking') first.store.update(id, { state, lease: null });
    if (state === 'undoing') first.store.update(id, { state, outcome: 'cancelled' });
    const second = provisionWorld(there, path);
    second.keeper.start();
    await second.becomes(id, state === 'undoing' ? 'cancelled' : 'ready');
    expect(live(there)).toHaveLength(state === 'undoing' ? 0 : 1);
  },
);

it('a machine that is not as it is to be is taken back, and says what is wrong with it', async () => {
  const there = world();
  const failing: HealthCheck = ({ expected, address, port, progress }) => {
    progress('look');
    expect([address, port, expected.vcpus]).toEqual(['192.0.2.7', 22, 1]);
    return Promise.resolve([
      { name: 'ssh', state: 'passed', text: 'It answers.' },
      { name: 'cloud-init', state: 'failed', text: 'It ended with an error.' },
    ]);
  };
  const { provisions, becomes } = provisionWorld(there, databasePath(), true, failing);
  const { id } = await provisions.run(request(), once);
  await becomes(id, 'failed');
  expect(provisions.get(id)).toMatchObject({
    problem: 'It is not as it is to be. cloud-init: It ended with an error.',
    checks: [{ name: 'ssh' }, { name: 'cloud-init', state: 'failed' }],
  });
  expect(there.host.domains.size).toBe(0);
  expect(live(there)).toEqual([]);
});

it('a floating address leads to it where one is asked for, and nothing is looked at where that is said', async () => {
  const there = world();
  const never: HealthCheck = () => Promise.reject(new Error('looked at'));
  const { provisions, becomes, bound } = provisionWorld(there, databasePath(), true, never);
  const { id } = await provisions.run(request({ floatingAddress: true, healthCheck: false }), once);
  await becomes(id, 'ready');
  expect(provisions.get(id)).toMatchObject({ access: { address: '203.0.113.9' } });
  expect(bound).toEqual([provisions.get(id).instance]);
});

it('one that is cancelled while it is looked at is taken back', async () => {
  const there = world();
  let looking = 0;
  const endless: HealthCheck = (_guest, signal) => {
    looking += 1;
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  };
  const { provisions, becomes } = provisionWorld(there, databasePath(), true, endless);
  const { id } = await provisions.run(request(), once);
  await vi.waitFor(async () => {
    await there.settle();
    expect(looking).toBe(1);
  }, 10_000);
  provisions.cancel(id, { validateOnly: false });
  await becomes(id, 'cancelled');
  expect(there.host.domains.size).toBe(0);
});
