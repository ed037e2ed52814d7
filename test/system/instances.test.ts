import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import {
  call,
  createWorkspace,
  startDaemonProcess,
  type DaemonUnderTest,
  type JsonAnswer,
  type Workspace,
} from './daemon.ts';
import { followEvents } from './event-stream.ts';

const config = { slots: 1, ramsize: 128, overprovision: 10, has_network: false, volumes: [{ size_gb: 0.1 }] };
const pool = 'protium-instances';

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonUnderTest;

interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: string; readonly message: string };
}

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();

const start = async (): Promise<void> => {
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env: { PROTIUM_STORAGE_POOL: pool, PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}` },
  });
  await vi.waitFor(async () => {
    expect((await call(daemon, 'GET', '/statusjson')).status).toBe(200);
  }, 30_000);
};

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  await start();
});

afterAll(async () => {
  await daemon.end();
  await virsh('pool-destroy', pool);
  await virsh('pool-undefine', pool);
  await workspace.remove();
});

/** Waits for the operation of a 202. */
async function ended(answer: JsonAnswer): Promise<Operation> {
  expect(answer.status).toBe(202);
  const location = answer.headers.get('location') ?? '';
  const { operation } = (await call(daemon, 'GET', `${location}/wait?timeoutSeconds=100`)).body as {
    operation: Operation;
  };
  return operation;
}

async function succeeded(answer: JsonAnswer): Promise<Operation> {
  const operation = await ended(answer);
  expect(operation).toMatchObject({ state: 'OPERATION_STATE_SUCCEEDED' });
  return operation;
}

const act = (name: string, action: string, body: object = {}) =>
  call(daemon, 'POST', `/v1/instances/${name}/${action}`, body);
const get = async (name: string) =>
  (await call(daemon, 'GET', `/v1/instances/${name}`)).body['instance'] as Record<string, unknown>;

describe('an instance', () => {
  it('is made, told, changed, stopped, started and deleted, and events tell of it', async () => {
    const events = await followEvents(daemon, '/v1/events');
    const made = await call(daemon, 'POST', '/v1/instances', { name: 'web.one', config });
    const { result } = await succeeded(made);
    const uuid = String(result?.['uuid']);
    expect(made.body['uuid']).toBe(uuid);
    expect(await get('web.one')).toMatchObject({
      uuid,
      name: 'web.one',
      state: 'DOMAIN_STATE_RUNNING',
      memoryMib: '128',
      volumes: [{ pool, created: true, sizeBytes: '100000000' }],
      config: { slots: 1, ramsize: 128 },
    });
    expect(await virsh('domstate', 'web.one')).toBe('running');
    expect((await call(daemon, 'GET', '/v1/instances')).body).toMatchObject({
      instances: [{ uuid }],
    });

    await succeeded(await act(uuid, 'suspend'));
    expect(await virsh('domstate', 'web.one')).toBe('paused');
    await succeeded(await act('web.one', 'resume'));
    await succeeded(await act('web.one', 'reset'));

    // There is no system in it that could heed the button.
    const asked = await ended(await act('web.one', 'stop', { timeoutSeconds: 1, onlyAsk: true }));
    expect(asked).toMatchObject({ state: 'OPERATION_STATE_FAILED', error: { code: 'deadline-exceeded' } });
    expect(await virsh('domstate', 'web.one')).toBe('running');
    const stopped = await succeeded(await act('web.one', 'stop', { timeoutSeconds: 1 }));
    expect(stopped.result).toMatchObject({ uuid, forced: true });
    expect(await virsh('domstate', 'web.one')).toBe('shut off');
    await succeeded(await act('web.one', 'stop'));
    await succeeded(await act('web.one', 'start', { suspended: true }));
    expect(await virsh('domstate', 'web.one')).toBe('paused');
    await succeeded(await act('web.one', 'stop', { force: true }));

    await succeeded(await call(daemon, 'DELETE', '/v1/instances/web.one'));
    expect(await virsh('list', '--all', '--name')).toBe('');
    expect(await virsh('vol-list', pool)).toBe('');
    expect((await call(daemon, 'GET', '/v1/instances/web.one')).status).toBe(404);
    const told = await events.until(
      ({ kind, type, id }) => kind === 'domain' && type === 'removed' && id === uuid,
    );
    const ofDomain = told.filter(({ id }) => id === uuid).map(({ type }) => type);
    expect([ofDomain[0], ofDomain.at(-1)]).toEqual(['added', 'removed']);
    expect(told.filter(({ name }) => name === 'instance.start').map(({ state }) => state)).toEqual([
      'queued',
      'running',
      'succeeded',
    ]);
    events.end();

    // What came after the first one is told again, to the letter.
    const again = await followEvents(daemon, '/v1/events', { 'Last-Event-ID': told[0]?.sequence ?? '' });
    const repeated = await again.until(({ sequence }) => sequence === told.at(-1)?.sequence);
    expect(repeated).toEqual(told.slice(1));
    again.end();
  });

  it('is changed as it is now, and not by who has not seen it', async () => {
    await succeeded(await call(daemon, 'POST', '/v1/instances', { name: 'kept', config }));
    const first = await call(daemon, 'GET', '/v1/instances/kept');
    const etag = first.headers.get('etag') ?? '';
    await virsh('desc', 'kept', '--title', 'by hand');
    await vi.waitFor(async () => {
      expect((await call(daemon, 'GET', '/v1/instances/kept')).headers.get('etag')).not.toBe(etag);
    });
    const change = { description: `a ]]>&"'< b`, autostart: true, tags: { values: ['blue', 'green'] } };
    const late = await call(daemon, 'PATCH', '/v1/instances/kept', change, { 'If-Match': etag });
    expect([late.status, late.body['code']]).toEqual([412, 'precondition-failed']);

    const done = await call(daemon, 'PATCH', '/v1/instances/kept', change);
    expect(done.body).toMatchObject({
      instance: {
        description: change.description,
        autostart: true,
        tags: ['blue', 'green'],
      },
    });
    expect(await virsh('desc', 'kept', '--title')).toBe('by hand');
    expect(await virsh('desc', 'kept')).toBe(change.description);
    expect((await call(daemon, 'GET', '/v1/instances?tags=blue&tags=green')).body['instances']).toHaveLength(
      1,
    );
    expect((await call(daemon, 'GET', '/v1/instances?tags=red')).body['instances']).toEqual([]);

    // Renamed by somebody else while it is off: it is followed.
    await succeeded(await act('kept', 'stop', { force: true }));
    await virsh('domrename', 'kept', 'renamed');
    await vi.waitFor(async () => {
      expect((await call(daemon, 'GET', '/v1/instances/renamed')).status).toBe(200);
    });
    await succeeded(await call(daemon, 'DELETE', '/v1/instances/renamed?keepVolumes=true'));
    expect(await virsh('vol-list', pool)).not.toBe('');
    for (const line of (await virsh('vol-list', pool)).split('\n'))
      await virsh('vol-delete', '--pool', pool, line.trim().split(/\s+/)[0] ?? '');
  });

  it('is left as it is by dry runs, which leave no operation', async () => {
    const operations = async () =>
      ((await call(daemon, 'GET', '/v1/operations?pageSize=1000')).body['operations'] as Operation[]).length;
    const before = await operations();
    const dry = { validateOnly: true };
    const fits = await call(daemon, 'POST', '/v1/instances', { name: 'dry', config, ...dry });
    expect([fits.status, fits.body['operation'], fits.headers.get('location')]).toEqual([
      200,
      undefined,
      null,
    ]);
    const large = { ...config, ramsize: 16_000_000 };
    const refused = await call(daemon, 'POST', '/v1/instances', { name: 'dry', config: large, ...dry });
    expect([refused.status, refused.body['code']]).toEqual([422, 'host-incapable']);
    expect(await virsh('list', '--all', '--name')).toBe('');
    expect(await operations()).toBe(before);

    await succeeded(await call(daemon, 'POST', '/v1/instances', { name: 'dry', config }));
    const made = await operations();
    const { etag } = await get('dry');
    const volumes = await virsh('vol-list', pool);
    expect(volumes).not.toBe('');
    const removal = await call(daemon, 'DELETE', '/v1/instances/dry?validateOnly=true');
    expect([removal.status, removal.body['operation']]).toEqual([200, undefined]);
    expect(removal.body['notices']).toEqual([
      '"dry" runs: it would be ended, its guest is not asked.',
      expect.stringContaining(`Volumes that would be removed: ${pool}/`),
    ]);
    const allowed = ['stop', 'reboot', 'reset', 'suspend', 'resume', 'start'];
    for (const action of allowed) expect((await act('dry', action, dry)).status).toBe(200);
    const pulled = await act('dry', 'stop', { force: true, ...dry });
    expect([pulled.status, pulled.body['operation']]).toEqual([200, undefined]);
    const change = await call(daemon, 'PATCH', '/v1/instances/dry', { description: 'other', ...dry });
    expect([change.status, (change.body['instance'] as { etag: string }).etag]).toEqual([200, etag]);
    expect(await virsh('domstate', 'dry')).toBe('running');
    expect(await virsh('desc', 'dry')).not.toContain('other');
    expect(await virsh('vol-list', pool)).toBe(volumes);
    expect((await get('dry'))['etag']).toBe(etag);
    expect(await operations()).toBe(made);

    // What a dry run refuses of one that is off is what the operation fails of.
    await succeeded(await act('dry', 'stop', { force: true }));
    for (const action of ['reboot', 'reset', 'suspend', 'resume']) {
      const tried = await act('dry', action, dry);
      expect([action, tried.status, tried.body['code']]).toEqual([action, 409, 'state-conflict']);
      const { state, error } = await ended(await act('dry', action));
      expect([action, state, error?.code]).toEqual([action, 'OPERATION_STATE_FAILED', 'state-conflict']);
    }
    await succeeded(await call(daemon, 'DELETE', '/v1/instances/dry'));
    expect(await virsh('vol-list', pool)).toBe('');
  });

  it('of one idempotency key is one', async () => {
    const body = { name: 'once', config };
    const key = { 'Idempotency-Key': 'k-1' };
    const answers = await Promise.all([1, 2, 3].map(() => call(daemon, 'POST', '/v1/instances', body, key)));
    expect(new Set(answers.map((answer) => answer.body['uuid'])).size).toBe(1);
    expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(1);
    for (const answer of answers) await succeeded(answer);
    const other = await call(
      daemon,
      'POST',
      '/v1/instances',
      { ...body, config: { ...config, slots: 2 } },
      key,
    );
    expect([other.status, other.body['code']]).toEqual([409, 'definition-conflict']);
    const named = await call(daemon, 'POST', '/v1/instances', body);
    expect([named.status, named.body['code']]).toEqual([409, 'already-exists']);
    await succeeded(await call(daemon, 'DELETE', '/v1/instances/once'));
  });

  it('that changes at once from two sides changes one after the other', async () => {
    await succeeded(await call(daemon, 'POST', '/v1/instances', { name: 'busy', config }));
    const answers = await Promise.all([
      act('busy', 'stop', { force: true }),
      act('busy', 'start'),
      call(daemon, 'DELETE', '/v1/instances/busy'),
      call(daemon, 'DELETE', '/v1/instances/busy'),
    ]);
    for (const answer of answers) {
      const { state, error } = await ended(answer);
      // The start, if the deletion came first.
      if (state === 'OPERATION_STATE_FAILED') expect(error?.code).toBe('not-found');
    }
    expect(await virsh('list', '--all', '--name')).toBe('');
  });

  it('whose plug is pulled does not wait for a stop that asks, nor does anything after a crash', async () => {
    await succeeded(await call(daemon, 'POST', '/v1/instances', { name: 'deaf', config }));
    const asking = await act('deaf', 'stop', { timeoutSeconds: 3600 });
    await succeeded(await act('deaf', 'stop', { force: true }));
    expect(await ended(asking)).toMatchObject({ state: 'OPERATION_STATE_CANCELLED' });

    await succeeded(await act('deaf', 'start'));
    await act('deaf', 'stop', { timeoutSeconds: 3600 });
    await daemon.end('SIGKILL');
    await start();
    await succeeded(await call(daemon, 'POST', '/v1/instances', { name: 'after', config }));
    await succeeded(await call(daemon, 'DELETE', '/v1/instances/deaf'));
    await succeeded(await call(daemon, 'DELETE', '/v1/instances/after'));
  });

  it.each([
    [{ name: 'Upper', config }, 400, 'argument-invalid'],
    [{ name: '../escape', config }, 400, 'argument-invalid'],
    [{ name: 'x' }, 400, 'argument-invalid'],
    [{ name: 'x', config: { ...config, ramsize: 8 } }, 400, 'argument-invalid'],
    [{ name: 'x', config, nonsense: 1 }, 400, 'argument-invalid'],
    [{ name: 'x', config: { ...config, ramsize: 16_000_000 } }, 422, 'host-incapable'],
  ])('is not made of %j', async (body, status, code) => {
    const answer = await call(daemon, 'POST', '/v1/instances', body);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(await virsh('list', '--all', '--name')).toBe('');
  });
});
