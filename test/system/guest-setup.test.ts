import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { guestImage } from '../guest/guest-image.ts';
import { waitForSerial } from '../guest/serial.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import {
  call,
  createWorkspace,
  startDaemonProcess,
  type DaemonUnderTest,
  type JsonAnswer,
  type Workspace,
} from './daemon.ts';

const bootMs = 100_000;
const owner = 'f'.repeat(32);
const pool = 'protium-setup';
const poolDirectory = `/var/lib/libvirt/images/${pool}`;
const disk = randomUUID();
const password = 'pa55word-once';

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonUnderTest;
let directory: string;
let publicKey: string;
const file = (name: string): string => path.join(directory, name);

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args])).stdout.trim();
const domains = async () => (await virsh('list', '--all', '--name')).split('\n').filter(Boolean);
const volumes = async () =>
  (await virsh('vol-list', pool)).split('\n').map((line) => line.trim().split(/\s+/)[0] ?? '');
const seeds = () => readdir(path.join(workspace.stateDirectory, 'seeds')).catch(() => []);

const start = async (): Promise<void> => {
  daemon = await startDaemonProcess({
    libvirtUri: host.uri,
    workingDirectory: workspace.directory,
    stateDirectory: workspace.stateDirectory,
    env: { PROTIUM_STORAGE_POOL: pool, PROTIUM_STORAGE_DIRECTORY: poolDirectory },
  });
  // The host is read once libvirt is.
  await vi.waitFor(async () => {
    expect((await call(daemon, 'GET', '/statusjson')).status).toBe(200);
  }, 30_000);
};

const register = (name: string, more: object): Promise<JsonAnswer> =>
  call(daemon, 'POST', '/register', {
    client_uid: owner,
    vm_name: name,
    req: { slots: 1, ramsize: 256, allowSMT: true, overprovision: 10 },
    authentication: { username: 'alice', password, 'ssh-key': publicKey },
    ...more,
  });

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  directory = await mkdtemp(path.join(tmpdir(), 'guest-setup-'));
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file('key')]);
  publicKey = await readFile(file('key.pub'), 'utf8');
  await virsh('pool-define-as', pool, 'dir', '--target', poolDirectory);
  await virsh('pool-build', pool);
  await cp((await guestImage()).disk, path.join(host.directory, 'lib/images', pool, `${disk}.qcow2`));
  await virsh('pool-start', pool);
  await start();
});

afterAll(async () => {
  await daemon.end();
  for (const domain of await domains()) {
    await virsh('destroy', domain).catch(() => undefined);
    await virsh('undefine', domain);
  }
  await virsh('net-destroy', 'default').catch(() => undefined);
  await virsh('pool-destroy', pool);
  await virsh('pool-undefine', pool);
  await workspace.remove();
  await rm(directory, { recursive: true });
});

describe('a guest that is registered with a key, a password and a cloud-config', () => {
  let answer: JsonAnswer;
  let uuid: string;
  let address: string;

  const ssh = async (command: string): Promise<string> => {
    const keys = answer.body['sshHostKeys'] as readonly string[];
    await writeFile(file('known_hosts'), keys.map((key) => `${address} ${key}\n`).join(''));
    const options = [
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${file('known_hosts')}`,
      `IdentityFile=${file('key')}`,
    ].flatMap((option) => ['-o', option]);
    return (await host.run('ssh', ['-F', 'none', ...options, `alice@${address}`, command])).stdout;
  };

  it('is announced by canallocate, and runs', async () => {
    const { body } = await call(daemon, 'POST', '/canallocate', {
      slots: 1,
      ramsize: 256,
      authentication: { password },
    });
    expect(body).toMatchObject({ canallocate: true, plan: { seed: { pool } } });
    answer = await register('Web <1>', {
      volumes: [{ vid: disk }],
      cloudinit: '#cloud-config\nruncmd:\n  - echo "$(hostname) s3cret-command" >/data/ran\n',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('protium-notice') ?? '').not.toContain('not applied');
    uuid = String(answer.body['uniqueID']);
    expect(await volumes()).toContain(`${uuid}-seed.iso`);
    expect(await virsh('domblklist', '--details', 'web-1')).toMatch(
      new RegExp(`file +cdrom +sda +${poolDirectory}/${uuid}-seed.iso`),
    );
  });

  it('sets itself up at its first boot', async () => {
    const log = path.join(host.directory, `log/qemu/${uuid}-serial0.log`);
    const ready = await waitForSerial(log, /READY .*\r\n/, bootMs);
    expect(ready).toContain(`READY hostname=web-1 instance=${uuid} `);
    expect(ready).not.toContain('WARNING');
    expect(answer.body['sshHostKeys']).toContain(/HOSTKEY (\S+ \S+)/.exec(ready)?.[1]);
    address = /addresses=([\d.]+)/.exec(ready)?.[1] ?? '';
  });

  it('lets its user in by ssh, and is known by its key at the first time', async () => {
    expect(await ssh('id -un; hostname; cat /data/ran')).toBe('alice\nweb-1\nweb-1 s3cret-command');
  });

  it('tells where it is to be reached, and that its agent is there', async () => {
    const { body } = await call(daemon, 'GET', `/v1/instances/${uuid}`);
    const told = body['instance'] as Record<string, unknown>;
    expect(told).toMatchObject({
      sshHostKeys: answer.body['sshHostKeys'],
      agentConnected: true,
      readiness: 'agentConnected',
    });
    expect(told['addresses']).toContainEqual(
      expect.objectContaining({ address, family: 'ipv4', source: 'agent', interface: 'eth0' }),
    );
  });

  it('takes the password on its console', async () => {
    const client = createRpcClient({ uri: host.uri });
    const serial = await client.domains.openConsole({ name: 'web-1', uuid, id: null });
    serial.write('\r');
    await waitForSerial(serial, 'web-1 login: ', 20_000);
    serial.write('alice\r');
    await waitForSerial(serial, 'Password: ', 20_000);
    serial.write(`${password}\r`);
    await waitForSerial(serial, 'alice@web-1:', 20_000);
    serial.destroy();
    await client.close();
  });

  it('its secrets are in its seed alone', async () => {
    const secrets = [password, 's3cret-command', publicKey.split(' ')[1] ?? '', 'PRIVATE KEY', '$6$'];
    const state = (name: string) =>
      readFile(path.join(workspace.stateDirectory, name), 'latin1').catch(() => '');
    const places = [
      await state('protium.db'),
      await state('protium.db-wal'),
      JSON.stringify(daemon.log),
      await virsh('dumpxml', 'web-1'),
      (await call(daemon, 'GET', '/v1/operations')).text,
      (await call(daemon, 'GET', `/v1/instances/${uuid}`)).text,
      answer.text,
    ];
    for (const place of places) {
      expect(place).not.toBe('');
      for (const secret of secrets) expect(place).not.toContain(secret);
    }
    expect(await seeds()).toEqual([]);
  });

  it('unregister removes the seed, and keeps the disk', async () => {
    const gone = await call(daemon, 'DELETE', '/unregister', { client_uid: owner, vm_uid: uuid });
    expect(gone.body).toMatchObject({ unregistered: true });
    expect(await domains()).toEqual([]);
    expect(await volumes()).toEqual([`${disk}.qcow2`]);
  });
});

describe('a daemon that is killed in the middle leaves no secret', () => {
  it.each([
    ['while the seed is made', seeds],
    ['when the seed is uploaded', async () => (await volumes()).filter((name) => name.endsWith('.iso'))],
    ['when the domain is there', domains],
  ])('%s', async (_name, signs) => {
    const request = register('halfway', {}).catch(() => null);
    await expect.poll(signs, { interval: 1, timeout: 30_000 }).not.toEqual([]);
    await daemon.end('SIGKILL');
    await request;
    await start();
    await expect.poll(domains, { timeout: 30_000 }).toEqual([]);
    await expect.poll(volumes).toEqual([`${disk}.qcow2`]);
    expect(await seeds()).toEqual([]);
  });
});
