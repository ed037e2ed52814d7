import { execa } from 'execa';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import {
  call,
  createWorkspace,
  startDaemonProcess,
  type DaemonUnderTest,
  type Workspace,
} from '../system/daemon.ts';
import { freePort, startAgent } from '../unit/computations/fixtures.ts';

/** The daemon as users run it, called by clients that share nothing with it. */
const project = path.resolve(import.meta.dirname, '../..');
const name = 'QEmu-alpine-standard-x86_64';
const services = ['manager.ManagerService', 'manager_proto.ManagerService'];
const manifest = { name: 'mean', owner: 'ann', datasets: ['d1'], algorithms: ['a1'], ttl: 600 };

let host: PrivateHost;
const workspaces: Workspace[] = [];

/** A daemon with a working directory and a state of its own; whoever starts it ends it. */
async function start(env: Readonly<Record<string, string>> = {}, uri = host.uri): Promise<DaemonUnderTest> {
  const workspace = await createWorkspace();
  workspaces.push(workspace);
  return startDaemonProcess({
    libvirtUri: uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env,
  });
}

/** What Debian's python3-grpcio sees of these calls, one after the other. */
async function python(
  { grpc }: DaemonUnderTest,
  ...calls: (readonly [method: string, request: object])[]
): Promise<unknown[]> {
  const script = path.join(import.meta.dirname, 'grpc/client.py');
  const descriptors = path.join(project, 'proto/descriptors.binpb');
  const { stdout } = await execa('/usr/bin/python3', [
    script,
    grpc,
    descriptors,
    'calls',
    JSON.stringify(calls),
  ]);
  return JSON.parse(stdout) as unknown[];
}

async function bufCurl({ grpc }: DaemonUnderTest, method: string, ...args: string[]): Promise<string> {
  const plain = ['curl', '--protocol', 'grpc', '--http2-prior-knowledge', ...args, `http://${grpc}${method}`];
  return (await execa('buf', plain, { preferLocal: true, localDir: project })).stdout;
}

const virsh = async (...args: string[]) =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();

async function removeDomain(): Promise<void> {
  await virsh('destroy', name);
  await virsh('undefine', name, '--nvram');
  await virsh('pool-destroy', 'virtimages');
  await virsh('pool-undefine', 'virtimages');
}

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
});
afterAll(async () => {
  await virsh('net-destroy', 'default');
  await Promise.all(workspaces.map((workspace) => workspace.remove()));
});

describe('CreateDomain and Run', () => {
  let daemon: DaemonUnderTest;
  beforeAll(async () => {
    daemon = await start();
  });
  afterEach(removeDomain);
  afterAll(() => daemon.end());

  it.each(services)('%s makes the VM of the templates run', async (service) => {
    const notice = { 'protium-notice': expect.stringMatching(/kvm/i) as string };
    expect(await python(daemon, [`${service}/CreateDomain`, {}])).toMatchObject([
      { message: { name }, initial: notice },
    ]);
    expect(await virsh('domstate', name)).toBe('running');

    const domains = JSON.parse(await bufCurl(daemon, '/protium.v1.DomainsService/ListDomains')) as unknown;
    expect(domains).toMatchObject({ domains: [{ name, state: 'DOMAIN_STATE_RUNNING', persistent: true }] });
    const listed = JSON.parse(await bufCurl(daemon, '/protium.v1.OperationsService/ListOperations')) as {
      operations: unknown[];
    };
    expect(listed.operations[0]).toMatchObject({
      state: 'OPERATION_STATE_SUCCEEDED',
      createTime: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
  });

  it.each(services)('%s refuses, with the status and the code of the catalogue', async (service) => {
    const createDomain = `${service}/CreateDomain`;
    const swapped = { pool: 'xml/dom.xml', domain: 'xml/pool.xml' };
    const seen = await python(
      daemon,
      [createDomain, { pool: 'xml/none.xml' }],
      [createDomain, swapped],
      [createDomain, { domain: '/etc/libvirt/qemu/networks/default.xml' }],
      [`${service}/Run`, { ...manifest, ttl: 0 }],
      [`${service}/Run`, {}],
    );
    expect(seen).toMatchObject([
      { code: 'NOT_FOUND', errorCode: 'file-not-found', info: { reason: 'FILE_NOT_FOUND' } },
      { code: 'INVALID_ARGUMENT', errorCode: 'document-malformed' },
      { code: 'PERMISSION_DENIED', errorCode: 'path-forbidden' },
      { code: 'INVALID_ARGUMENT', errorCode: 'argument-invalid', info: { metadata: { fields: '["ttl"]' } } },
      { code: 'INVALID_ARGUMENT', errorCode: 'argument-invalid' },
    ]);
    expect(await virsh('list', '--all', '--name')).toBe('');
  });

  it.each(services)('%s takes a computation, which HTTP tells of', async (service) => {
    const [answer] = (await python(daemon, [`${service}/Run`, manifest])) as [{ message: { ID: string } }];
    const kept = await call(daemon, 'GET', `/run/${answer.message.ID}`);
    expect(kept.body).toMatchObject({ id: answer.message.ID, state: 'stored', manifest: { name: 'mean' } });
    const native = [
      ['protium.v1.ComputationsService/DeleteComputation', { id: answer.message.ID }],
      ['protium.v1.ComputationsService/GetComputation', { id: answer.message.ID }],
    ] as const;
    expect(await python(daemon, ...native)).toMatchObject([{ message: {} }, { code: 'NOT_FOUND' }]);
  });

  it.each(['grpc-v1', 'grpc-v1alpha'])('buf curl lists the services by reflection %s', async (version) => {
    const listed = await bufCurl(daemon, '', '--list-services', '--reflect-protocol', version);
    expect(listed.split('\n')).toEqual(
      expect.arrayContaining([...services, 'protium.v1.OperationsService', 'grpc.health.v1.Health']),
    );
  });
});

describe('as the original answered', () => {
  it('errors are UNKNOWN with one of two texts', async () => {
    const daemon = await start({ MANAGER_COCOS_EMPTY_ERRORS: '1' });
    onTestFinished(async () => {
      await daemon.end();
    });
    for (const service of services) {
      const calls = [
        [`${service}/CreateDomain`, { pool: 'xml/none.xml' }],
        [`${service}/CreateDomain`, { pool: 'xml/dom.xml', domain: 'xml/pool.xml' }],
        [`${service}/Run`, { ...manifest, ttl: 0 }],
      ] as const;
      expect(await python(daemon, ...calls)).toEqual([
        { code: 'UNKNOWN', details: 'entity not found' },
        { code: 'UNKNOWN', details: 'malformed entity specification' },
        { code: 'UNKNOWN', details: 'malformed entity specification' },
      ]);
    }
  });
});

describe('an agent that comes up late', () => {
  it('answers what was asked by HTTP and gRPC before', async () => {
    const port = await freePort();
    const daemon = await start({ AGENT_GRPC_URL: `127.0.0.1:${port}` });
    onTestFinished(async () => {
      await daemon.end();
    });
    const computation = Buffer.from('{"id":"1"}').toString('base64');
    const byHttp = call(daemon, 'POST', '/run', { computation });
    const byGrpc = python(daemon, ['manager.ManagerService/Run', { computation }]);
    const kept = async () =>
      (await call(daemon, 'GET', '/run')).body['computations'] as { id: string; state: string }[];
    await vi.waitFor(
      async () => expect((await kept()).map(({ state }) => state)).toEqual(['delivering', 'delivering']),
      { timeout: 20_000, interval: 50 },
    );

    const agent = await startAgent([{ answer: 'what the agent made of it' }], port);
    expect((await byHttp).text).toBe('{"id":"what the agent made of it"}\n');
    expect(await byGrpc).toMatchObject([{ message: { ID: 'what the agent made of it' } }]);
    expect(agent.received).toEqual(['{"id":"1"}', '{"id":"1"}']);
    for (const { id } of await kept()) {
      expect((await call(daemon, 'GET', `/run/${id}`)).body).toMatchObject({
        state: 'delivered',
        agentAnswer: 'what the agent made of it',
      });
    }
  });
});

describe('grpc.health.v1', () => {
  it('is SERVING while libvirt is there, and again when it is back', async () => {
    const own = await startPrivateHost(`protium-health-${process.pid}`);
    onTestFinished(() => own.down());
    const daemon = await start({}, own.uri);
    onTestFinished(async () => {
      await daemon.end();
    });
    const becomes = (status: string) =>
      vi.waitFor(
        async () => {
          const asked = ['', ...services].map(
            (service) => ['grpc.health.v1.Health/Check', { service }] as const,
          );
          expect(await python(daemon, ...asked)).toMatchObject(asked.map(() => ({ message: { status } })));
        },
        { timeout: 30_000, interval: 100 },
      );
    await becomes('SERVING');
    await own.killLibvirtd();
    await becomes('NOT_SERVING');
    const [refused] = await python(daemon, ['manager.ManagerService/CreateDomain', {}]);
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', errorCode: 'libvirt-unavailable' });
    await own.startLibvirtd();
    await becomes('SERVING');
  });
});
