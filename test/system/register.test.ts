import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { example } from '../examples/elemento/examples.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import {
  call,
  createWorkspace,
  startDaemonProcess,
  type DaemonUnderTest,
  type JsonAnswer,
  type Workspace,
} from './daemon.ts';

const owner = 'f'.repeat(32);
const other = 'e'.repeat(32);
const pool = 'protium-register';

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonUnderTest;

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();
const domains = async () => (await virsh('list', '--all', '--name')).split('\n').filter(Boolean);
const volumes = async () => (await virsh('vol-list', pool)).split('\n').filter(Boolean);

const register = (name: string, config: object, more: object = {}): Promise<JsonAnswer> =>
  call(daemon, 'POST', '/register', { client_uid: owner, vm_name: name, req: config, ...more });
const unregister = (id: unknown, client = owner, more: object = {}): Promise<JsonAnswer> =>
  call(daemon, 'DELETE', '/unregister', { client_uid: client, vm_uid: id, ...more });
const running = async (): Promise<readonly { uniqueID: string; vm_name: string }[]> =>
  (await call(daemon, 'GET', `/running?client_uid=${owner}`)).body as never;

const start = async (): Promise<void> => {
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env: {
      PROTIUM_STORAGE_POOL: pool,
      PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
    },
  });
  // The host is read once libvirt is.
  await vi.waitFor(async () => {
    expect((await call(daemon, 'GET', '/statusjson')).status).toBe(200);
  }, 30_000);
};

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  await start();
});

afterEach(async () => {
  for (const domain of await domains()) {
    await virsh('destroy', domain);
    await virsh('undefine', domain, '--nvram', '--managed-save', '--snapshots-metadata');
  }
  for (const line of await volumes())
    await virsh('vol-delete', '--pool', pool, line.trim().split(/\s+/)[0] ?? '');
  await virsh('net-destroy', 'default');
  await vi.waitFor(async () => {
    expect(await running()).toEqual([]);
  }, 30_000);
});

afterAll(async () => {
  await daemon.end();
  await virsh('pool-destroy', pool);
  await virsh('pool-undefine', pool);
  await workspace.remove();
});

describe('register', () => {
  it('makes a config a running VM, and unregister leaves nothing', async () => {
    const before = (await call(daemon, 'GET', '/statusjson')).text;
    const answer = await register(`Helium ]]>&"'<`, example('template-helium') as object, {
      volumes: [{ size_gb: 0.1 }],
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('vary')).toBe('Accept');
    expect(answer.body).toMatchObject({
      registered: true,
      req_json: { slots: 1, ramsize: 512, arch: ['X86_64'], netdevs: [], vm_name: `Helium ]]>&"'<` },
      xml: expect.stringContaining('<name>helium</name>') as string,
    });
    expect(await virsh('domstate', 'helium')).toBe('running');
    expect(await virsh('desc', 'helium', '--title')).toBe(`Helium ]]>&"'<`);
    expect(await volumes()).toHaveLength(1);
    const id = answer.body['uniqueID'];
    expect(await virsh('domuuid', 'helium')).toBe(id);
    expect(await running()).toMatchObject([{ uniqueID: id }]);

    // Of another client, and of nobody.
    expect((await unregister(id, other)).status).toBe(204);
    expect((await unregister(other)).headers.get('protium-reason')).toContain('no such VM');
    const gone = await unregister(String(id).replaceAll('-', '').toUpperCase(), owner, { purge: true });
    expect(gone.body).toEqual({ unregistered: true, uniqueID: id, keptVolumes: [], notices: [] });
    expect(await domains()).toEqual([]);
    expect(await volumes()).toEqual([]);
    expect((await unregister(id)).status).toBe(204);
    await expect.poll(async () => (await call(daemon, 'GET', '/statusjson')).text).toBe(before);
  });

  it('Windows 11 gets UEFI with secure boot and a TPM', async () => {
    const answer = await register('win', {
      slots: 2,
      ramsize: 4096,
      misc: { os_family: 'windows', os_flavour: 'windows11' },
    });
    expect(answer.status).toBe(200);
    const xml = await virsh('dumpxml', 'win');
    expect(xml).toContain("secure='yes'");
    expect(xml).toContain("<backend type='emulator' version='2.0'");
    expect(xml).toContain('http://microsoft.com/win/11');
    expect((await unregister(answer.body['uniqueID'])).status).toBe(200);
    expect(await domains()).toEqual([]);
  });

  it('the same request again is the same VM; another one of that name is another', async () => {
    const config = { slots: 1, ramsize: 128, allowSMT: true, overprovision: 10 };
    const [first, atOnce] = await Promise.all([register('twin', config), register('twin', config)]);
    const again = await register('twin', config);
    expect([atOnce.body['uniqueID'], again.body['uniqueID']]).toEqual([
      first.body['uniqueID'],
      first.body['uniqueID'],
    ]);
    const more = await register('twin', { ...config, ramsize: 256 });
    expect(more.status).toBe(200);
    const suffix = String(more.body['uniqueID']).slice(0, 8);
    expect((await domains()).sort()).toEqual(['twin', `twin-${suffix}`]);
  });

  it('says all that stands in the way: in the header, and in full in canallocate', async () => {
    const config = example('specfile-seed-ai-track') as object;
    const answer = await register('seed', config);
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers.get('protium-reason')).toMatch(
      /This host has no device 10de:2489.*This host has no device 10de:228b/,
    );
    const { body } = await call(daemon, 'POST', '/api/v1.0/canallocate', config);
    expect(body).toMatchObject({ canallocate: false });
    expect((body['reasons'] as { code: string }[]).map(({ code }) => code)).toContain('device-absent');
    expect(await domains()).toEqual([]);
  });

  it('what is malformed is told by field, secrets left out', async () => {
    const answer = await register('bad', { slots: 0, ramsize: 4, auth: { password: 12345 } });
    expect(answer.status).toBe(400);
    expect((answer.body['errors'] as { path: string }[]).map(({ path: field }) => field).sort()).toEqual([
      'req.auth.password',
      'req.ramsize',
      'req.slots',
    ]);
    expect(answer.text).not.toContain('12345');
  });

  it('no secret is kept: not in the document, the log or the journal', async () => {
    const answer = await register(
      'quiet',
      { slots: 1, ramsize: 128 },
      { authentication: { username: 'alice', password: 'pa55word-once' } },
    );
    expect(answer.status).toBe(200);
    const database = await readFile(path.join(workspace.stateDirectory, 'protium.db'));
    const journal = await readFile(path.join(workspace.stateDirectory, 'protium.db-wal')).catch(() =>
      Buffer.alloc(0),
    );
    for (const place of [
      database.toString('latin1'),
      journal.toString('latin1'),
      JSON.stringify(daemon.log),
      answer.text,
    ]) {
      expect(place).not.toContain('pa55word-once');
    }
  });

  it('many at once: the host is never promised twice', async () => {
    const { body: status } = await call(daemon, 'GET', '/statusjson');
    const { ncores } = status['cpu'] as { ncores: number };
    const exclusive = { slots: 1, ramsize: 128, allowSMT: false, overprovision: 1 };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => register(`crowd-${index}`, exclusive)),
    );
    expect(answers.filter(({ status: code }) => code === 200)).toHaveLength(ncores);
    expect(answers.filter(({ status: code }) => code === 204)).toHaveLength(40 - ncores);
    expect(await domains()).toHaveLength(ncores);
    const pins = await Promise.all((await domains()).map((domain) => virsh('emulatorpin', domain)));
    expect(new Set(pins).size).toBe(ncores);
  });

  it('a domain that somebody else started counts', async () => {
    const { body: before } = await call(daemon, 'GET', '/statusjson');
    const { avail } = before['mem'] as { avail: number };
    const xml = `<domain type='qemu'><name>foreign</name><memory unit='MiB'>256</memory><os><type machine='q35'>hvm</type></os></domain>`;
    await host.run('sh', [
      '-c',
      `echo "${xml}" > /tmp/foreign.xml && virsh -q -c qemu:///system create /tmp/foreign.xml`,
    ]);
    await expect
      .poll(async () => ((await call(daemon, 'GET', '/statusjson')).body['mem'] as { avail: number }).avail)
      .toBe(avail - 256 - 128);
  });
});

it('a daemon that is killed in the middle leaves nothing behind', async () => {
  const request = register('halfway', { slots: 1, ramsize: 128 }, { volumes: [{ size_gb: 0.1 }] }).catch(
    () => null,
  );
  await expect.poll(domains, { interval: 2 }).toEqual(['halfway']);
  await daemon.end('SIGKILL');
  await request;
  await start();
  await expect.poll(domains, { timeout: 30_000 }).toEqual([]);
  await expect.poll(volumes).toEqual([]);
  const { body } = await call(daemon, 'GET', '/v1/operations');
  const [last] = body['operations'] as { kind: string; state: string }[];
  expect(last).toMatchObject({ kind: 'instance.register', state: 'OPERATION_STATE_FAILED' });
});
