import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { expect, vi } from 'vitest';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { createWorkspace, type Workspace } from '../system/daemon.ts';
import { startDaemonInside, type DaemonInside, type InsideAnswer } from '../system/daemon-inside.ts';
import { fakeDevices } from './fake-devices.ts';
import { removeAll, wipeHost } from './removal.ts';
import { connectStopper, stopperEnvironment, type Stop, type Stopper } from './stopper.ts';
import { readWorld, unsettled, type World } from './world.ts';

export const pool = 'crash-vms';
export const imagePool = 'crash-images';
/** A VM of this name cannot be started on the host. */
export const refused = 'refused';
const addresses = { here: '10.99.8.1', there: '10.99.8.2' };

/** A daemon that can be killed at any write, on a private host; and a second host to move instances to. */
export interface Bench {
  readonly host: PrivateHost;
  /** The second one, without a daemon. */
  readonly there: PrivateHost;
  /** Files that the daemon may read; seen inside too. */
  readonly files: string;
  readonly stateDirectory: string;
  readonly daemon: DaemonInside;
  readonly stopper: Stopper;
  readonly call: (method: string, route: string, body?: unknown) => Promise<InsideAnswer>;
  /** A call that must do what it says, to the end. */
  readonly done: (method: string, route: string, body?: unknown) => Promise<Record<string, unknown>>;
  readonly virsh: (...args: string[]) => Promise<string>;
  /** @param both of the second host too */
  world(both?: boolean): Promise<World>;
  /** Starts the daemon; resolves when it serves. */
  start(): Promise<void>;
  /** Starts a daemon that is killed at a point of its recovery; resolves when it is gone. */
  startAndDie(stop: Stop): Promise<void>;
  /** Resolves when what an earlier daemon, or libvirtd, left unfinished is settled. */
  settled(): Promise<void>;
  /** Removes everything that there is, by the daemon's own means. */
  removeEverything(): Promise<void>;
  /** The same by force: for what the daemon could not remove. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

/** @param options.devices the host has a graphics card */
export async function createBench(name: string, options: { readonly devices?: true } = {}): Promise<Bench> {
  const [host, there] = await Promise.all(
    ['a', 'b'].map((end) => startPrivateHost(`protium-${name}${end}-${process.pid}`)),
  );
  if (host === undefined || there === undefined) throw new Error('there are two');
  const wire = `pc${process.pid}`;
  await execa('ip', [
    ...['link', 'add', `${wire}a`, 'netns', host.name],
    ...['type', 'veth', 'peer', 'name', `${wire}b`, 'netns', there.name],
  ]);
  await refuse(host);
  await plug(host, `${wire}a`, addresses.here);
  await plug(there, `${wire}b`, addresses.there);
  const workspace = await createWorkspace();
  const files = await mkdtemp(path.join(tmpdir(), 'protium-crash-'));
  for (const each of [host, there]) {
    for (const made of [pool, imagePool]) await makePool(each, made);
    await virshOn(each, 'net-start', 'default');
  }
  const devices = options.devices === true ? await fakeDevices(files) : null;
  const parts = { host, there, workspace, files, environment: devices?.environment ?? {} };
  let running = await startWith(parts);
  const call: Bench['call'] = (method, route, body) => running.daemon.call(method, route, body);
  const done: Bench['done'] = async (method, route, body) => {
    const answer = await call(method, route, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    if (answer.status !== 202) return answer.body;
    const waited = await call('GET', `${answer.headers.location ?? ''}/wait?timeoutSeconds=100`);
    expect(waited.body, JSON.stringify(waited.body)).toMatchObject({
      operation: { state: 'OPERATION_STATE_SUCCEEDED' },
    });
    return waited.body['operation'] as Record<string, unknown>;
  };
  const bench: Bench = {
    host,
    there,
    files,
    stateDirectory: workspace.stateDirectory,
    get daemon() {
      return running.daemon;
    },
    get stopper() {
      return running.stopper;
    },
    call,
    done,
    virsh: (...args) => virshOn(host, ...args),
    async world(both = false) {
      const here = await readWorld(host, workspace.stateDirectory, devices?.root);
      const other = both ? await readWorld(there, null) : [];
      return [...here, ...other.map((line) => `there: ${line}`)];
    },
    async start() {
      await running.daemon.end('SIGKILL');
      running.stopper.close();
      running = await startWith(parts);
    },
    async startAndDie(stop) {
      await running.daemon.end('SIGKILL');
      running.stopper.close();
      // It may be gone before it serves.
      running = await startWith(parts, stop).catch(() => running);
      const late = setTimeout(20_000, 'late');
      if ((await Promise.race([running.daemon.gone, late])) === 'late')
        throw new Error(`the recovery did not reach ${JSON.stringify(stop)}`);
    },
    async settled() {
      await vi.waitFor(() => expect(unsettled(workspace.stateDirectory)).toEqual([]), {
        timeout: 25_000,
        interval: 100,
      });
    },
    async removeEverything() {
      await removeAll(bench);
    },
    async wipe() {
      await running.daemon.end();
      // What failed may be the very start of it.
      if ((await host.run('virsh', ['-c', 'qemu:///system', 'uri'], { reject: false })).exitCode !== 0)
        await host.startLibvirtd();
      for (const each of [host, there]) await wipeHost(each);
      await rm(workspace.stateDirectory, { recursive: true });
      running = await startWith(parts);
    },
    async close() {
      await running.daemon.end();
      await host.down();
      await there.down();
      await workspace.remove();
      await rm(files, { recursive: true });
    },
  };
  return bench;
}

export async function virshOn(host: PrivateHost, ...args: string[]): Promise<string> {
  const { stdout } = await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false });
  return stdout.trim();
}

async function plug({ name }: PrivateHost, device: string, address: string): Promise<void> {
  await execa('ip', ['-n', name, 'address', 'add', `${address}/24`, 'dev', device]);
  await execa('ip', ['-n', name, 'link', 'set', device, 'up']);
}

/** libvirt asks the hook, which it looks for when it starts. */
async function refuse(host: PrivateHost): Promise<void> {
  const hooks = path.join(host.directory, 'etc/hooks');
  await mkdir(hooks, { recursive: true });
  await writeFile(path.join(hooks, 'qemu'), `#!/bin/sh\n[ "$1 $2" != "${refused} prepare" ]\n`, {
    mode: 0o755,
  });
  await host.killLibvirtd();
  await host.startLibvirtd();
}

export async function makePool(host: PrivateHost, name: string): Promise<void> {
  await virshOn(host, 'pool-define-as', name, 'dir', '--target', `/var/lib/libvirt/images/${name}`);
  await virshOn(host, 'pool-build', name);
  await virshOn(host, 'pool-start', name);
  await virshOn(host, 'pool-autostart', name);
}

interface Parts {
  readonly host: PrivateHost;
  readonly there: PrivateHost;
  readonly workspace: Workspace;
  readonly files: string;
  readonly environment: Readonly<Record<string, string>>;
}

async function startWith({ host, there, workspace, files, environment }: Parts, stop?: Stop) {
  const socket = path.join(path.dirname(workspace.directory), `stop-${process.hrtime.bigint()}`);
  const daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: pool,
    PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
    PROTIUM_IMAGE_POOL: imagePool,
    PROTIUM_IMAGE_DIRECTORY: `/var/lib/libvirt/images/${imagePool}`,
    PROTIUM_ALLOWED_PATHS: files,
    PROTIUM_FLOATING_ADDRESSES: '203.0.113.16/29',
    PROTIUM_MIGRATION_TARGETS: `other=${there.uri} address=${addresses.there}`,
    ...environment,
    ...stopperEnvironment(socket, stop),
  });
  const stopper = await connectStopper(socket);
  await serves(daemon);
  return { daemon, stopper };
}

/** Until it has read libvirt; or it is gone again. */
async function serves(daemon: DaemonInside): Promise<void> {
  let gone = false;
  void daemon.gone.then(() => (gone = true));
  await vi.waitFor(
    async () => {
      if (!gone) expect((await daemon.call('GET', '/v1/host')).status).toBe(200);
    },
    { timeout: 60_000, interval: 50 },
  );
}
