import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { guestImage } from '../guest/guest-image.ts';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { cliProgram } from './cli-process.ts';
import { createWorkspace, type Workspace } from './daemon.ts';
import { startDaemonInside, type DaemonInside } from './daemon-inside.ts';

/** A guest boots without KVM. */
const bootMs = 180_000;
const pool = 'whole-life';
const mib = 2 ** 20;

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;
let files: string;
/** What the host had before there was an instance. */
let before: Record<string, unknown>;

const protium = async (...args: string[]): Promise<string> => {
  const run = await host.run(process.execPath, [cliProgram, ...args], {
    cwd: files,
    env: { HOME: files, XDG_STATE_HOME: path.join(files, 'state') },
    reject: false,
  });
  expect(run).toMatchObject({ exitCode: 0 });
  return run.stdout;
};
const ssh = (command: string): Promise<string> => protium('ssh', 'helium', '-i', 'me', '--', command);
const output = async (program: string, ...args: string[]): Promise<string> =>
  (await host.run(program, args, { reject: false })).stdout.trim();
const virsh = (...args: string[]): Promise<string> => output('virsh', '-q', '-c', 'qemu:///system', ...args);
const forwarded = (): Promise<string> => output('curl', '-s', '-m', '5', 'http://127.0.0.1:8080/');

/** Everything in which a VM could leave a trace. */
async function traces(): Promise<Record<string, unknown>> {
  const volumes = await Promise.all(
    [pool, `${pool}-images`].map(async (name) => [name, (await virsh('vol-list', name)).split(/\s+/).sort()]),
  );
  const places = ['/var/lib/libvirt', '/etc/libvirt', '/var/log/libvirt/qemu', workspace.stateDirectory];
  const found = (await output('find', ...places, '-type', 'f')).split('\n').sort();
  return {
    domains: await virsh('list', '--all', '--name'),
    volumes: Object.fromEntries(volumes) as unknown,
    network: await virsh('net-dumpxml', 'default', '--inactive'),
    leases: await virsh('net-dhcp-leases', 'default'),
    filters: (await virsh('nwfilter-list')).split('\n').filter((line) => line.includes('protium')),
    rules: (await output('nft', 'list', 'ruleset')).replaceAll(/packets \d+ bytes \d+/g, ''),
    // The database is there before and after; its side files come and go.
    files: found.filter((file) => !/\/protium\.db|\/port-forwards\.nft\.json$/.test(file)),
  };
}

const start = async (): Promise<void> => {
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: pool,
    PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
    PROTIUM_IMAGE_POOL: `${pool}-images`,
    PROTIUM_IMAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}-images`,
  });
  await vi.waitFor(async () => {
    expect((await daemon.call('GET', '/v1/host')).status).toBe(200);
  }, 60_000);
};

beforeAll(async () => {
  host = await startPrivateHost(`protium-life-${process.pid}`);
  workspace = await createWorkspace();
  files = await mkdtemp(path.join(tmpdir(), 'whole-life-'));
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me', '-f', path.join(files, 'me')]);
  await cp((await guestImage()).disk, path.join(files, 'tiny.qcow2'));
  await writeFile(
    path.join(files, 'helium.json'),
    JSON.stringify({ cpu: { slots: 1, overprovision: 10, allowSMT: true }, ram: { ramsize: 256 } }),
  );
  await start();
  await protium('image', 'import', 'tiny', '--file', 'tiny.qcow2', '--login-user', 'root');
  // The first VM makes the pool, and starts the network.
  await protium('create', 'first', '-f', 'helium.json', '--image', 'tiny', '--key', 'me.pub');
  await protium('delete', 'first', '--yes');
  before = await traces();
});

afterAll(async () => {
  await daemon.end();
  await host.down();
  await workspace.remove();
  await rm(files, { recursive: true });
});

it('is made from an image with a key, and answers to ssh', { timeout: bootMs }, async () => {
  await protium('create', 'helium.json', '--image', 'tiny', '--key', 'me.pub', '--wait-for', 'ssh');
  expect(await ssh('hostname')).toBe('helium');
});

it('goes back to a snapshot: a file that was deleted is there again', { timeout: bootMs }, async () => {
  await ssh('echo precious > /data/file && sync');
  await protium('snapshot', 'create', 'helium', 'one', '--memory');
  await ssh('rm /data/file && sync');
  expect(await ssh('ls /data/file || true')).toBe('');
  await protium('snapshot', 'revert', 'helium', 'one', '--yes');
  expect(await ssh('cat /data/file')).toBe('precious');
  await protium('snapshot', 'delete', 'helium', 'one', '--yes');
});

it('gets a larger disk, and its guest sees it', { timeout: bootMs }, async () => {
  await protium('resize-volume', 'helium', 'vda', '512MiB');
  expect(await ssh('cat /sys/block/vda/size')).toBe(String((512 * mib) / 512));
  expect(await ssh('cat /data/file')).toBe('precious');
});

it('has its server reached by a port of the host', { timeout: bootMs }, async () => {
  await protium('port-forward', 'open', 'helium', '80', '--host-port', '8080', '--host-address', '0.0.0.0');
  expect(await forwarded()).toContain('helium');
});

it(
  'keeps its address and port over stop and start, and a restart of the daemon',
  { timeout: bootMs },
  async () => {
    const address = async () =>
      (
        JSON.parse(await protium('get', 'helium', '-o', 'json')) as {
          instance: { addresses: { address: string }[] };
        }
      ).instance.addresses
        .map((each) => each.address)
        .filter((each) => each.includes('.'));
    const had = await address();
    expect(had).toHaveLength(1);
    await protium('stop', 'helium');
    expect(await forwarded()).toBe('');
    await daemon.end();
    await start();
    await protium('start', 'helium');
    expect(await ssh('cat /data/file')).toBe('precious');
    expect(await address()).toEqual(had);
    await expect.poll(forwarded, { timeout: 30_000 }).toContain('helium');
  },
);

it('leaves the host as it was', { timeout: bootMs }, async () => {
  const having = await traces();
  expect(having).not.toEqual(before);
  expect(having['leases']).not.toEqual(before['leases']);
  await protium('delete', 'helium', '--yes');
  expect(await traces()).toEqual(before);
});
