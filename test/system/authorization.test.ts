import { Metadata } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { runCli } from './cli-process.ts';
import { createWorkspace, startDaemonProcess, type DaemonUnderTest, type Workspace } from './daemon.ts';
import { connect } from '../unit/api/grpc/harness.ts';
import {
  InstancesServiceClient,
  type GetInstanceResponse,
} from '../../internal/api/grpc/generated/protium/v1/instances.ts';

const config = { slots: 1, allowSMT: true, overprovision: 4, ramsize: 128, has_network: false };

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonUnderTest;

interface Someone {
  readonly name: string;
  readonly owner: string;
  readonly token: string;
}
let ada: Someone;
let bob: Someone;

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

async function ask(who: Someone | null, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(daemon.http + path, {
    method,
    headers: {
      ...(who === null ? {} : { Authorization: `Bearer ${who.token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await response.text();
  let read: unknown = {};
  try {
    read = JSON.parse(text);
  } catch {
    // It is no JSON.
  }
  return { status: response.status, body: read as Record<string, unknown>, text };
}

async function someone(name: string): Promise<Someone> {
  const made = await ask(null, 'POST', '/v1/users', { name });
  const { owner } = made.body['user'] as { owner: string };
  const token = await ask(null, 'POST', '/v1/tokens', { user: name, description: 'test' });
  return { name, owner, token: token.body['text'] as string };
}

async function create(who: Someone, name: string, more: object = {}): Promise<Answer> {
  const begun = await ask(who, 'POST', '/v1/instances', { name, config, ...more });
  if (begun.status !== 202) return begun;
  const { id } = begun.body['operation'] as { id: string };
  return ask(who, 'GET', `/v1/operations/${id}/wait?timeoutSeconds=100`);
}

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
  });
  await vi.waitFor(async () => {
    expect((await ask(null, 'GET', '/v1/host')).status).toBe(200);
  }, 30_000);
  [ada, bob] = [await someone('ada'), await someone('bob')];
  const made = await create(ada, 'of-ada');
  expect(made.text).toContain('SUCCEEDED');
});

afterAll(async () => {
  const gone = await ask(null, 'DELETE', '/v1/instances/of-ada');
  const { id } = (gone.body['operation'] ?? {}) as { id?: string };
  if (id !== undefined) await ask(null, 'GET', `/v1/operations/${id}/wait?timeoutSeconds=60`);
  await daemon.end();
  await workspace.remove();
});

const uuid = async (): Promise<string> =>
  ((await ask(ada, 'GET', '/v1/instances/of-ada')).body['instance'] as { uuid: string }).uuid;

describe('what is of another project', () => {
  it('is not read over HTTP, by whatever name', async () => {
    const id = await uuid();
    for (const path of [
      '/v1/instances/of-ada',
      `/v1/instances/${id}`,
      '/v1/instances/of-ada/attachments',
      '/v1/instances/of-ada/snapshots',
      '/v1/domains/of-ada',
      `/v1/key-pairs?owner=${ada.owner}`,
      `/v1/projects/ada`,
    ]) {
      const mine = await ask(ada, 'GET', path);
      expect([path, [200, 409].includes(mine.status)]).toEqual([path, true]);
      expect([path, (await ask(bob, 'GET', path)).status]).toEqual([path, 404]);
    }
    for (const path of ['/v1/instances', '/v1/domains', '/v1/operations', '/v1/volumes', '/v1/usage']) {
      expect((await ask(bob, 'GET', path)).text).not.toContain('of-ada');
    }
    expect((await ask(ada, 'GET', '/v1/instances')).text).toContain('of-ada');
  });

  it('is not changed, and looks as if it were not there', async () => {
    for (const [method, path, body] of [
      ['POST', '/v1/instances/of-ada/stop', {}],
      ['POST', '/v1/instances/of-ada/rename', { name: 'mine' }],
      ['POST', '/v1/instances/of-ada/snapshots', { name: 's' }],
      ['POST', '/v1/instances/of-ada/consoles/ticket', {}],
      ['PATCH', '/v1/instances/of-ada', { description: 'mine' }],
      ['DELETE', '/v1/instances/of-ada', undefined],
    ] as const) {
      const other = await ask(bob, method, path, body);
      const none = await ask(bob, method, path.replace('of-ada', 'of-none'), body);
      expect([path, other.status]).toEqual([path, 404]);
      expect(other.body['detail']).toBe(String(none.body['detail']).replace('of-none', 'of-ada'));
    }
    expect((await ask(ada, 'GET', '/v1/instances/of-ada')).status).toBe(200);
  });

  it('is neither source nor target', async () => {
    expect((await create(bob, 'for-ada', { owner: ada.owner })).status).toBe(404);
    const stolen = { ...config, volumes: [{ iso: '/etc/passwd' }] };
    expect((await create(bob, 'reads-host', { config: stolen })).status).toBe(403);
    const foreign = { ...config, volumes: [{ name: 'of-nobody.qcow2' }] };
    expect((await create(bob, 'takes', { config: foreign })).status).toBe(404);
    expect(
      (await ask(bob, 'POST', '/v1/images', { name: 'x', source: { kind: 'file', location: '/etc/passwd' } }))
        .status,
    ).toBe(403);
  });

  it('is not seen over gRPC', async () => {
    const client = connect(InstancesServiceClient, daemon.grpc);
    const get = (who: Someone) =>
      new Promise<string>((resolve) => {
        const metadata = new Metadata();
        metadata.set('authorization', `Bearer ${who.token}`);
        client.getInstance({ instance: 'of-ada' }, metadata, (error, answer?: GetInstanceResponse) => {
          resolve(error === null ? (answer?.instance?.name ?? '') : String(error.code));
        });
      });
    expect(await get(ada)).toBe('of-ada');
    expect(await get(bob)).toBe('5');
  });

  it('is not reached in AtomOS’s and GPUEater’s ways', async () => {
    expect((await ask(ada, 'GET', `/running?client_uid=${ada.owner}`)).text).toContain(await uuid());
    expect((await ask(bob, 'GET', `/running?client_uid=${ada.owner}`)).status).toBe(404);
    const body = { client_uid: ada.owner, vm_uid: await uuid(), purge: true };
    expect((await ask(bob, 'DELETE', '/unregister', body)).status).toBe(404);
    const list = await ask(bob, 'GET', '/console/servers/instance_list');
    expect(list.status).toBe(200);
    expect(list.text).not.toContain('of-ada');
    const stop = await ask(bob, 'POST', '/console/servers/stop', { instance_id: await uuid() });
    expect(stop.text).toContain('There is no instance');
  });
});

describe('what only administrators may', () => {
  it.each([
    ['POST', '/domain', { pool: '', volume: '', domain: '' }],
    ['GET', '/run', undefined],
    ['GET', '/v1/host/doctor', undefined],
    ['POST', '/v1/pools', { name: 'p', dir: { path: '/tmp' } }],
    ['POST', '/v1/projects', { name: 'p' }],
    ['PUT', '/v1/projects/ada/quota', { quota: { instances: 99 } }],
    ['POST', '/v1/instances/of-ada/migrate', { target: 'x' }],
  ] as const)('%s %s', async (method, path, body) => {
    expect((await ask(ada, method, path, body)).status).toBe(403);
  });
});

it('a role in a project lets in, as far as it goes', async () => {
  await ask(null, 'POST', '/v1/projects', { name: 'lab' });
  const { id } = (await ask(null, 'GET', '/v1/projects/lab')).body['project'] as { id: string };
  const member = (role: string) => ask(null, 'PUT', '/v1/projects/lab/members/bob', { role });
  expect((await create(bob, 'lab-1', { owner: id })).status).toBe(404);
  await member('viewer');
  expect((await create(bob, 'lab-1', { owner: id })).status).toBe(403);
  await member('operator');
  expect(
    (await ask(bob, 'POST', '/v1/instances', { name: 'lab-1', owner: id, config, validateOnly: true }))
      .status,
  ).toBe(200);
  expect((await ask(bob, 'PUT', '/v1/projects/lab/members/ada', { role: 'viewer' })).status).toBe(403);
  expect((await ask(null, 'DELETE', '/v1/projects/lab')).status).toBe(200);
});

it('a quota holds, and says limit, used and asked', async () => {
  await ask(null, 'PUT', '/v1/projects/ada/quota', { quota: { instances: 1 } });
  const refused = await create(ada, 'second');
  expect(refused.status).toBe(403);
  expect(refused.body).toMatchObject({ code: 'quota-exceeded' });
  expect(refused.body['detail']).toContain('instances: the limit is 1, 1 are used, 1 more are asked for.');
  const { body } = await ask(ada, 'GET', '/v1/projects/ada/quota');
  expect(body).toMatchObject({ effective: { instances: 1 }, used: { instances: 1 } });
});

it('a user’s quota holds in all projects, however many ask at once, and whoever looks sees only their own', async () => {
  const carl = await someone('carl');
  await ask(null, 'POST', '/v1/projects', { name: 'shop' });
  await ask(null, 'PUT', '/v1/projects/shop/members/carl', { role: 'operator' });
  const { id: shop } = (await ask(null, 'GET', '/v1/projects/shop')).body['project'] as { id: string };
  const quota = '/v1/users/carl/quota';
  expect((await ask(carl, 'PUT', quota, { quota: { instances: 99 } })).status).toBe(403);
  expect((await ask(null, 'PUT', quota, { quota: { instances: 1 } })).status).toBe(200);
  const begun = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      ask(carl, 'POST', '/v1/instances', {
        name: `carl-${index}`,
        config,
        ...(index % 2 === 0 ? {} : { owner: shop }),
      }),
    ),
  );
  const made = begun.filter(({ status }) => status === 202);
  expect(made).toHaveLength(1);
  const refused = begun.filter(({ status }) => status !== 202);
  expect(new Set(refused.map(({ body }) => body['code']))).toEqual(new Set(['quota-exceeded']));
  expect(refused[0]?.body['detail']).toContain('The quota of the user carl, in all projects,');
  const { id } = made[0]?.body['operation'] as { id: string };
  expect((await ask(carl, 'GET', `/v1/operations/${id}/wait?timeoutSeconds=100`)).text).toContain(
    'SUCCEEDED',
  );
  // Who made it stands in the domain, and a dry run is refused as well.
  expect((await ask(carl, 'GET', quota)).body).toMatchObject({
    quota: { instances: 1 },
    used: { instances: 1, cores: 1, memoryMib: '128' },
  });
  const dry = { name: 'one-more', owner: shop, config, validateOnly: true };
  expect((await ask(carl, 'POST', '/v1/instances', dry)).body).toMatchObject({ code: 'quota-exceeded' });
  const cli = (...args: readonly string[]) => runCli(daemon.grpc, ['quota', ...args]);
  expect(await cli('set', '--user', 'carl', '--memory', '64GiB', '--devices', '10de:2489=2')).toMatchObject({
    exitCode: 0,
  });
  const shown = await cli('show', '--user', 'carl');
  expect(shown.stdout).toMatch(/^instances +1 +1$/m);
  expect(shown.stdout).toMatch(/^memory +128 MiB +64 GiB$/m);
  expect(shown.stdout).toMatch(/^devices 10de:2489 +0 +2$/m);
  expect(shown.stdout).not.toContain('devices it may have');
  expect((await cli('set', 'shop', '--user', 'carl', '--cores', '1')).stderr).toContain('not both');
  expect((await cli('set', '--cores', '1')).stderr).toContain('--user NAME');
  expect((await ask(bob, 'GET', quota)).status).toBe(404);
  expect((await ask(null, 'GET', '/v1/users/nobody/quota')).status).toBe(404);
  const { uuid: of } = made[0]?.body as { uuid: string };
  const gone = await ask(carl, 'DELETE', `/v1/instances/${of}`);
  const removal = (gone.body['operation'] as { id: string }).id;
  await ask(carl, 'GET', `/v1/operations/${removal}/wait?timeoutSeconds=60`);
  expect((await create(carl, 'another', { owner: shop, validateOnly: true })).status).toBe(200);
  expect((await ask(carl, 'GET', quota)).body).toMatchObject({ used: { instances: 0 } });
});
