import { randomUUID } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { guestImage } from '../guest/guest-image.ts';
import { waitForSerial } from '../guest/serial.ts';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import { createWorkspace, type Workspace } from '../system/daemon.ts';
import { startDaemonInside, type DaemonInside } from '../system/daemon-inside.ts';

const pool = 'protium-leased';
const disk = randomUUID();
const patience = { timeout: 120_000, interval: 200 };
const day = 86_400_000;

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;
let cores = 0;

const virsh = (...args: string[]) =>
  host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false });

const settings = () => path.join(path.dirname(workspace.directory), 'leases.yaml');
const writeSettings = (webhook = '') =>
  writeFile(
    settings(),
    'policy: { minimumLength: 1s }\n' +
      'backfill: { leastSeconds: 1, stopBeforeSeconds: 3, warnBeforeSeconds: [] }\n' +
      webhook,
  );

async function start(): Promise<void> {
  await writeSettings();
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: pool,
    PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
    PROTIUM_LEASES: settings(),
  });
  await vi.waitFor(async () => expect((await daemon.call('GET', '/v1/host')).status).toBe(200), 30_000);
}

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  const directory = `/var/lib/libvirt/images/${pool}`;
  await virsh('pool-define-as', pool, 'dir', '--target', directory);
  await virsh('pool-build', pool);
  await cp((await guestImage()).disk, path.join(host.directory, 'lib/images', pool, `${disk}.qcow2`));
  await virsh('pool-start', pool);
  workspace = await createWorkspace();
  await start();
  const { body } = await daemon.call('GET', '/v1/lease-calendar');
  cores = (body['capacity'] as { cores: number }).cores;
  expect(cores).toBeGreaterThan(0);
});

afterAll(async () => {
  await daemon.end();
  const names = (await virsh('list', '--all', '--name')).stdout.split('\n').filter((name) => name !== '');
  for (const name of names) {
    await virsh('destroy', name);
    await virsh('undefine', '--nvram', '--snapshots-metadata', name);
  }
  await virsh('net-destroy', 'default');
  await virsh('pool-destroy', pool);
  await virsh('pool-undefine', pool);
  await workspace.remove();
});

const iso = (at: number): string => new Date(at).toISOString();
/** The next whole second that is so many seconds away. */
const inSeconds = (seconds: number): number => Math.ceil(Date.now() / 1000 + seconds) * 1000;
/** Takes every message, and never says anything to it; tells of messages, and of those whose sender has gone. */
const hangingServer = `
  require('node:http').createServer((request) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => console.log(JSON.parse(body).event));
    request.socket.on('close', () => console.log('gone'));
  }).listen(7999, '127.0.0.1', () => console.log('listens'));
`;
const small = { slots: 1, ramsize: 128, allowSMT: true, overprovision: 10 };
/** All cores of the host for itself. */
const everything = () => ({ slots: cores, ramsize: 128, allowSMT: false, overprovision: 1 });

async function book(name: string, body: object): Promise<Record<string, unknown>> {
  const answer = await daemon.call('POST', '/v1/leases', { name, ...body });
  expect(answer.body).toHaveProperty('leases');
  return (answer.body['leases'] as Record<string, unknown>[])[0] ?? {};
}
const lease = async (id: unknown) =>
  (await daemon.call('GET', `/v1/leases/${String(id)}`)).body['lease'] as Record<string, unknown>;
const becomes = (id: unknown, state: string) =>
  vi.waitFor(async () => {
    const found = await lease(id);
    expect(found).toMatchObject({ state });
    return found;
  }, patience);
const domainState = async (uuid: unknown): Promise<string> =>
  (await virsh('domstate', String(uuid))).stdout.trim();
const passes = (at: number) => vi.waitFor(() => expect(Date.now()).toBeGreaterThan(at), patience);

it('of a hundred clients for the cores of the host exactly as many get one as there are', async () => {
  const at = { startTime: iso(inSeconds(3600)), durationSeconds: '3600', holdOnly: true };
  const wish = { config: { slots: 1, ramsize: 64, allowSMT: false, overprovision: 1 } };
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      daemon.call('POST', '/v1/leases', { name: `race-${index}`, wish, ...at }),
    ),
  );
  const won = answers.filter(({ status }) => status === 200);
  expect(won).toHaveLength(cores);
  for (const { status, body } of answers.filter((answer) => !won.includes(answer))) {
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'lease-conflict' });
  }
  const shown = await daemon.cli(['lease', 'calendar']);
  expect(shown.stdout).toContain('cores');
  const [first, ...others] = won.map(({ body }) => (body['leases'] as { id: string; name: string }[])[0]);
  const booked = await book('later', {
    wish,
    startTime: iso(inSeconds(7300)),
    durationSeconds: '3600',
    holdOnly: true,
  });
  const extended = await daemon.cli(['lease', 'extend', String(booked['id']), '--by', '1h']);
  expect(extended).toMatchObject({ exitCode: 0 });
  const far = await daemon.call('PATCH', `/v1/leases/${String(first?.id)}`, {
    endTime: iso(inSeconds(9000)),
  });
  if (cores === 1) expect(far).toMatchObject({ status: 409 });
  for (const each of [first, ...others]) {
    expect(await daemon.cli(['lease', 'cancel', String(each?.id)])).toMatchObject({ exitCode: 0 });
  }
  expect(await daemon.cli(['lease', 'cancel', 'later'])).toMatchObject({ exitCode: 0 });
});

it('an extension into another lease is refused, and says what would be possible', async () => {
  const at = Math.ceil(Date.now() / 3_600_000) * 3_600_000;
  const wish = { config: everything() };
  const first = await book('first', { wish, startTime: iso(at), durationSeconds: '3600', holdOnly: true });
  await book('second', { wish, startTime: iso(at + 2 * 3_600_000), durationSeconds: '3600', holdOnly: true });
  const refused = await daemon.call('PATCH', `/v1/leases/${String(first['id'])}`, {
    endTime: iso(at + 3 * 3_600_000),
  });
  expect(refused).toMatchObject({ status: 409, body: { code: 'lease-conflict' } });
  expect(JSON.stringify(refused.body)).toContain('The next start at which it fits');
  expect(await lease(first['id'])).toMatchObject({ state: 'pending', etag: '1' });
  const within = { endTime: iso(at + 2 * 3_600_000) };
  expect((await daemon.call('PATCH', '/v1/leases/first', within)).status).toBe(200);
  const windows = await daemon.cli([
    'lease',
    'availability',
    '--slots',
    String(cores),
    '--memory',
    '64',
    '--for',
    '1h',
    '-o',
    'json',
  ]);
  expect(windows).toMatchObject({ exitCode: 0 });
  for (const name of ['first', 'second']) await daemon.call('POST', `/v1/leases/${name}/cancel`, {});
});

it('a lease launches its guest, tells it that it ends, and deletes it', { timeout: 300_000 }, async () => {
  const booked = await book('whole', {
    wish: { config: { ...small, ramsize: 256, volumes: [{ vid: disk }] } },
    startTime: iso(inSeconds(2)),
    endTime: iso(Date.now() + day),
    warnBeforeSeconds: [5],
    graceSeconds: 30,
    endAction: 'delete',
  });
  expect(booked).toMatchObject({ state: 'pending' });
  const active = await becomes(booked['id'], 'active');
  expect(Date.now()).toBeGreaterThanOrEqual(new Date(String(booked['startTime'])).getTime());
  const { instance } = active;
  expect(await domainState(instance)).toBe('running');
  const log = path.join(host.directory, `log/qemu/${String(instance)}-serial0.log`);
  await waitForSerial(log, /READY .*\r\n/, 100_000);
  await vi.waitFor(async () => {
    const { body } = await daemon.call('GET', `/v1/instances/${String(instance)}`);
    expect(body).toMatchObject({ instance: { agentConnected: true } });
  }, patience);
  const shorter = { endTime: iso(inSeconds(8)) };
  expect((await daemon.call('PATCH', '/v1/leases/whole', shorter)).status).toBe(200);
  await waitForSerial(log, /The lease "whole" ends at .*this VM is shut down and deleted/, 60_000);
  await becomes(booked['id'], 'ended');
  expect((await virsh('domstate', String(instance))).exitCode).not.toBe(0);
  expect(await lease(booked['id'])).not.toHaveProperty('problem');
});

it(
  'a daemon that is killed across a start and across an end makes both good',
  { timeout: 200_000 },
  async () => {
    const startTime = inSeconds(3);
    const { id } = await book('killed', {
      wish: { config: small },
      startTime: iso(startTime),
      endTime: iso(startTime + day),
      graceSeconds: 1,
    });
    await daemon.end('SIGKILL');
    await passes(startTime);
    await start();
    const { instance } = await becomes(id, 'active');
    expect(await domainState(instance)).toBe('running');
    const endTime = inSeconds(3);
    expect((await daemon.call('PATCH', '/v1/leases/killed', { endTime: iso(endTime) })).status).toBe(200);
    await daemon.end('SIGKILL');
    await passes(endTime);
    expect(await domainState(instance)).toBe('running');
    await start();
    await becomes(id, 'ended');
    expect(await domainState(instance)).toBe('shut off');
  },
);

it('at the end a snapshot of its disks is kept, where that was chosen', { timeout: 200_000 }, async () => {
  const { id } = await book('kept', {
    wish: { config: { ...small, volumes: [{ size: 2 ** 20, format: 'qcow2' }] } },
    startTime: iso(inSeconds(2)),
    endTime: iso(Date.now() + day),
    graceSeconds: 1,
    endAction: 'snapshot',
  });
  const { instance } = await becomes(id, 'active');
  const name = `lease-${String(id).slice(0, 8)}`;
  const snapshots = async () => (await virsh('snapshot-list', String(instance), '--name')).stdout.trim();
  expect(await snapshots()).toBe('');
  expect(await daemon.cli(['lease', 'cancel', 'kept'])).toMatchObject({ exitCode: 0 });
  const ended = await becomes(id, 'ended');
  expect(JSON.stringify(ended['problem'] ?? '')).not.toContain('snapshot');
  expect(await domainState(instance)).toBe('shut off');
  expect(await snapshots()).toBe(name);
  const info = (await virsh('snapshot-info', String(instance), name)).stdout;
  expect(info).toMatch(/State: +shutoff/);
});

it('a webhook that never answers holds up neither start nor end', { timeout: 100_000 }, async () => {
  const server = host.spawn(process.execPath, ['-e', hangingServer]);
  const said: string[] = [];
  createInterface({ input: server.stdout }).on('line', (line) => said.push(line));
  await vi.waitFor(() => expect(said).toEqual(['listens']), patience);
  await writeSettings('webhook: { url: "http://127.0.0.1:7999/", timeoutSeconds: 60 }\n');
  const startTime = inSeconds(2);
  const { id } = await book('unheard', {
    wish: { config: small },
    startTime: iso(startTime),
    endTime: iso(startTime + day),
    holdOnly: true,
  });
  await becomes(id, 'active');
  expect(await daemon.cli(['lease', 'cancel', 'unheard'])).toMatchObject({ exitCode: 0 });
  await becomes(id, 'ended');
  // Each of them waits for its answer to this moment.
  await vi.waitFor(() => {
    expect([...said].sort()).toEqual([
      'lease.booked',
      'lease.ended',
      'lease.ending',
      'lease.started',
      'listens',
    ]);
  }, patience);
  await writeSettings();
  await server.kill('SIGKILL');
});

it('an instance on leased room says so, and is off when the lease starts', { timeout: 200_000 }, async () => {
  const startTime = inSeconds(25);
  const { id } = await book('owner', {
    wish: { config: everything() },
    startTime: iso(startTime),
    endTime: iso(startTime + day),
    graceSeconds: 1,
  });
  const made = await daemon.call('POST', '/v1/instances', { name: 'filler', config: everything() });
  expect(made.body['notices']).toContainEqual(
    expect.stringContaining('the lease "owner" has what it uses') as string,
  );
  const { uuid } = made.body;
  await vi.waitFor(async () => expect(await domainState(uuid)).toBe('running'), patience);
  const { instance } = await becomes(id, 'active');
  expect(await domainState(uuid)).toBe('shut off');
  expect(await domainState(instance)).toBe('running');
  const again = await daemon.call('POST', '/v1/instances/filler/start', {});
  expect(again).toMatchObject({ status: 409, body: { code: 'lease-conflict' } });
  expect(await daemon.cli(['lease', 'cancel', 'owner'])).toMatchObject({ exitCode: 0 });
  await becomes(id, 'ended');
  expect((await daemon.call('POST', '/v1/instances/filler/start', {})).status).toBe(202);
});
