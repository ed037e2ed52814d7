import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import {
  call,
  createWorkspace,
  daemonEnvironment,
  daemonProgram,
  startDaemonProcess,
  type DaemonUnderTest,
  type Workspace,
} from './daemon.ts';

const name = 'QEmu-alpine-standard-x86_64';

let host: PrivateHost;
let workspace: Workspace;
const running: DaemonUnderTest[] = [];

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();

async function start(env: Record<string, string> = {}): Promise<DaemonUnderTest> {
  const daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env,
  });
  running.push(daemon);
  return daemon;
}

/** Runs the daemon to its end; for starts that must fail. */
async function runToEnd(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [daemonProgram, ...args], {
    cwd: workspace.directory,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

const health = async (daemon: DaemonUnderTest) => (await call(daemon, 'GET', '/health')).body['status'];

beforeAll(async () => {
  host = await startPrivateHost(`protium-life-${process.pid}`);
  await virsh('version');
  workspace = await createWorkspace();
});

afterEach(async () => {
  for (const daemon of running.splice(0)) await daemon.end('SIGKILL');
});

afterAll(async () => {
  await host.down();
  await workspace.remove();
});

describe('the daemon', () => {
  it('says in one line that a port is in use, and ends with 1', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as net.AddressInfo;
    const environment = daemonEnvironment({
      libvirtUri: host.uri,
      workingDirectory: workspace.directory,
      stateDirectory: workspace.stateDirectory,
    });
    for (const variable of ['PROTIUM_HTTP_PORT', 'PROTIUM_GRPC_PORT']) {
      const { code, stderr } = await runToEnd([], { ...environment, [variable]: String(port) });
      expect(code).toBe(1);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stderr).toContain(`${port}`);
    }
    other.close();
  });

  it('names every bad setting at once, and explains itself', async () => {
    const bad = await runToEnd([], {
      PATH: process.env['PATH'],
      MANAGER_HTTP_PORT: 'x',
      PROTIUM_LOG_LEVEL: 'loud',
    });
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('MANAGER_HTTP_PORT');
    expect(bad.stderr).toContain('PROTIUM_LOG_LEVEL');
    const help = await runToEnd(['--help'], { PATH: process.env['PATH'] });
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('PROTIUM_STATE_DIRECTORY');
    expect((await runToEnd(['--version'], { PATH: process.env['PATH'] })).stdout).toMatch(
      /^protium \d+\.\d+\.\d+/,
    );
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 at %s, after what it is doing', async (signal) => {
    const daemon = await start();
    await vi.waitFor(async () => expect(await health(daemon)).toBe('pass'), { timeout: 10_000 });
    const answer = call(daemon, 'POST', '/domain', {});
    await vi.waitFor(
      async () => {
        const { body } = await call(daemon, 'GET', '/v1/operations');
        expect((body['operations'] as { state: string }[])[0]?.state).toBe('OPERATION_STATE_RUNNING');
      },
      { timeout: 10_000, interval: 5 },
    );
    expect(await daemon.end(signal)).toBe(0);
    expect((await answer).status).toBe(200);
    expect(await virsh('domstate', name)).toBe('running');
    await virsh('destroy', name);
    await virsh('undefine', name, '--nvram');
  });

  it('keeps computations over a restart, until their time is over', async () => {
    const first = await start();
    const run = { name: 'n', owner: 'o', datasets: ['d'], algorithms: ['a'], ttl: 3600 };
    const { body } = await call(first, 'POST', '/run', run);
    await first.end();
    const second = await start();
    const kept = await call(second, 'GET', `/run/${String(body['id'])}`);
    expect(kept.body).toMatchObject({ id: body['id'], state: 'stored', manifest: { owner: 'o' } });
  });

  it('does not share its state directory', async () => {
    await start();
    const environment = daemonEnvironment({
      libvirtUri: host.uri,
      workingDirectory: workspace.directory,
      stateDirectory: workspace.stateDirectory,
    });
    const second = await runToEnd([], environment);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(workspace.stateDirectory);
  });
});

describe('with libvirtd away', () => {
  it('starts, says so, and works as soon as it is there', async () => {
    await host.killLibvirtd();
    const daemon = await start();
    expect((await call(daemon, 'GET', '/health')).status).toBe(503);
    const refused = await call(daemon, 'POST', '/domain', {});
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ code: 'libvirt-unavailable', retryable: true });
    expect((await call(daemon, 'GET', '/v1/domains')).status).toBe(503);

    await host.startLibvirtd();
    await vi.waitFor(async () => expect(await health(daemon)).toBe('pass'), {
      timeout: 30_000,
      interval: 200,
    });
    expect((await call(daemon, 'POST', '/domain', {})).status).toBe(200);

    await host.killLibvirtd();
    await vi.waitFor(async () => expect(await health(daemon)).toBe('fail'), {
      timeout: 30_000,
      interval: 100,
    });
    expect((await call(daemon, 'POST', '/domain', {})).status).toBe(503);
    const list = await call(daemon, 'GET', '/v1/domains');
    expect(list.status).toBe(200);
    expect(Number(list.headers.get('protium-view-age-ms'))).toBeGreaterThan(0);

    await host.startLibvirtd();
    await vi.waitFor(async () => expect(await health(daemon)).toBe('pass'), {
      timeout: 30_000,
      interval: 200,
    });
    expect((await call(daemon, 'POST', '/domain', {})).status).toBe(200);
    await virsh('destroy', name);
    await virsh('undefine', name, '--nvram');
  });
});

describe('killed in the middle of a creation', () => {
  it.each([20, 60, 120, 250, 500])('after %i ms: the VM as asked, or nothing', async (delayMs) => {
    await virsh('pool-destroy', 'virtimages');
    const img = path.join(workspace.directory, 'img');
    for (const file of await readdir(img)) await rm(path.join(img, file));
    const first = await start();
    await vi.waitFor(async () => expect(await health(first)).toBe('pass'), { timeout: 10_000 });
    const answer = call(first, 'POST', '/domain', {}).catch(() => null);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await first.end('SIGKILL');
    await answer;

    const second = await start();
    await vi.waitFor(
      async () => {
        expect(await health(second)).toBe('pass');
        const { body } = await call(second, 'GET', '/v1/operations');
        const states = (body['operations'] as { state: string }[]).map(({ state }) => state);
        expect(states.filter((state) => !/_(SUCCEEDED|FAILED|CANCELLED)$/.test(state))).toEqual([]);
      },
      { timeout: 60_000, interval: 100 },
    );
    const state = await virsh('domstate', name);
    if (state === '') {
      expect(await virsh('pool-list', '--all', '--name')).toBe('');
      expect(await readdir(img)).toEqual([]);
    } else {
      expect(state).toBe('running');
      expect(await virsh('vol-list', 'virtimages')).toContain('boot.img');
    }
    expect((await call(second, 'POST', '/domain', {})).status).toBe(200);
    await virsh('destroy', name);
    await virsh('undefine', name, '--nvram');
  });

  it('libvirtd too: the creation fails or succeeds, and nothing is half there', async () => {
    const daemon = await start();
    await vi.waitFor(async () => expect(await health(daemon)).toBe('pass'), { timeout: 10_000 });
    const answer = call(daemon, 'POST', '/domain', {});
    await new Promise((resolve) => setTimeout(resolve, 150));
    await host.killLibvirtd();
    const { status, body } = await answer;
    expect([200, 503]).toContain(status);
    if (status === 503) expect(body).toMatchObject({ code: 'libvirt-unavailable' });
    await host.startLibvirtd();
    await vi.waitFor(async () => expect(await health(daemon)).toBe('pass'), {
      timeout: 30_000,
      interval: 200,
    });
    expect((await call(daemon, 'POST', '/domain', {})).status).toBe(200);
    expect(await virsh('domstate', name)).toBe('running');
  });
});
