import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { guestDisk } from '../guest/guest-image.ts';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { createWorkspace, type Workspace } from '../system/daemon.ts';
import { startDaemonInside, type DaemonInside, type InsideAnswer } from '../system/daemon-inside.ts';
import { applianceKernel, type ApplianceKernel } from './appliance-kernel.ts';
import { machineFiles, makeDebianDisk, readDisk, userFiles } from './debian-disk.ts';

const [disks, pool] = ['/var/lib/libvirt/images/clean-disks', 'clean-images'];
const directory = `/var/lib/libvirt/images/${pool}`;

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;
let kernel: ApplianceKernel;
let files: string;

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args])).stdout;
const incoming = () => readdir(path.join(workspace.stateDirectory, 'images/incoming'));
const volumes = async (): Promise<readonly string[]> =>
  (await host.run('ls', [directory])).stdout.split('\n').filter(Boolean);
const ofLibguestfs = async () => (await readdir('/tmp')).filter((name) => name.startsWith('libguestfs'));

/** A domain that is off, with this disk. */
async function define(name: string, disk: string): Promise<void> {
  const file = `${disks}/${name}.qcow2`;
  // The disk of the test guest is an overlay: libvirt shall find what lies below it.
  await host.run('qemu-img', ['convert', '-O', 'qcow2', disk, file]);
  await virsh('pool-refresh', 'clean-disks');
  const document = path.join(files, `${name}.xml`);
  await writeFile(
    document,
    `<domain type='qemu'><name>${name}</name><memory unit='MiB'>64</memory><os><type machine='q35'>hvm</type></os>
    <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${file}'/>
    <target dev='vda' bus='virtio'/></disk></devices></domain>`,
  );
  await virsh('define', document);
  await vi.waitFor(async () => {
    expect((await daemon.call('GET', `/v1/domains/${name}`)).status).toBe(200);
  });
}

const importFrom = (instance: string, more: object = {}): Promise<InsideAnswer> =>
  daemon.call(
    'POST',
    '/v1/images',
    { name: `from-${instance}`, source: { kind: 'instance', location: instance }, ...more },
    { 'content-type': 'application/json' },
  );

interface Ended {
  readonly state: string;
  readonly endTime?: string;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly leftBehind: readonly string[];
  };
}

async function ended({ status, headers }: InsideAnswer): Promise<Ended> {
  expect(status).toBe(202);
  for (;;) {
    const { body } = await daemon.call('GET', `${headers.location ?? ''}/wait`);
    const { operation } = body as unknown as { operation: Ended };
    if (operation.endTime !== undefined) return operation;
  }
}

/** The files of an image, as the host has it. */
async function contentOf(name: string): Promise<{ digest: string; stored: string; raw: string }> {
  const { body } = await daemon.call('GET', `/v1/images/${name}`);
  const { digest, volume } = body['image'] as { digest: string; volume: { name: string } };
  const stored = `${directory}/${volume.name}`;
  const raw = path.join(files, `${name}.raw`);
  await host.run('qemu-img', ['convert', '-O', 'raw', stored, raw]);
  return { digest, stored, raw };
}

beforeAll(async () => {
  [host, workspace, kernel] = await Promise.all([
    privateHost(await hostOfWorker()),
    createWorkspace(),
    applianceKernel(),
  ]);
  files = await mkdtemp(path.join(tmpdir(), 'protium-clean-image-'));
  // supermin looks for it also where it is told of a kernel.
  await host.run('mkdir', ['-p', '/lib/modules', disks, directory]);
  await virsh('pool-create-as', 'clean-disks', 'dir', '--target', disks);
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_IMAGE_POOL: pool,
    PROTIUM_IMAGE_DIRECTORY: directory,
    ...kernel.environment,
  });
  await vi.waitFor(async () => {
    expect((await daemon.call('GET', '/v1/domains')).status).toBe(200);
  }, 30_000);
  const disk = await makeDebianDisk(files);
  await define('web', disk);
});

afterAll(async () => {
  await daemon.end();
  await workspace.remove();
  await kernel.remove();
  await rm(files, { recursive: true });
});

it('an image of an instance has what users made, and nothing that makes a machine that one', async () => {
  const before = await ofLibguestfs();
  const { exitCode, stderr } = await daemon.cli(['image', 'import', 'from-web', '--instance', 'web']);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const { digest, stored, raw } = await contentOf('from-web');
  // It is named by what it is, not by what it was.
  expect((await host.run('sha256sum', [stored])).stdout).toContain(digest.replace('sha256:', ''));
  const gone = Object.keys(machineFiles);
  expect(await readDisk(raw, gone)).toEqual(Object.fromEntries(gone.map((name) => [name, null])));
  expect(await readDisk(raw, Object.keys(userFiles))).toEqual(userFiles);
  // There and empty: systemd makes one in each VM.
  expect(await readDisk(raw, ['/etc/machine-id'])).toEqual({ '/etc/machine-id': '' });
  expect(await incoming()).toEqual([]);
  expect(await volumes()).toEqual([path.basename(stored)]);
  expect(await ofLibguestfs()).toEqual(before);
});

it('asked for as it is, it has all of it', async () => {
  expect((await ended(await importFrom('web', { name: 'as-is', asIs: true }))).error).toBeUndefined();
  const { raw } = await contentOf('as-is');
  expect(await readDisk(raw, Object.keys(machineFiles))).toEqual(machineFiles);
});

it('a disk with no system that is known is refused, with what to do', async () => {
  await define('tiny', await guestDisk(path.join(files, 'tiny.qcow2')));
  const before = await volumes();
  expect((await ended(await importFrom('tiny'))).error).toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(/no operating system is found.*as_is/) as string,
    leftBehind: [],
  });
  expect(await incoming()).toEqual([]);
  expect(await volumes()).toEqual(before);
});

it('a cancel ends the cleaning, and nothing of it is left', async () => {
  const before = { volumes: await volumes(), libguestfs: await ofLibguestfs() };
  const answer = await importFrom('web', { name: 'cancelled' });
  const [operation = ''] = (answer.headers.location ?? '').split('/').slice(-1);
  const machines = async () =>
    (await host.run('pgrep', ['-f', `qemu-system.*${operation}`], { reject: false })).stdout;
  await expect.poll(machines, { timeout: 60_000 }).not.toBe('');
  await daemon.call('POST', `/v1/operations/${operation}/cancel`);
  expect(await ended(answer)).toMatchObject({
    state: 'OPERATION_STATE_CANCELLED',
    error: { code: 'cancelled', leftBehind: [] },
  });
  expect(await machines()).toBe('');
  expect(await incoming()).toEqual([]);
  expect({ volumes: await volumes(), libguestfs: await ofLibguestfs() }).toEqual(before);
});

it('without the tool it is refused before anything is copied, also in a dry run', async () => {
  await daemon.end();
  const bin = path.join(files, 'bin');
  await execa('mkdir', [bin]);
  // All that the daemon finds today, but the one.
  for (const place of ['/usr/sbin', '/usr/bin']) await execa('cp', ['-rsf', `${place}/.`, bin]);
  await rm(path.join(bin, 'virt-sysprep'));
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_IMAGE_POOL: pool,
    PROTIUM_IMAGE_DIRECTORY: directory,
    PATH: bin,
  });
  await vi.waitFor(async () => {
    expect((await daemon.call('GET', '/v1/domains/web')).status).toBe(200);
  }, 30_000);
  for (const validateOnly of [true, false]) {
    const { status, body } = await importFrom('web', { name: 'none', validateOnly });
    expect([status, body['code'], body['detail']]).toEqual([
      501,
      'unsupported',
      expect.stringMatching(/guestfs-tools.*as_is/),
    ]);
  }
  const dry = await importFrom('web', { name: 'none', validateOnly: true, asIs: true });
  expect(dry.status).toBe(200);
});
