import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { guestImage } from '../guest/guest-image.ts';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import type { CliRun } from '../system/cli-process.ts';
import { createWorkspace, type Workspace } from '../system/daemon.ts';
import { startDaemonInside, type DaemonInside } from '../system/daemon-inside.ts';

const pool = 'protium-provision';
const imagePool = 'protium-provision-images';
const patience = { timeout: 200_000, interval: 200 };

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;
let files: string;
const file = (name: string): string => path.join(files, name);

const virsh = (...args: string[]) =>
  host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false });
const lines = async (...args: string[]): Promise<readonly string[]> =>
  (await virsh(...args)).stdout.split('\n').filter((line) => line.trim() !== '');
const cli = (...args: string[]) => daemon.cli(args);

async function start(): Promise<void> {
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: pool,
    PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
    PROTIUM_IMAGE_POOL: imagePool,
    PROTIUM_IMAGE_DIRECTORY: `/var/lib/libvirt/images/${imagePool}`,
    PROTIUM_ALLOWED_PATHS: files,
  });
  await vi.waitFor(async () => expect((await daemon.call('GET', '/v1/host')).status).toBe(200), 30_000);
}

const provision = async (named: string) =>
  (await daemon.call('GET', `/v1/provisions/${named}`)).body['provision'] as Record<string, unknown>;
const becomes = (named: string, state: string) =>
  vi.waitFor(async () => {
    const found = await provision(named);
    expect(found).toMatchObject({ state });
    return found;
  }, patience);
/** With what it said where it was not. */
function expectDone({ exitCode, stderr }: CliRun): void {
  expect(`${exitCode ?? ''} ${stderr}`).toMatch(/^0 /);
}
/** Nothing of it is left: no lease that is not over, no domain, no volume. */
async function expectNothing(): Promise<void> {
  expect(JSON.parse((await cli('lease', 'list', '-o', 'json')).stdout)).toMatchObject({ leases: [] });
  expect(await lines('list', '--all', '--name')).toEqual([]);
  expect(await lines('vol-list', pool)).toEqual([]);
}

const small = ['--slots', '1', '--memory', '256MiB', '--disk', '1MiB', '--image', 'guest'];

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  files = await mkdtemp(path.join(tmpdir(), 'provision-'));
  await cp((await guestImage()).disk, file('guest.qcow2'));
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file('key')]);
  await writeFile(
    file('needs.txt'),
    'The software needs Linux, 1 CPU core and 1 GB RAM. No GPU is needed.\n',
  );
  await start();
  const imported = await cli(
    'image',
    'import',
    'guest',
    '--file',
    file('guest.qcow2'),
    '--os-family',
    'linux',
  );
  expectDone(imported);
});

afterAll(async () => {
  await daemon.end();
  for (const name of await lines('list', '--all', '--name')) {
    await virsh('destroy', name);
    await virsh('undefine', '--nvram', name);
  }
  await virsh('net-destroy', 'default');
  for (const each of [pool, imagePool]) {
    await virsh('pool-destroy', each);
    await virsh('pool-undefine', each);
  }
  await workspace.remove();
  await rm(files, { recursive: true });
});

it('a plan shows what would be made and why, and makes nothing', async () => {
  const planned = await cli('provision', 'plan', '--text', file('needs.txt'), ...small);
  expectDone(planned);
  const { stdout } = planned;
  expect(stdout).toContain('0.25 GiB');
  expect(stdout).toContain('Named by the user.');
  expect(stdout).toContain('Nothing asks for a graphics card.');
  await expectNothing();
  const impossible = await cli('provision', 'plan', '--text', file('needs.txt'), '--slots', '4096');
  expect(impossible).toMatchObject({ exitCode: 4 });
  expect(impossible.stderr).toContain('4096 vCPUs are asked for, and the host has');
  await expectNothing();
});

it('a text becomes a machine that can be logged in to, and its lease ends it', async () => {
  const result = file('result.json');
  const run = await cli(
    ...['provision', 'run', '--text', file('needs.txt'), ...small, '--name', 'worded', '--yes'],
    ...['--key', file('key.pub'), '--user', 'alice', '--for', '1h', '--end-action', 'delete'],
    ...['--result', result, '--idempotency-key', 'worded-once'],
  );
  expectDone(run);
  const written = JSON.parse(await readFile(result, 'utf8')) as {
    ssh: { user: string; host: string; hostKeys: string[]; command: string };
    lease_id: string;
  };
  expect(run.stdout).toContain(written.ssh.command);
  expect(written).toMatchObject({
    server_name: 'worded',
    image: 'guest',
    image_name: 'guest',
    node_type: null,
    ssh: { user: 'alice', port: 22 },
    requirement: { gpu_required: false },
    image_digest: expect.stringMatching(/^sha256:/) as unknown,
  });
  const { checks } = JSON.parse(await readFile(result, 'utf8')) as {
    checks: { name: string; state: string; text: string }[];
  };
  expect(checks).toEqual(
    expect.arrayContaining([
      { name: 'ssh', state: 'passed', text: expect.stringMatching(/^It answers: SSH-2\.0-/) as string },
      { name: 'cloud-init', state: 'skipped', text: 'The guest has no cloud-init.' },
      { name: 'vCPUs', state: 'passed', text: 'The guest has 1 of 1.' },
      { name: 'memory', state: 'passed', text: expect.stringContaining('of 256.') as string },
      { name: 'disk', state: 'passed', text: expect.any(String) as string },
    ]),
  );
  const { user, host: address, hostKeys } = written.ssh;
  await writeFile(file('known_hosts'), hostKeys.map((key) => `${address} ${key}\n`).join(''));
  const options = [
    'BatchMode=yes',
    `UserKnownHostsFile=${file('known_hosts')}`,
    `IdentityFile=${file('key')}`,
  ];
  await vi.waitFor(async () => {
    const words = [
      '-F',
      'none',
      ...options.flatMap((option) => ['-o', option]),
      `${user}@${address}`,
      'whoami',
    ];
    expect((await host.run('ssh', words)).stdout.trim()).toBe('alice');
  }, patience);

  const again = await cli(
    ...['provision', 'run', '--text', file('needs.txt'), ...small, '--name', 'worded', '--yes'],
    ...['--key', file('key.pub'), '--user', 'alice', '--for', '1h', '--end-action', 'delete'],
    ...['--idempotency-key', 'worded-once'],
  );
  expectDone(again);
  expect(await lines('list', '--all', '--name')).toHaveLength(1);

  expect(await cli('lease', 'cancel', written.lease_id)).toMatchObject({ exitCode: 0 });
  await becomes('worded', 'ended');
  await vi.waitFor(expectNothing, patience);
});

it('a directory is provisioned; one that is cancelled leaves nothing', async () => {
  const directory = file('software');
  await mkdir(directory);
  await writeFile(path.join(directory, 'requirements.txt'), 'flask==3.0\n');
  const begun = await cli(
    ...['provision', 'run', directory, ...small, '--name', 'half', '--yes', '--no-wait', '-o', 'json'],
    ...['--key', file('key.pub')],
  );
  expectDone(begun);
  const { provision: made } = JSON.parse(begun.stdout) as { provision: { id: string } };
  expect(await cli('provision', 'cancel', made.id)).toMatchObject({ exitCode: 0 });
  await becomes('half', 'cancelled');
  await expectNothing();
  expect((await cli('provision', 'list')).stdout).toContain('cancelled');
  expect(await cli('provision', 'cancel', made.id)).toMatchObject({ exitCode: 4 });
});

it('a guest in which the repository is not there is not ready: it is taken back, and that is said', async () => {
  const skipped = await cli(
    ...['provision', 'plan', 'https://nowhere.invalid/software.git', '--skip-repo-clone', ...small],
    ...['--put-repo', '--floating-address', '-o', 'json'],
  );
  expectDone(skipped);
  expect(JSON.parse(skipped.stdout)).toMatchObject({
    plan: { steps: expect.arrayContaining(['bind a floating address']) as string[], refusals: [] },
  });
  const elsewhere = file('elsewhere');
  await mkdir(elsewhere);
  await writeFile(path.join(elsewhere, 'requirements.txt'), 'flask==3.0\n');
  const analysis = JSON.parse((await cli('provision', 'analyze', elsewhere, '-o', 'json')).stdout) as object;
  const wish = {
    ...{ analysis, name: 'empty', slots: 1, memoryMib: '256', diskBytes: String(2 ** 20), image: 'guest' },
    putRepo: 'https://nowhere.invalid/software.git',
    floatingAddress: true,
  };
  const begun = await daemon.call('POST', '/v1/provisions', { wish });
  expect(begun.body).toHaveProperty('provision');
  const bound = async () => (await cli('address', 'list', '-o', 'name')).stdout;
  // It is bound for as long as the guest is looked at: too short for a command line to be started.
  const addresses = async () => (await daemon.call('GET', '/v1/floating-addresses')).body;
  await vi.waitFor(async () => expect(await addresses()).toMatchObject({ floatingAddresses: [{}] }), {
    ...patience,
    interval: 20,
  });
  const failed = await becomes('empty', 'failed');
  expect(failed['problem']).toContain('repository: There is no clone in /srv/software');
  expect(failed['checks']).toContainEqual(expect.objectContaining({ name: 'ssh', state: 'passed' }));
  expect(await bound()).toBe('');
  await expectNothing();
});

it('a killed daemon carries on with what it had begun', async () => {
  const begun = await cli(
    ...['provision', 'run', '--text', file('needs.txt'), ...small, '--name', 'killed', '--yes', '--no-wait'],
    ...['--key', file('key.pub'), '--end-action', 'delete'],
  );
  expectDone(begun);
  await daemon.end('SIGKILL');
  await start();
  const { lease } = await becomes('killed', 'ready');
  expect(await cli('lease', 'cancel', String(lease))).toMatchObject({ exitCode: 0 });
  await becomes('killed', 'ended');
  await vi.waitFor(expectNothing, patience);
});
