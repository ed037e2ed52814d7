import { execa } from 'execa';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectSqlite } from '../../internal/store/sqlite.ts';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { createWorkspace, daemonProgram, type Workspace } from '../system/daemon.ts';
import { startDaemonInside, type DaemonInside, type InsideAnswer } from '../system/daemon-inside.ts';

const pool = 'faults-vms';
const directory = `/var/lib/libvirt/images/${pool}`;
const config = { slots: 1, ramsize: 64, overprovision: 10, has_network: false, volumes: [] };

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;

const call = (method: string, route: string, body?: unknown) => daemon.call(method, route, body);
const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();
const inside = (command: string, ...args: string[]) => host.run(command, args);
const outcome = async (answer: InsideAnswer): Promise<Record<string, unknown>> => {
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  const waited = await call('GET', `${answer.headers.location ?? ''}/wait?timeoutSeconds=60`);
  return waited.body['operation'] as Record<string, unknown>;
};
const succeeded = async (answer: InsideAnswer): Promise<void> => {
  expect(await outcome(answer)).toMatchObject({ state: 'OPERATION_STATE_SUCCEEDED' });
};
const create = (name: string, more: object = {}) =>
  call('POST', '/v1/instances', { name, config: { ...config, ...more } });
const removeInstances = async (): Promise<void> => {
  const { body } = await call('GET', '/v1/instances');
  for (const { uuid } of body['instances'] as { uuid: string }[])
    await succeeded(await call('DELETE', `/v1/instances/${uuid}`));
};
/** Why a change was not made: refused, or begun and failed; null: it was made. */
const refusalOf = async (answer: InsideAnswer): Promise<string | null> => {
  if (answer.status !== 202) return String(answer.body['detail']);
  const error = (await outcome(answer))['error'] as { message: string } | undefined;
  return error?.message ?? null;
};
/** How e2fsck ends where it found something and set it right. */
function expectMended(error: unknown): void {
  expect(error).toMatchObject({ exitCode: 1 });
}
/** Changes something until it is refused; what is written on a disk that has room for little is refused soon. */
const refused = async (): Promise<string> => {
  for (let index = 0; index < 200; index += 1) {
    const refusal = await refusalOf(await call('POST', '/v1/instances/kept/reset', {}));
    if (refusal !== null) return refusal;
  }
  throw new Error('nothing was refused');
};

async function start(): Promise<void> {
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: pool,
    PROTIUM_STORAGE_DIRECTORY: directory,
  });
  await vi.waitFor(async () => expect((await call('GET', '/v1/host')).status).toBe(200), {
    timeout: 30_000,
    interval: 100,
  });
}

beforeAll(async () => {
  host = await startPrivateHost(`protium-state-${process.pid}`);
});

afterAll(async () => {
  await host.down();
});

beforeEach(async () => {
  workspace = await createWorkspace();
});

afterEach(async () => {
  await daemon.end();
  for (const name of (await virsh('list', '--all', '--name')).split('\n').filter(Boolean)) {
    // Of a test that failed.
    await virsh('destroy', name);
    await virsh('undefine', name, '--nvram');
  }
  await host.run('umount', ['-R', '-l', workspace.stateDirectory], { reject: false });
  await workspace.remove();
});

describe('a state directory on a file system of its own', () => {
  const state = (...command: string[]) =>
    inside('bash', '-c', `cd "$0" && ${command.join(' ')}`, workspace.stateDirectory);

  beforeEach(async () => {
    await inside('mkdir', '-m', '700', workspace.stateDirectory);
    await inside('mount', '-t', 'tmpfs', '-o', 'size=8m,mode=700', 'tmpfs', workspace.stateDirectory);
    await start();
  });

  it('that is full: what is new is refused and told what to do, and it goes on when there is room', async () => {
    await succeeded(await create('kept'));
    await state('dd if=/dev/zero of=ballast bs=4k 2>/dev/null || true');
    expect(await refused()).toMatch(/full.*Free some space/);
    expect((await call('GET', '/v1/instances')).body).toMatchObject({ instances: [{ name: 'kept' }] });
    const { body } = await call('GET', '/v1/operations');
    for (const operation of body['operations'] as object[]) expect(operation).toHaveProperty('endTime');
    await state('rm ballast');
    await succeeded(await create('after'));
    await removeInstances();
  });

  it('that is read-only: the daemon says so and does not start', async () => {
    await succeeded(await create('kept'));
    await daemon.end();
    await inside('mount', '-o', 'remount,ro', workspace.stateDirectory);
    await expect(start()).rejects.toThrow(/must be able to read and write this file and its directory/);
    await inside('mount', '-o', 'remount,rw', workspace.stateDirectory);
    await start();
    await removeInstances();
  });
});

it('on a disk that fails, changes are refused and the VMs run on; a start on a good one has them', async () => {
  // A disk image on a file system that is full: to what lies on it, that is a disk with write errors.
  const below = path.join(path.dirname(workspace.directory), 'below');
  const image = path.join(below, 'disk.img');
  await inside('mkdir', below);
  await inside('mount', '-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', below);
  await inside('mkdir', '-m', '700', workspace.stateDirectory);
  await inside('truncate', '-s', '64M', image);
  await inside('mke2fs', '-q', '-F', '-t', 'ext2', image);
  await inside('mount', '-o', 'loop,errors=continue', image, workspace.stateDirectory);
  await start();
  await succeeded(await create('kept'));
  await inside(
    'bash',
    '-c',
    'dd if=/dev/zero of="$0" bs=4k 2>/dev/null || true',
    path.join(below, 'ballast'),
  );
  expect(await refused()).toMatch(/Could not write to .*protium\.db/);
  expect(await virsh('domstate', 'kept')).toBe('running');
  expect((await call('GET', '/v1/instances')).status).toBe(200);
  await daemon.end('SIGKILL');
  await inside('umount', '-l', workspace.stateDirectory);
  await start();
  expect((await call('GET', '/v1/instances')).body).toMatchObject({ instances: [{ name: 'kept' }] });
  await removeInstances();
});

it('on a file system that the kernel makes read-only, changes are refused and the VMs run on; mended, it goes on', async () => {
  const image = path.join(path.dirname(workspace.directory), 'disk.img');
  const mount = () => inside('mount', '-o', 'loop,errors=remount-ro', image, workspace.stateDirectory);
  await inside('mkdir', '-m', '700', workspace.stateDirectory);
  await inside('truncate', '-s', '64M', image);
  await inside('mke2fs', '-q', '-F', '-t', 'ext4', image);
  await mount();
  await start();
  await succeeded(await create('kept'));
  // As the kernel does when it has read something that cannot be; it would not make it read-only while files are open else.
  const { stdout: device } = await execa('losetup', ['-n', '-O', 'NAME', '-j', image], { stdin: 'ignore' });
  await writeFile(`/sys/fs/ext4/${path.basename(device.trim())}/trigger_fs_error`, 'a test');
  expect(await refused()).toMatch(/Could not write to .*protium\.db/);
  expect(await refusalOf(await create('never'))).toMatch(/Could not write to .*protium\.db/);
  expect((await call('GET', '/v1/instances')).body).toMatchObject({ instances: [{ name: 'kept' }] });
  expect((await call('GET', '/v1/operations')).status).toBe(200);
  expect(await virsh('domstate', 'kept')).toBe('running');
  expect(await virsh('list', '--all', '--name')).toBe('kept');
  await daemon.end();
  // QEMU has mounts of its own, and this one among them for as long as it runs.
  await virsh('destroy', 'kept');
  await inside('umount', workspace.stateDirectory);
  await inside('e2fsck', '-p', image).catch(expectMended);
  await mount();
  await start();
  await succeeded(await create('after'));
  await succeeded(await call('POST', '/v1/instances/kept/start', {}));
  await removeInstances();
});

describe('a pool that is full', () => {
  it('fails the change with what to do, and nothing is left of it', async () => {
    await start();
    await inside('mkdir', '-p', '/var/lib/libvirt/images/tiny');
    await inside('mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', '/var/lib/libvirt/images/tiny');
    await succeeded(
      await call('POST', '/v1/pools', { name: 'tiny', dir: { path: '/var/lib/libvirt/images/tiny' } }),
    );
    const volume = { name: 'big.raw', sizeBytes: '16777216', format: 'raw', preallocation: 'full' };
    expect(await refusalOf(await call('POST', '/v1/volumes/tiny', volume))).toMatch(/has \d+ bytes left/);
    expect(await virsh('vol-list', 'tiny')).toBe('');
    await succeeded(await call('DELETE', '/v1/pools/tiny'));
    await inside('umount', '/var/lib/libvirt/images/tiny');
  });
});

describe('a database that another process holds', () => {
  it('makes changes wait, and then refuses them; it goes on when it is let go', async () => {
    await start();
    const other = connectSqlite(path.join(workspace.stateDirectory, 'protium.db'));
    other.exec('BEGIN IMMEDIATE');
    expect(await refusalOf(await create('never'))).toMatch(/Another process holds it for too long/);
    other.exec('ROLLBACK');
    other.close();
    expect(await virsh('list', '--all', '--name')).toBe('');
    await succeeded(await create('later'));
    await removeInstances();
  });
});

describe('a database that is damaged', () => {
  it('is refused with the way out; recovered, it has what can be read, and libvirt has the VMs', async () => {
    await start();
    await succeeded(await create('kept'));
    await call('POST', '/v1/key-pairs', { name: 'laptop' });
    await daemon.end();
    const file = path.join(workspace.stateDirectory, 'protium.db');
    const page = 4096 * Math.floor(readFileSync(file).indexOf('instance.register') / 4096);
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(4096, 'Z'), 0, 4096, page);
    closeSync(handle);

    await expect(start()).rejects.toThrow(/is damaged .*--recover-state/s);
    const env = { PROTIUM_STATE_DIRECTORY: workspace.stateDirectory };
    const { stdout } = await host.run(process.execPath, [daemonProgram, '--recover-state'], { env });
    expect(stdout).toMatch(/It is kept as .*damaged-\d{8}T\d{6}Z\./);
    expect(stdout).toMatch(/key_pair +1 {2}all/);

    await start();
    expect((await call('GET', '/v1/instances/kept')).body).toMatchObject({
      instance: { config: { ramsize: 64 }, state: 'DOMAIN_STATE_RUNNING' },
    });
    expect((await call('GET', '/v1/key-pairs')).body).toMatchObject({ keyPairs: [{ name: 'laptop' }] });
    await removeInstances();
  });

  it('and of which nothing is left costs no VM', async () => {
    await start();
    await succeeded(await create('kept'));
    await daemon.end();
    const file = path.join(workspace.stateDirectory, 'protium.db');
    await execa('dd', ['if=/dev/urandom', `of=${file}`, 'bs=4k', 'count=40'], { stdin: 'ignore' });
    expect((await stat(file)).size).toBeGreaterThan(0);
    await expect(start()).rejects.toThrow(/is damaged .*--recover-state/s);
    const env = { PROTIUM_STATE_DIRECTORY: workspace.stateDirectory };
    await host.run(process.execPath, [daemonProgram, '--recover-state'], { env });
    await start();
    expect((await call('GET', '/v1/instances/kept')).body).toMatchObject({
      instance: { config: { ramsize: 64 }, state: 'DOMAIN_STATE_RUNNING' },
    });
    await succeeded(await call('POST', '/v1/instances/kept/stop', { force: true }));
    await removeInstances();
  });
});
