import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { slowLibvirt, type SlowLibvirt } from '../host/slow-libvirt.ts';
import {
  call as callDaemon,
  createWorkspace,
  startDaemonProcess,
  type DaemonUnderTest,
  type JsonAnswer,
  type Workspace,
} from '../system/daemon.ts';

const pool = 'faults-vms';
const config = { slots: 1, ramsize: 64, overprovision: 10, has_network: false, volumes: [] };
/** Of libvirt's remote_protocol.x and qemu_protocol.x. */
const createWithFlags = { number: 196 };
const agentCommand = { program: 0x20008087, number: 3 };

let host: PrivateHost;
let workspace: Workspace;
let libvirt: SlowLibvirt;
let daemon: DaemonUnderTest;

const call = (method: string, route: string, body?: unknown) => callDaemon(daemon, method, route, body);
const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();
const outcome = async (answer: JsonAnswer): Promise<Record<string, unknown>> => {
  expect(answer, answer.text).toMatchObject({ status: 202 });
  const location = answer.headers.get('location') ?? '';
  return (await call('GET', `${location}/wait?timeoutSeconds=100`)).body['operation'] as Record<
    string,
    unknown
  >;
};
const succeeded = async (answer: JsonAnswer): Promise<void> => {
  expect(await outcome(answer)).toMatchObject({ state: 'OPERATION_STATE_SUCCEEDED' });
};
const create = (name: string) => call('POST', '/v1/instances', { name, config });
const createOff = async (name: string): Promise<void> => {
  await succeeded(await create(name));
  await succeeded(await call('POST', `/v1/instances/${name}/stop`, { force: true }));
};

async function start(): Promise<void> {
  daemon = await startDaemonProcess({
    libvirtUri: libvirt.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env: {
      PROTIUM_STORAGE_POOL: pool,
      PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
    },
  });
  await vi.waitFor(async () => expect((await call('GET', '/v1/host')).status).toBe(200), 30_000);
}

beforeAll(async () => {
  host = await startPrivateHost(`protium-faults-${process.pid}`);
  workspace = await createWorkspace();
  libvirt = await slowLibvirt(host.socket, path.join(path.dirname(workspace.directory), 'libvirt-sock'));
  await start();
});

afterEach(async () => {
  libvirt.release();
  const { body } = await call('GET', '/v1/instances');
  for (const { uuid } of body['instances'] as { uuid: string }[])
    await succeeded(await call('DELETE', `/v1/instances/${uuid}`));
  expect(await virsh('list', '--all', '--name')).toBe('');
});

afterAll(async () => {
  await daemon.end();
  await libvirt.close();
  await host.down();
  await workspace.remove();
});

it('a libvirt whose every answer is late makes nothing fail', async () => {
  libvirt.delay(100);
  await createOff('slow');
  await succeeded(await call('POST', '/v1/instances/slow/start', {}));
  expect(await virsh('domstate', 'slow')).toBe('running');
});

describe('a start that libvirt does not answer', () => {
  it('keeps nobody else waiting, and ends as it was asked for when libvirt goes on', async () => {
    await createOff('stuck');
    libvirt.hold(createWithFlags);
    const starting = await call('POST', '/v1/instances/stuck/start', {});
    await libvirt.waiting();
    expect((await call('GET', '/v1/instances/stuck')).body).toMatchObject({
      instance: { state: 'DOMAIN_STATE_SHUTOFF' },
    });
    libvirt.release();
    await succeeded(starting);
    expect(await virsh('domstate', 'stuck')).toBe('running');
  });

  it('can be cancelled: then the VM is off', async () => {
    await createOff('stuck');
    libvirt.hold(createWithFlags);
    const starting = await call('POST', '/v1/instances/stuck/start', {});
    await libvirt.waiting();
    const cancelled = await call('POST', `${starting.headers.get('location') ?? ''}/cancel`, {});
    expect(cancelled.status, cancelled.text).toBe(202);
    libvirt.release();
    expect(await outcome(starting)).toMatchObject({ state: 'OPERATION_STATE_CANCELLED' });
    expect(await virsh('domstate', 'stuck')).toBe('shut off');
  });

  it('and during which the daemon is killed is settled by the next one', async () => {
    await createOff('stuck');
    libvirt.hold(createWithFlags);
    await call('POST', '/v1/instances/stuck/start', {});
    await libvirt.waiting();
    await daemon.end('SIGKILL');
    libvirt.release();
    await start();
    await vi.waitFor(async () => {
      const { body } = await call('GET', '/v1/operations?pageSize=1');
      expect(body).toMatchObject({
        operations: [{ kind: 'instance.start', state: 'OPERATION_STATE_SUCCEEDED' }],
      });
    }, 60_000);
    expect(await virsh('domstate', 'stuck')).toBe('running');
  });
});

it('where libvirt answers nothing, what is known is told, and a change is refused in time', async () => {
  await createOff('known');
  libvirt.hold();
  expect((await call('GET', '/v1/instances')).body).toMatchObject({ instances: [{ name: 'known' }] });
  const refused = await call('POST', '/v1/instances/known/start', {});
  const code =
    refused.status === 202
      ? ((await outcome(refused))['error'] as { code: string }).code
      : refused.body['code'];
  expect(['libvirt-unavailable', 'deadline-exceeded']).toContain(code);
  libvirt.release();
  await vi.waitFor(async () => succeeded(await call('POST', '/v1/instances/known/start', {})), 30_000);
});

it('a guest agent that does not answer is given up on', async () => {
  await succeeded(await create('dumb'));
  libvirt.hold(agentCommand);
  const answer = await call('GET', '/v1/instances/dumb/guest/ping');
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.body).toHaveProperty('detail');
  expect((await call('GET', '/v1/instances')).status).toBe(200);
});
