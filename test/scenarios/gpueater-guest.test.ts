import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { guestImage } from '../guest/guest-image.ts';
import { privateHost, type PrivateHost, type RunResult } from '../host/private-host.ts';
import { cliProgram } from '../system/cli-process.ts';
import { createWorkspace, type Workspace } from '../system/daemon.ts';
import { startDaemonInside, type DaemonInside } from '../system/daemon-inside.ts';

/** GPUEater's storage by raw requests, and its functions over SSH, against one guest. */
const pool = 'gpueater-guest';
const archive = 'gpueater-archive';
const images = '/var/lib/libvirt/images';
const gib = 2 ** 30;

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;
let files: string;
const file = (name: string): string => path.join(files, name);

const virsh = async (...args: string[]): Promise<string> =>
  (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();

let guestUrl = '';
const protium = (...args: string[]): Promise<RunResult> =>
  host.run(process.execPath, [cliProgram, ...args], {
    cwd: files,
    env: { PROTIUM_ADDRESS: '127.0.0.1:7001', HOME: files, GPUEATER_URL: guestUrl },
    reject: false,
  });
const succeeded = async (...args: string[]): Promise<string> => {
  const { stdout, ...run } = await protium(...args);
  expect(run).toEqual({ exitCode: 0, stderr: expect.any(String) as string });
  return stdout;
};
const inGuest = (line: string) => succeeded('ssh', 'helium', '-i', file('me.pem'), '--', line);

interface Answer {
  readonly data: Record<string, string> | null;
  readonly error: string | null;
}
interface User {
  readonly owner: string;
  readonly url: string;
}
async function user(name: string): Promise<User> {
  const { accessKey, url } = JSON.parse(await succeeded('gpueater', 'url', '--user', name, '-o', 'json')) as {
    accessKey: { owner: string };
    url: string;
  };
  return { owner: accessKey.owner, url };
}
/** As a client sends it, byte for byte. */
async function post(who: User, route: string, form: string): Promise<Answer> {
  const args = ['-s', '--data-binary', form, `${who.url}/console/servers/${route}`];
  return JSON.parse((await host.run('curl', args)).stdout) as Answer;
}

let ann: User;
let bob: User;
let uuid = '';

beforeAll(async () => {
  host = await privateHost(await hostOfWorker());
  workspace = await createWorkspace();
  files = await mkdtemp(path.join(tmpdir(), 'gpueater-guest-'));
  await mkdir(file('.ssh'));
  await execa('ssh-keygen', ['-q', '-t', 'ecdsa', '-m', 'PEM', '-N', '', '-C', 'me', '-f', file('me.pem')]);
  await cp(file('me.pem'), file('.ssh/me.pem'));
  const disk = randomUUID();
  for (const name of [pool, archive]) {
    await virsh('pool-define-as', name, 'dir', '--target', `${images}/${name}`);
    await virsh('pool-build', name);
  }
  await cp((await guestImage()).disk, path.join(host.directory, 'lib/images', pool, `${disk}.qcow2`));
  for (const name of [pool, archive]) await virsh('pool-start', name);
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: pool,
    PROTIUM_STORAGE_DIRECTORY: `${images}/${pool}`,
    PROTIUM_REGIONS: `local=${pool},archive=${archive}`,
  });
  await vi.waitFor(async () => {
    expect((await daemon.call('GET', '/v1/host')).status).toBe(200);
  }, 30_000);
  ann = await user('ann');
  bob = await user('bob');
  guestUrl = ann.url;
  const config = { slots: 1, ramsize: 192, allowSMT: true, overprovision: 10, volumes: [{ vid: disk }] };
  await writeFile(file('helium.json'), JSON.stringify(config));
  await succeeded(
    ...['create', 'helium.json', '--key', 'me.pem.pub', '--user', 'root'],
    ...['--owner', ann.owner, '--wait-for', 'ssh'],
  );
  uuid = (JSON.parse(await succeeded('get', 'helium', '-o', 'json')) as { instance: { uuid: string } })
    .instance.uuid;
}, 180_000);

afterAll(async () => {
  await daemon.end();
  await virsh('destroy', 'helium');
  await virsh('undefine', 'helium');
  await virsh('net-destroy', 'default');
  for (const name of [pool, archive]) {
    await virsh('pool-destroy', name);
    await virsh('pool-undefine', name);
    await host.run('rm', ['-rf', `${images}/${name}`]);
  }
  await workspace.remove();
  await rm(files, { recursive: true });
});

describe('a volume of a user', () => {
  let id = '';

  it('is made, attached under its id, written to by the guest, and not deleted meanwhile (V01)', async () => {
    const made = await post(ann, 'create_volume', 'region_id=local&storage_type=qcow2&volume=1');
    expect(made).toMatchObject({ error: null, data: { region_id: 'local', size: 1, state: 'AVAILABLE' } });
    id = made.data?.['volume_id'] ?? '';
    expect(await virsh('vol-info', '--bytes', id, '--pool', pool)).toContain(String(gib));
    expect(await post(bob, 'attach_volume', `volume_id=${id}&instance_id=${uuid}`)).toEqual({
      data: null,
      error: `There is no volume "${id}".`,
    });
    const attached = await post(ann, 'attach_volume', `instance_id=${uuid}&volume_id=${id}&tag=x%20y`);
    expect(attached).toMatchObject({ error: null, data: { state: 'ATTACHED', instance_id: uuid } });
    // What udev names /dev/disk/by-id/virtio-… after.
    const written = await inGuest(
      `d=$(grep -lx ${id} /sys/block/*/serial | cut -d/ -f4); printf a-marker | dd of=/dev/$d conv=fsync 2>/dev/null; echo $d`,
    );
    expect(written).toMatch(/^vd[b-z]$/);
    for (const route of ['delete_volume', 'transfer_volume']) {
      expect(await post(ann, route, `volume_id=${id}&region_id=archive`)).toMatchObject({
        data: null,
        error: expect.stringMatching(/is needed by domain "helium"/) as string,
      });
    }
    expect(await post(ann, 'attach_volume', `instance_id=${uuid}&volume_id=${id}`)).toMatchObject({
      error: expect.stringMatching(/is a disk of helium/) as string,
    });
    expect(await post(bob, 'detach_volume', `volume_id=${id}`)).toMatchObject({ data: null });
    expect(await post(ann, 'detach_volume', `volume_id=${id}`)).toMatchObject({
      error: null,
      data: { state: 'AVAILABLE' },
    });
    expect(await inGuest(`grep -lx ${id} /sys/block/*/serial || echo none`)).toBe('none');
  });

  it('is transferred to another region with all its bytes, and nothing stays (V02)', async () => {
    const digest = async (of: string) =>
      (await host.run('sha256sum', [`${images}/${of}/${id}`])).stdout.split(' ')[0];
    const before = await digest(pool);
    const begun = await post(ann, 'transfer_volume', `volume_id=${id}&region_id=archive`);
    const transaction = begun.data?.['transaction_id'] ?? '';
    const waited = await daemon.call('GET', `/v1/operations/${transaction}/wait?timeoutSeconds=60`);
    expect(waited.body).toMatchObject({
      operation: { state: 'OPERATION_STATE_SUCCEEDED', owner: ann.owner },
    });
    expect(await digest(archive)).toBe(before);
    expect(await virsh('vol-list', pool)).not.toContain(id);
    expect(await succeeded('gpueater', 'call', 'volume_list', '-o', 'json')).toContain(
      '"region_id": "archive"',
    );
    // It is as it was, for the guest too.
    expect(await post(ann, 'attach_volume', `instance_id=${uuid}&volume_id=${id}`)).toMatchObject({
      error: null,
    });
    expect(await inGuest(`head -c 8 /dev/$(grep -lx ${id} /sys/block/*/serial | cut -d/ -f4)`)).toBe(
      'a-marker',
    );
    await succeeded('gpueater', 'call', 'detach_volume', `volume_id=${id}`);
  });

  it('is deleted by its owner alone', async () => {
    expect((await protium('gpueater', 'call', 'delete_volume', 'volume_id=vol-none')).exitCode).toBe(3);
    expect(await post(bob, 'delete_volume', `volume_id=${id}`)).toMatchObject({ data: null });
    expect(await post(ann, 'delete_volume', `volume_id=${id}`)).toEqual({
      data: { volume_id: id },
      error: null,
    });
    expect(await virsh('vol-list', archive)).toBe('');
    expect(await post(ann, 'delete_volume', `volume_id=${id}`)).toMatchObject({ data: null });
    expect(JSON.parse(await succeeded('gpueater', 'call', 'volume_list'))).toEqual([]);
  });
});

describe('a guest, over SSH (E05)', () => {
  const key = 'ssh_key_file_name=me';

  it('is copied to and from, by its name and by its address', async () => {
    await mkdir(file('notes/deep'), { recursive: true });
    await writeFile(file('notes/deep/one'), 'first\n');
    await succeeded('gpueater', 'copy', 'helium', 'action=put', 'src=notes', 'dst=/tmp/notes', key);
    expect(await inGuest('cat /tmp/notes/deep/one')).toBe('first');
    const addresses = await succeeded('get', 'helium', '-o', 'json');
    const [address = ''] = /192\.168\.\d+\.\d+/.exec(addresses) ?? [];
    // By the name of the function, as the form of an instance would say it.
    await succeeded(
      ...['gpueater', 'call', 'copy_file', 'action=get', 'src=/tmp/notes', 'dst=back', `instance_id=${uuid}`],
      ...[`ipv4=${address}`, 'sshd_user=root', 'sshd_port=22', key],
    );
    expect(await readFile(file('back/deep/one'), 'utf8')).toBe('first\n');
    // An address alone: only by keys that are known.
    const list = ['gpueater', 'list', `host=${address}`, 'src=/tmp/notes', key, 'known_hosts=known'];
    await writeFile(file('known'), '');
    const unknown = await protium(...list);
    expect(unknown.exitCode).not.toBe(0);
    expect(unknown.stderr).toMatch(/Host key verification failed/);
    const { instance } = JSON.parse(addresses) as { instance: { sshHostKeys: string[] } };
    await writeFile(file('known'), instance.sshHostKeys.map((each) => `${address} ${each}\n`).join(''));
    expect(await succeeded(...list)).toMatch(/deep/);
  });

  it('has directories made, files moved and listed, and deleted only as asked', async () => {
    const run = (...words: string[]) => protium('gpueater', ...words, key);
    expect(await run('mkdir', 'helium', "dst=/tmp/it's a/b")).toMatchObject({ exitCode: 0 });
    expect(await run('move', 'helium', 'src=/tmp/notes/deep/one', "dst=/tmp/it's a/b/$HOME")).toMatchObject({
      exitCode: 0,
    });
    expect((await run('list', 'helium', "src=/tmp/it's a/b")).stdout).toContain(' $HOME');
    expect((await run('delete', 'helium', "src=/tmp/it's a")).exitCode).not.toBe(0);
    expect(await run('delete', 'helium', "src=/tmp/it's a/b/$HOME")).toMatchObject({ exitCode: 0 });
    expect(await run('delete', 'helium', "src=/tmp/it's a", 'recursive=true')).toMatchObject({ exitCode: 0 });
  });

  it('is synchronized, and nothing is copied twice', async () => {
    const synchronize = async (...words: string[]) =>
      JSON.parse(
        await succeeded('gpueater', 'synchronize', 'helium', ...words, key, '-o', 'json'),
      ) as unknown;
    await mkdir(file('tree/a b'), { recursive: true });
    for (const name of ['one', 'a b/w*[x]?', 'a b/wx', '-dash', 'q"uo\\te'])
      await writeFile(file(`tree/${name}`), name);
    const put = ['action=put', 'src=tree', 'dst=/tmp/tree', 'delete=true'];
    expect(await synchronize(...put)).toMatchObject({
      copied: ['-dash', 'a b/w*[x]?', 'a b/wx', 'one', 'q"uo\\te'],
      made: ['a b'],
    });
    expect(await synchronize(...put)).toEqual({ copied: [], made: [], removed: 0 });
    expect(await inGuest("cat '/tmp/tree/a b/w*[x]?'")).toBe('a b/w*[x]?');
    await writeFile(file('tree/one'), 'changed');
    await rm(file('tree/-dash'));
    await inGuest('mkdir /tmp/tree/extra; echo x > /tmp/tree/extra/y');
    expect(await synchronize(...put)).toEqual({ copied: ['one'], made: [], removed: 3 });
    const get = ['action=get', 'src=/tmp/tree', 'dst=copy'];
    expect(await synchronize(...get)).toMatchObject({ made: ['a b'] });
    expect(await synchronize(...get)).toEqual({ copied: [], made: [], removed: 0 });
    expect((await readdir(file('copy'))).sort()).toEqual(['a b', 'one', 'q"uo\\te']);
    expect(Math.floor((await stat(file('copy/one'))).mtimeMs / 1000)).toBe(
      Math.floor((await stat(file('tree/one'))).mtimeMs / 1000),
    );
    const absent = await protium(
      'gpueater',
      'synchronize',
      'helium',
      'action=put',
      'src=none',
      'dst=/tmp/none',
      key,
    );
    expect(absent.exitCode).toBe(3);
  });

  it('is logged in to', async () => {
    const run = await host.run(process.execPath, [cliProgram, 'gpueater', 'login', 'helium', key], {
      cwd: files,
      env: { PROTIUM_ADDRESS: '127.0.0.1:7001', HOME: files },
      input: 'hostname; id -un; exit 7\n',
      reject: false,
    });
    expect(run.exitCode).toBe(7);
    expect(run.stdout).toMatch(/helium\s+root/);
  });

  it('has a tunnel to it on 127.0.0.1 only, until it is ended', async () => {
    const args = [cliProgram, 'gpueater', 'tunnel', 'helium', 'port=22', 'local_port=2244', key];
    const tunnel = host.spawn(process.execPath, args, {
      cwd: files,
      env: { PROTIUM_ADDRESS: '127.0.0.1:7001', HOME: files },
    });
    try {
      // The guest's sshd greets whoever connects.
      const greeting = () =>
        host.run('timeout', ['2', 'bash', '-c', 'head -n1 </dev/tcp/127.0.0.1/2244'], { reject: false });
      await vi.waitFor(async () => expect((await greeting()).stdout).toMatch(/^SSH-2\.0-/), 30_000);
      const { stdout } = await host.run('ss', ['-tlnH', 'sport = :2244']);
      expect(stdout.trim().split('\n')).toHaveLength(1);
      expect(stdout).toContain('127.0.0.1:2244');
    } finally {
      await tunnel.kill('SIGTERM');
      await tunnel.end;
    }
    await vi.waitFor(async () => expect((await host.run('ss', ['-tlnH', 'sport = :2244'])).stdout).toBe(''));
  });
});
