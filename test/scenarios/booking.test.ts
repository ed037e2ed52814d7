import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { keepScript } from '../../internal/booking/guest-keep.ts';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { startDaemonInside, type DaemonInside } from '../system/daemon-inside.ts';
import { createWorkspace, type Workspace } from '../system/daemon.ts';
import { guestImage } from '../guest/guest-image.ts';

const pool = 'protium-booking';
const imagePool = 'protium-booking-images';
const dataPool = 'protium-booking-data';

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;
let files: string;

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();
const domains = async () => (await virsh('list', '--all', '--name')).split('\n').filter(Boolean);
const volumes = async () => (await virsh('vol-list', pool)).split('\n').filter((line) => line.trim() !== '');

async function start(): Promise<void> {
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: pool,
    PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
    PROTIUM_IMAGE_POOL: imagePool,
    PROTIUM_IMAGE_DIRECTORY: `/var/lib/libvirt/images/${imagePool}`,
    PROTIUM_ALLOWED_PATHS: files,
    PROTIUM_BOOKING_DATASET: `${dataPool}/data.qcow2`,
  });
  await vi.waitFor(async () => {
    expect((await daemon.call('GET', '/statusjson')).status).toBe(200);
  }, 60_000);
}

/** The dialogue with somebody who types these lines. */
const booking = (args: readonly string[], ...lines: string[]) =>
  daemon.cli(['booking', ...args], { input: `${lines.join('\n')}\n` });
const listed = async () =>
  (
    JSON.parse((await daemon.cli(['booking', 'list', '-o', 'json'])).stdout) as {
      bookings: Record<string, unknown>[];
    }
  ).bookings.filter(({ id }) => id !== givenUp);
/** Given up before it began. */
let givenUp = '';

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  files = await mkdtemp(path.join(tmpdir(), 'booking-'));
  await execa('chmod', ['755', files]);
  await cp((await guestImage()).disk, path.join(files, 'tiny.qcow2'));
  await writeFile(
    path.join(files, 'capability_config.yaml'),
    'max: {cpus: 1, ram: 1, swap_size: 0, gpus: 0, memory: ram + swap_size, work_space: 1, backup_space: 1}\n' +
      'allow_userIDs: [alice, bob]\nmax_default_capability: {cpus: 1, memory: 1, gpus: 0, work_space: 1, backup_space: 1}\n',
  );
  await writeFile(path.join(files, 'users_config.yaml'), 'bob: {password: battery, forward_port: 10002}\n');
  await virsh('pool-define-as', dataPool, 'dir', '--target', `/var/lib/libvirt/images/${dataPool}`);
  await virsh('pool-build', dataPool);
  await virsh('pool-start', dataPool);
  await virsh('vol-create-as', dataPool, 'data.qcow2', '1M', '--format', 'qcow2');
  await start();
  const image = await daemon.cli(['image', 'import', 'tiny', '--host-path', path.join(files, 'tiny.qcow2')]);
  expect(image).toMatchObject({ exitCode: 0 });
});

afterAll(async () => {
  await daemon.end();
  for (const name of await domains()) {
    await virsh('destroy', name);
    await virsh('undefine', name);
  }
  await virsh('net-destroy', 'default');
  for (const name of [pool, imagePool, dataPool]) {
    await virsh('pool-destroy', name);
    await virsh('pool-undefine', name);
  }
  await workspace.remove();
  await rm(files, { recursive: true });
});

it('nobody books before a file allows it', async () => {
  const { exitCode, stdout } = await booking([], 'alice');
  expect([exitCode, stdout]).toEqual([
    1,
    'Please enter the user_id: \nInputError: Unknown account! Check your user account or connect to the Host Maintainer(MLOps).',
  ]);
  const imported = await daemon.cli([
    ...[
      'booking',
      'import',
      path.join(files, 'capability_config.yaml'),
      path.join(files, 'users_config.yaml'),
    ],
  ]);
  expect(imported).toMatchObject({
    exitCode: 0,
    stdout: '+ 2 users may book (capability_config.yaml).\n+ The user bob.',
  });
});

it('a disk that is full leaves no booking, and the next one is a booking', async () => {
  const directory = `/var/lib/libvirt/images/${pool}`;
  const inside = (...words: [string, ...string[]]) => host.run(words[0], words.slice(1));
  await inside('mkdir', '-p', directory);
  await inside('mount', '-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', directory);
  const full = await booking(['-id', 'bob'], 'battery', '1 1 0', '3-day', '1-day');
  expect(full.exitCode).not.toBe(0);
  expect(`${full.stdout}${full.stderr}`).toMatch(/work volume of "bob" could not be made/);
  expect(await listed()).toEqual([]);
  const leases = JSON.parse((await daemon.cli(['lease', 'list', '-o', 'json'])).stdout) as object;
  expect(leases).toMatchObject({ leases: [] });
  await virsh('pool-destroy', pool);
  await inside('umount', directory);
  const again = await booking(['-id', 'bob'], 'battery', '1 1 0', '3-day', '1-day');
  expect(`${again.exitCode ?? ''} ${again.stderr}`).toMatch(/^0 /);
  const [{ id = '' } = {}] = (await listed()) as { id?: string }[];
  givenUp = id;
  expect(await daemon.cli(['booking', 'cancel', id, '--user', 'bob'], { input: 'battery\n' })).toMatchObject({
    exitCode: 0,
  });
}, 100_000);

it('a booking of now is a machine at its port, until it is given up', async () => {
  const { exitCode, stdout } = await booking(
    ['-std-id', 'alice'],
    ...['horse staple', 'horse staple', '2 1 0', '1 1 0', 'now', '1-day'],
  );
  expect(stdout).toContain('New User, Welcome~~~');
  expect(stdout).toContain('RequireError: cpus: 1 ~ 1');
  expect([exitCode, stdout.split('\n').at(-1)]).toEqual([0, expect.stringMatching(/Booking successful!$/)]);

  const banner = (address: string, port: number) => `exec 3<>/dev/tcp/${address}/${port}; head -c 4 <&3`;
  const forwarded = async () =>
    (
      JSON.parse((await daemon.cli(['port-forward', 'list', '-o', 'json'])).stdout) as {
        portForwards: { guestAddress: string; state: string; hostPort: number }[];
      }
    ).portForwards;
  await vi.waitFor(async () => {
    expect(await listed()).toMatchObject([{ user: 'alice', state: 'using', forwardPort: 10_001 }]);
    const [forward] = await forwarded();
    expect(forward).toMatchObject({ hostPort: 10_001, state: 'open' });
    const ssh = banner(forward?.guestAddress ?? '', 22);
    expect((await host.run('bash', ['-c', ssh], { reject: false, timeoutMs: 5000 })).stdout).toBe('SSH-');
  }, 100_000);
  const [machine] = await domains();
  expect(machine).toMatch(/^booking-alice-[0-9a-f]{8}$/);
  // The disk, cloud-init's medium, and what is alice's and bob's own.
  expect(await volumes()).toHaveLength(6);
  const disks = await virsh('dumpxml', '--inactive', machine ?? '');
  expect(disks).toMatch(/<source file='[^']*data\.qcow2'[^]*?<target dev='vdd'[^]*?<readonly\/>/);
  expect(disks.match(/<readonly\/>/g)).toHaveLength(2);
  const schedule = await daemon.cli(['booking', '-ls']);
  expect(schedule.stdout).toMatch(/alice +1 +1 GB +0 +10001/);

  const restarted = await booking(['-id', 'alice', '-rst'], 'horse staple');
  expect(restarted).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('has been restarted') as string,
  });

  // The host has no second core to give.
  const refused = await booking(['-id', 'bob'], 'battery', '1 1 0', '1-day', '2-day');
  expect(refused.exitCode).toBe(0);

  await daemon.end('SIGKILL');
  await start();
  expect(await listed()).toMatchObject([
    { user: 'alice', state: 'using' },
    { user: 'bob', state: 'booking' },
  ]);

  const [{ id: own = '' } = {}] = (await listed()) as { id?: string }[];
  expect((await booking(['cancel', own, '--user', 'alice'], 'wrong')).exitCode).not.toBe(0);
  expect((await booking(['cancel', own, '--user', 'alice'], 'horse staple')).exitCode).toBe(0);
  await vi.waitFor(async () => expect(await domains()).toEqual([]), 100_000);
  await vi.waitFor(async () => {
    // What is alice's own, and bob's: Work and Backup.
    expect(await volumes()).toHaveLength(4);
    expect((await daemon.cli(['port-forward', 'list', '-o', 'name'])).stdout).toBe('');
  }, 20_000);
  expect(await listed()).toMatchObject([
    { user: 'alice', state: 'used' },
    { user: 'bob', state: 'booking' },
  ]);
}, 280_000);

it('what a guest keeps is laid over its place at the next booking', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'keep-'));
  const script = path.join(root, 'keep');
  await writeFile(script, keepScript);
  await mkdir(path.join(root, 'etc/ssh'), { recursive: true });
  await mkdir(path.join(root, 'root/Backup'), { recursive: true });
  await writeFile(
    path.join(root, 'etc/booking-keep.yaml'),
    'Dir:\n  - [ssh, /etc/ssh]\n  - [../../etc, /etc]\nFile:\n  - [zshrc, /root/.zshrc]\n',
  );
  await writeFile(path.join(root, 'etc/ssh/key'), 'mine');
  const keep = (...words: string[]) => execa('unshare', ['-m', 'sh', '-ec', words.join(' && ')]);
  const run = (what: string) => `python3 ${script} ${what} ${root}`;
  await keep(run('restore'), run('save'));
  // Another machine: its own key, until what was kept is laid over it. What is written there is kept.
  await writeFile(path.join(root, 'etc/ssh/key'), 'other');
  const { stdout } = await keep(
    run('restore'),
    `cat ${root}/etc/ssh/key`,
    `echo changed > ${root}/etc/ssh/key`,
    run('save'),
  );
  expect(stdout).toBe('mine');
  expect(await readFile(path.join(root, 'root/Backup/ssh/key'), 'utf8')).toBe('changed\n');
  expect(await readFile(path.join(root, 'etc/ssh/key'), 'utf8')).toBe('other');
  await rm(root, { recursive: true });
});

it('AIVC’s files come out again', async () => {
  const out = path.join(files, 'out');
  expect(await daemon.cli(['booking', 'export', out])).toMatchObject({ exitCode: 0 });
  const { stdout } = await execa('head', ['-c', '1000', path.join(out, 'used.csv')]);
  expect(stdout).toMatch(/,alice,1,1,\[\],10001,,$/m);
});
