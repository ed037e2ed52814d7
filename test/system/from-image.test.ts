import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { bootMedium } from '../guest/boot-medium.ts';
import { guestImage } from '../guest/guest-image.ts';
import { waitForSerial } from '../guest/serial.ts';
import { privateHost, type PrivateHost, type PrivateProcess, type RunResult } from '../host/private-host.ts';
import { cliProgram } from './cli-process.ts';
import { createWorkspace, daemonEnvironment, daemonProgram, type Workspace } from './daemon.ts';

const bootMs = 100_000;
const pool = 'from-image';
const imagePool = 'from-image-images';
const directory = `/var/lib/libvirt/images/${pool}`;
const gib = 2 ** 30;

let host: PrivateHost;
let workspace: Workspace;
let daemon: PrivateProcess;
let address: string;
/** Keys, configs, disks: also allowed for the daemon. */
let files: string;
const file = (name: string): string => path.join(files, name);

/** The daemon runs inside of the host, as ssh must reach the guests from where the command line runs. */
async function startDaemon(): Promise<void> {
  const options = {
    libvirtUri: 'qemu:///system',
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
  };
  daemon = host.spawn(process.execPath, [daemonProgram], {
    cwd: workspace.directory,
    env: {
      ...(daemonEnvironment(options) as Record<string, string>),
      PROTIUM_STORAGE_POOL: pool,
      PROTIUM_STORAGE_DIRECTORY: directory,
      PROTIUM_IMAGE_POOL: imagePool,
      PROTIUM_IMAGE_DIRECTORY: `/var/lib/libvirt/images/${imagePool}`,
      PROTIUM_ALLOWED_PATHS: files,
    },
  });
  let http = '';
  const lines = createInterface({ input: daemon.stdout });
  for await (const line of lines) {
    const entry = JSON.parse(line) as {
      readonly message?: string;
      readonly grpc?: readonly string[];
      readonly http?: readonly string[];
    };

    if (entry.message === 'Protium serves') {
      address = entry.grpc?.[0] ?? '';
      http = entry.http?.[0] ?? '';
      break;
    }
  }
  daemon.stdout.resume();
  await vi.waitFor(async () => {
    expect((await host.run('curl', ['-sf', `http://${http}/statusjson`])).exitCode).toBe(0);
  }, 30_000);
}

const protium = (...args: string[]): Promise<RunResult> =>
  host.run(process.execPath, [cliProgram, ...args], {
    cwd: files,
    env: { PROTIUM_ADDRESS: address, HOME: files, XDG_STATE_HOME: file('state') },
    reject: false,
  });
const succeeded = async (...args: string[]): Promise<string> => {
  const run = await protium(...args);
  expect(run).toMatchObject({ exitCode: 0 });
  return run.stdout;
};
const json = async (...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse(await succeeded(...args, '-o', 'json')) as Record<string, unknown>;
const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();
const domains = async () => (await virsh('list', '--all', '--name')).split('\n').filter(Boolean);
const volumes = async (of: string) =>
  (await virsh('vol-list', of))
    .split('\n')
    .flatMap((line) => line.trim().split(/\s+/)[0] ?? [])
    .filter(Boolean);

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  files = await mkdtemp(path.join(tmpdir(), 'from-image-'));
  await execa('chmod', ['755', files]);
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me', '-f', file('me')]);
  await cp((await guestImage()).disk, file('tiny.qcow2'));
  // As Elemento's smallest template, and sharing its core with all others.
  await writeFile(
    file('helium.json'),
    JSON.stringify({ cpu: { slots: 1, overprovision: 10, allowSMT: true }, ram: { ramsize: 192 } }),
  );
  await startDaemon();
});

afterAll(async () => {
  await daemon.kill('SIGTERM');
  await daemon.end;
  for (const name of await domains()) {
    await virsh('destroy', name);
    await virsh('undefine', name);
  }
  await virsh('net-destroy', 'default');
  for (const name of [pool, imagePool]) {
    await virsh('pool-destroy', name);
    await virsh('pool-undefine', name);
  }
  await workspace.remove();
  await rm(files, { recursive: true });
});

it('an image that is not there is refused, with what to do', async () => {
  const run = await protium('create', 'helium.json', '--image', 'tiny', '--key', 'me.pub');
  expect(run.exitCode).toBe(4);
  expect(run.stderr).toMatch(/image-missing: There is no image "tiny"/);
  expect(await domains()).toEqual([]);
});

describe('an instance from an image, by the command line', () => {
  it('is made from the image with a key, and waited for until ssh answers', async () => {
    await succeeded('image', 'import', 'tiny', '--file', file('tiny.qcow2'), '--login-user', 'root');
    const made = await json(
      ...['create', 'helium.json', '--image', 'tiny', '--disk', '1GiB', '--key', 'me.pub'],
      ...['--user', 'alice', '--wait-for', 'ssh'],
    );
    expect(made).toMatchObject({ operation: { state: 'OPERATION_STATE_SUCCEEDED' } });
    const { instance } = (await json('get', 'helium')) as { instance: Record<string, unknown> };
    expect(instance).toMatchObject({
      name: 'helium',
      loginUser: 'alice',
      volumes: [{ image: 'tiny', sizeBytes: String(gib), created: true, format: 'qcow2', cdrom: false }],
    });
  }, 180_000);

  it('is logged in to by ssh, known by its keys: its name, its user, its grown disk', async () => {
    const out = await succeeded(
      ...['ssh', 'helium', '-i', 'me', '--', 'hostname; id -un; cat /sys/block/vda/size; exit 0'],
    );
    expect(out.split('\n')).toEqual(['helium', 'alice', String(gib / 512)]);
    // There is one only.
    expect(await succeeded('ssh', '-i', 'me', '--timeout', '20', '--print')).toMatch(
      /^ssh .* 192\.168\.\d+\.\d+$/,
    );
    expect(await protium('ssh', 'helium', '-i', 'me', '--', 'exit 7')).toMatchObject({ exitCode: 7 });
    const printed = await succeeded('ssh', 'helium', '-i', file('me'), '--print', '--', 'echo "$(hostname)"');
    expect((await host.run('sh', ['-c', printed])).stdout).toBe('helium');
  });

  it('is not logged in to where another one answers in its place', async () => {
    const line = await succeeded('ssh', 'helium', '-i', file('me'), '--print', '--', 'hostname');
    const [, known = ''] = /UserKnownHostsFile="([^"]+)"/.exec(line) ?? [];
    const other = (await readFile(file('me.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
    const { instance } = (await json('get', 'helium')) as { instance: { uuid: string } };
    await writeFile(known, `${instance.uuid} ${other}\n`);
    const run = await host.run('sh', ['-c', line], { reject: false });
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(/Host key verification failed/);
  });

  it('copies by scp with the same options', async () => {
    const line = await succeeded('cp', 'me.pub', 'helium:/tmp/x', '-i', 'me', '--print');
    expect(line).toMatch(/^scp .*StrictHostKeyChecking=yes.* -- me\.pub 192\.168\.\d+\.\d+:\/tmp\/x$/);
    await mkdir(file('notes/deep'), { recursive: true });
    await writeFile(file('notes/deep/one'), 'first\n');
    await writeFile(file('notes/two'), Buffer.alloc(300_000, 'x'));
    await succeeded('cp', 'me.pub', 'helium:/tmp/x', '-i', 'me');
    expect(await succeeded('ssh', 'helium', '-i', 'me', '--', 'cat /tmp/x')).toBe(
      (await readFile(file('me.pub'), 'utf8')).trim(),
    );
    await succeeded('cp', '-r', 'notes', 'helium:/tmp/notes', '-i', 'me');
    await succeeded('cp', '-r', 'helium:/tmp/notes', 'back', '-i', 'me');
    expect(await readFile(file('back/deep/one'), 'utf8')).toBe('first\n');
    expect(await readFile(file('back/two'))).toEqual(await readFile(file('notes/two')));
    const missing = await protium('cp', 'helium:/tmp/none', 'none', '-i', 'me');
    expect(missing.exitCode).not.toBe(0);
    expect(await protium('cp', 'a', 'b')).toMatchObject({ exitCode: 2 });
  });

  it('lies on the image, which is not deleted while it does', async () => {
    const run = await protium('image', 'delete', 'tiny');
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toMatch(/resource-in-use/);
    expect(run.stderr).toContain(`volume "${pool}/`);
    const [overlay = ''] = (await volumes(pool)).filter((name) => name.endsWith('.qcow2'));
    const info = JSON.parse(
      (await host.run('qemu-img', ['info', '-U', '--output', 'json', `${directory}/${overlay}`])).stdout,
    ) as Record<string, unknown>;
    expect(info).toMatchObject({ 'backing-filename-format': 'qcow2', 'virtual-size': gib });
  });

  it('leaves nothing behind when it is deleted', async () => {
    await succeeded('delete', 'helium', '--yes');
    expect(await domains()).toEqual([]);
    expect(await volumes(pool)).toEqual([]);
  });
});

describe('key pairs', () => {
  it('one that is made here lets in by its name', async () => {
    expect(await succeeded('key', 'create', 'laptop')).toMatch(/private half is in laptop\.key/);
    expect(await succeeded('key', 'list', '-o', 'name')).toBe('laptop');
    await succeeded('key', 'import', 'me', 'me.pub');
    expect(await protium('key', 'import', 'secret', 'me')).toMatchObject({ exitCode: 2 });
    expect(await protium('create', 'x', '-f', 'helium.json', '--key', 'nobody')).toMatchObject({
      exitCode: 3,
    });
    await succeeded(
      'create',
      'keyed',
      '-f',
      'helium.json',
      '--image',
      'tiny',
      '--key',
      'laptop',
      '--key',
      'me',
    );
    // The image's own user, as none was named.
    expect(await succeeded('ssh', 'keyed', '-i', 'laptop.key', '--', 'id -un; hostname')).toBe('root\nkeyed');
    expect(await succeeded('ssh', 'keyed', '-i', 'me', '--', 'id -un')).toBe('root');
    await succeeded('key', 'delete', 'laptop', 'me');
    expect(await succeeded('key', 'list', '-o', 'name')).toBe('');
    await succeeded('delete', 'keyed', '--yes');
  }, 180_000);
});

describe('a medium', () => {
  it('in the daemon’s iso/ is booted from while the disk is empty', async () => {
    await mkdir(path.join(workspace.directory, 'iso'), { recursive: true });
    await bootMedium(path.join(workspace.directory, 'iso/install.iso'));
    await succeeded('create', 'installed', '-f', 'helium.json', '--disk', '0.1', '--iso', 'install.iso');
    const details = await virsh('domblklist', '--details', 'installed');
    expect(details).toMatch(/file +cdrom +sda +\S+iso\/install\.iso/);
    const { instance } = (await json('get', 'installed')) as { instance: { uuid: string } };
    const log = path.join(host.directory, `log/qemu/${instance.uuid}-serial0.log`);
    await waitForSerial(log, /login: /, bootMs);
    expect((await json('get', 'installed'))['instance']).toMatchObject({
      volumes: [{ cdrom: false }, { cdrom: true, created: false }],
    });
    const run = await protium('ssh', 'installed');
    expect(run).toMatchObject({ exitCode: 4 });
    expect(run.stderr).toMatch(/host keys of installed are not known/);
    await succeeded('delete', 'installed', '--yes');
    expect(await readFile(path.join(workspace.directory, 'iso/install.iso'))).not.toHaveLength(0);
  }, 180_000);

  it('that is none, or not there, is refused', async () => {
    await writeFile(file('none.iso'), 'no ISO');
    for (const [iso, reason] of [
      ['none.iso', /is no ISO image/],
      ['gone.iso', /there is no such file/],
      ['/etc/passwd', /lies outside/],
    ] as const) {
      const run = await protium('create', 'x', '-f', 'helium.json', '--iso', iso);
      expect(run).toMatchObject({ exitCode: 4 });
      expect(run.stderr).toMatch(reason);
    }
  });
});

it('a volume that exists is found by its name, used, and left when the instance goes', async () => {
  await virsh('vol-create-as', pool, 'old.qcow2', '64M', '--format', 'qcow2');
  await virsh('pool-refresh', pool);
  const create = () => protium('create', 'kept', '-f', 'helium.json', '--volume', 'old.qcow2');
  await expect.poll(async () => (await create()).exitCode, { timeout: 30_000 }).toBe(0);
  const second = await protium('create', 'second', '-f', 'helium.json', '--volume', `${pool}/old.qcow2`);
  expect(second).toMatchObject({ exitCode: 4 });
  expect(second.stderr).toMatch(/volume-in-use/);
  await succeeded('delete', 'kept', '--yes');
  expect(await volumes(pool)).toEqual(['old.qcow2']);
  await virsh('vol-delete', '--pool', pool, 'old.qcow2');
});

describe('twenty at once', () => {
  it('all get a disk from one image, which is deleted by nobody meanwhile', async () => {
    await writeFile(
      file('small.json'),
      JSON.stringify({
        slots: 1,
        overprovision: 10,
        allowSMT: true,
        ramsize: 64,
        has_network: false,
        protium: { image: 'tiny' },
      }),
    );
    const names = Array.from({ length: 20 }, (_, index) => `small-${index}`);
    const creations = names.map((name) => protium('create', name, '-f', 'small.json', '--timeout', '600'));
    await expect.poll(domains, { timeout: 60_000, interval: 100 }).not.toEqual([]);
    const deletion = await protium('image', 'delete', 'tiny');
    expect(deletion.stderr).toMatch(/resource-in-use/);
    const runs = await Promise.all(creations);
    expect(runs.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect((await domains()).sort()).toEqual([...names].sort());
    await succeeded('delete', ...names, '--yes');
    expect(await domains()).toEqual([]);
    expect(await volumes(pool)).toEqual([]);
  }, 300_000);

  it('a daemon that is killed meanwhile leaves nothing, and the image can go', async () => {
    const creation = protium(
      'create',
      '--no-wait',
      'halfway',
      '-f',
      'helium.json',
      '--image',
      'tiny',
      '--key',
      'me.pub',
    );
    await expect.poll(() => volumes(pool), { timeout: 30_000, interval: 10 }).not.toEqual([]);
    await daemon.kill('SIGKILL');
    await daemon.end;
    await creation;
    await startDaemon();
    await expect.poll(domains, { timeout: 30_000 }).toEqual([]);
    await expect.poll(() => volumes(pool), { timeout: 30_000 }).toEqual([]);
    await succeeded('image', 'delete', 'tiny');
    expect(await volumes(imagePool)).toEqual([]);
  });
});
