import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { guestImage } from '../guest/guest-image.ts';
import { startPrivateHost, type PrivateHost, type RunResult } from '../host/private-host.ts';
import { cliProgram } from '../system/cli-process.ts';
import { createWorkspace, type Workspace } from '../system/daemon.ts';
import { startDaemonInside, type DaemonInside } from '../system/daemon-inside.ts';

/** A guest boots without KVM. */
const bootMs = 120_000;
const pool = 'rented';
const clientModule = createRequire(import.meta.url).resolve('gpueater');
const consoleProgram = path.join(path.dirname(clientModule), 'console/index.js');
/** The published client in a process of its own: one function, and what its callback was given. */
const clientProgram = `
  const client = require(${JSON.stringify(clientModule)});
  client.set_params({ interactive: false });
  const [name, form] = JSON.parse(process.argv[1]);
  const done = (error, data) =>
    process.stdout.write('\\n' + JSON.stringify({ error: error ?? null, data }) + '\\n', () => process.exit(0));
  form === null ? client[name](done) : client[name](form, done);
`;

interface Answer {
  readonly error: unknown;
  readonly data: unknown;
}
interface Rented {
  readonly instance_id: string;
  readonly machine_resource_id: string;
  readonly ipv4: string;
  readonly ssh_command: string;
  readonly [field: string]: unknown;
}
interface Choice {
  readonly products: readonly {
    readonly id: string;
    readonly name: string;
    readonly pool: readonly string[];
  }[];
  readonly images: Readonly<Record<string, { readonly name: string }>>;
  readonly ssh_keys: readonly { readonly id: string; readonly name: string }[];
}

let host: PrivateHost;
let workspace: Workspace;
let daemon: DaemonInside;
let files: string;
let url: string;
let before: Record<string, unknown>;
let instance: Rented;

const environment = () => ({ HOME: files, TMPDIR: files, NO_PROXY: '127.0.0.1', GPUEATER_URL: url });
const inside = (program: string, args: readonly string[]): Promise<RunResult> =>
  host.run(program, args, { cwd: files, env: environment(), reject: false });
const output = async (program: string, ...args: string[]): Promise<string> =>
  (await inside(program, args)).stdout.trim();
const virsh = (...args: string[]): Promise<string> => output('virsh', '-q', '-c', 'qemu:///system', ...args);
const protium = async (...args: string[]): Promise<string> => {
  const run = await inside(process.execPath, [cliProgram, ...args]);
  expect(run).toMatchObject({ exitCode: 0 });
  return run.stdout;
};
const client = async (name: string, form?: object): Promise<Answer> => {
  const run = await inside(process.execPath, ['-e', clientProgram, JSON.stringify([name, form ?? null])]);
  expect(run, run.stderr).toMatchObject({ exitCode: 0 });
  return JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '') as Answer;
};
const succeeded = async <T>(name: string, form?: object): Promise<T> => {
  const { error, data } = await client(name, form);
  expect(error).toBeNull();
  return data as T;
};
const list = () => succeeded<readonly Rented[]>('instance_list');
const state = async () => (await list())[0]?.['state'];
const current = async (): Promise<Rented> => {
  const [found] = await list();
  if (found === undefined) throw new Error('there is no instance');
  return found;
};

/** Logs in by the very command that the client made up, with the keys that are published of the guest. */
async function ssh(command: string): Promise<string> {
  const { body } = await daemon.call('GET', `/v1/instances/${instance.instance_id}`);
  const { sshHostKeys } = body['instance'] as { readonly sshHostKeys: readonly string[] };
  const known = path.join(files, 'known_hosts');
  await writeFile(known, sshHostKeys.map((key) => `${instance.ipv4} ${key}\n`).join(''));
  const options = `-o UserKnownHostsFile=${known} -o StrictHostKeyChecking=yes -o BatchMode=yes`;
  // OpenSSH looks into the home of the user database, not of the environment.
  const line = instance.ssh_command.replace('~', files);
  const run = await inside('sh', ['-c', `${line} ${options} '${command}'`]);
  expect(run.exitCode, run.stderr).toBe(0);
  return run.stdout.trim();
}

/** Everything in which an instance could leave a trace. */
const traces = async (): Promise<Record<string, unknown>> => ({
  domains: await virsh('list', '--all', '--name'),
  volumes: (await virsh('vol-list', pool)).split(/\s+/).sort(),
  network: await virsh('net-dumpxml', 'default', '--inactive'),
  addresses: await output('ip', '-o', '-4', 'address', 'show', 'lo'),
  rules: (await output('nft', 'list', 'ruleset')).replaceAll(/packets \d+ bytes \d+/g, ''),
});

beforeAll(async () => {
  host = await startPrivateHost(`protium-rent-${process.pid}`);
  workspace = await createWorkspace();
  files = await mkdtemp(path.join(tmpdir(), 'rented-'));
  await cp((await guestImage()).disk, path.join(files, 'tiny.qcow2'));
  await writeFile(
    path.join(files, 'flavors.yaml'),
    'add:\n' +
      '  - {name: t1.test, vcpus: 1, memoryMib: 256, rootStorageGib: 1, pricePerHour: 0.01}\n' +
      '  - {name: t1.limited, vcpus: 1, memoryMib: 256, rootStorageGib: 1, limited: true}\n' +
      '  - {name: t1.huge, vcpus: 256, memoryMib: 256, rootStorageGib: 1}\n',
  );
  daemon = await startDaemonInside(host, workspace, {
    PROTIUM_STORAGE_POOL: pool,
    PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}`,
    PROTIUM_IMAGE_POOL: `${pool}-images`,
    PROTIUM_IMAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}-images`,
    PROTIUM_FLAVORS: path.join(files, 'flavors.yaml'),
  });
  await vi.waitFor(async () => {
    expect((await daemon.call('GET', '/v1/host')).status).toBe(200);
  }, 60_000);
  url = '';
  // The first instance does so, and leaves it so.
  await virsh('net-start', 'default');
  await protium('image', 'import', 'tiny', '--file', 'tiny.qcow2', '--login-user', 'root');
  ({ url } = JSON.parse(await protium('gpueater', 'url', '--user', 'alice', '-o', 'json')) as {
    url: string;
  });
});

afterAll(async () => {
  await daemon.end();
  await host.down();
  await workspace.remove();
  await rm(files, { recursive: true });
});

it('a key is generated and registered, and there is something to choose from', async () => {
  const key = await succeeded<{ private_key: string; public_key: string }>('generate_ssh_key');
  const pem = path.join(files, '.ssh/laptop.pem');
  await output('mkdir', '-p', path.dirname(pem));
  await writeFile(pem, key.private_key);
  await chmod(pem, 0o600);
  await succeeded('register_ssh_key', { name: 'laptop', public_key: key.public_key });
  const choice = await succeeded<Choice>('ondemand_list');
  expect(choice.ssh_keys).toMatchObject([{ name: 'laptop' }]);
  expect(Object.keys(choice.images)).toEqual(['tiny']);
  const pools = Object.fromEntries(choice.products.map(({ name, pool: hosts }) => [name, hosts.length]));
  expect(pools).toMatchObject({ 't1.test': 1, 't1.limited': 0, 't1.huge': 0, 'c1.tiny': 1 });
  const printed = await output(process.execPath, consoleProgram, 'products');
  expect(printed).toMatch(/t1\.test +InStock\(OK\) CPU\( 1\) +MEM\( +256\)MB +SSD\( +1\)GB +\$0\.01\/h/);
  expect(printed).toMatch(/t1\.huge +InStock\(NG\)/);
  before = await traces();
});

it('a launch of what is not there leaves nothing', async () => {
  const order = { product_id: 't1.test', image: 'tiny', ssh_key_id: 'laptop', tag: 'first' };
  for (const wrong of [
    { product_id: 'n1.none' },
    { product_id: 't1.limited' },
    { product_id: 't1.huge' },
    { image: 'none' },
    { ssh_key_id: 'none' },
  ]) {
    const { error } = await client('launch_ondemand_instance', { ...order, ...wrong });
    expect(error).toEqual(expect.any(String));
  }
  expect(await list()).toEqual([]);
  expect(await traces()).toEqual(before);
});

it(
  'a launch makes a machine as its product says, in which root logs in by the key',
  { timeout: bootMs },
  async () => {
    const order = { product_id: 't1.test', image: 'tiny', ssh_key_id: 'laptop', tag: 'my first' };
    expect(await client('launch_ondemand_instance', order)).toEqual({ error: null, data: null });
    instance = await current();
    expect(instance).toMatchObject({
      state: 'RUNNING',
      tag: 'my first',
      product_name: 't1.test',
      ssh_key_file_name: 'laptop',
      cpu: 1,
      memory: 256,
      root_storage: 1,
      sshd_user: 'root',
      sshd_port: 22,
    });
    expect(instance.ipv4).toMatch(/^10\.77\.0\.\d+$/);
    const { ssh_command: _made, ...sent } = instance;
    for (const value of Object.values(sent)) expect(['string', 'number']).toContain(typeof value);
    expect(JSON.stringify(sent).length).toBeLessThan(4096);
    expect(await virsh('dominfo', instance.instance_id)).toMatch(/CPU\(s\): +1\n[^]*Max memory: +262144 KiB/);
    expect(await ssh('id -un; hostname')).toBe('root\nmy-first');
    expect(await output(process.execPath, consoleProgram, 'instances')).toMatch(/RUNNING/);
  },
);

it('is described with counters that grow', async () => {
  const described = async () =>
    (await succeeded<{ instance_status: Record<string, number> }>('network_description', instance))
      .instance_status;
  const first = await described();
  expect(Object.keys(first).sort()).toEqual([
    ...['bytes_received', 'bytes_sent', 'global_ipv4', 'global_ipv6', 'packets_received', 'packets_sent'],
    ...['private_ipv4', 'root_storage_usage', 'tag'],
  ]);
  expect(first).toMatchObject({ global_ipv4: instance.ipv4 });
  expect(first['private_ipv4']).toMatch(/^192\.168\./);
  expect(first['root_storage_usage']).toBeGreaterThan(0);
  await ssh('true');
  const second = await described();
  for (const name of ['bytes_received', 'bytes_sent', 'packets_received', 'packets_sent'])
    expect(second[name]).toBeGreaterThan(first[name] ?? Infinity);
});

it('gets another tag by Node’s client, and by Python’s request for a termination', async () => {
  await succeeded('change_instance_tag', { ...instance, tag: 'second' });
  expect((await current())['tag']).toBe('second');
  const { username, password } = new URL(url);
  const answer = await daemon.call(
    'POST',
    '/console/servers/force_terminate',
    { instance_id: instance.instance_id, machine_resource_id: instance.machine_resource_id, tag: 'third' },
    {
      'User-Agent': 'PythonAPI',
      'Content-Type': 'application/json',
      Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    },
  );
  expect(answer).toMatchObject({ status: 200, body: { error: null } });
  expect(await current()).toMatchObject({ tag: 'third', state: 'RUNNING' });
});

it('has its ports opened and closed, and moves to another address', async () => {
  const ports = async () =>
    (await succeeded<readonly { port: number }[]>('port_list', instance)).map(({ port }) => port).sort();
  expect(await ports()).toEqual([22]);
  await succeeded('open_port', { ...instance, port: 9999 });
  await succeeded('open_port', { ...instance, port: '9999' });
  expect(await ports()).toEqual([22, 9999]);
  for (const wrong of [{ port: 0 }, { port: 65_536 }, { port: 'x' }, { port: 80, connection_id: 'another' }])
    expect((await client('open_port', { ...instance, ...wrong })).error).toEqual(expect.any(String));
  expect((await client('close_port', { ...instance, port: 22 })).error).toEqual(expect.any(String));
  await succeeded('close_port', { ...instance, port: 9999 });
  expect(await ports()).toEqual([22]);

  await succeeded('renew_ipv4', instance);
  const moved = await current();
  expect(moved.ipv4).not.toBe(instance.ipv4);
  expect(moved['connection_id']).not.toBe(instance['connection_id']);
  instance = moved;
  expect(await ssh('id -un')).toBe('root');
  await succeeded('refresh_ipv4', instance);
  expect(await current()).toMatchObject({ ipv4: moved.ipv4 });
});

it(
  'is restarted: it boots anew, at the same address, and is the same machine',
  { timeout: bootMs },
  async () => {
    const boot = await ssh('cat /proc/sys/kernel/random/boot_id');
    await succeeded('restart_instance', instance);
    await expect
      .poll(() => ssh('cat /proc/sys/kernel/random/boot_id').catch(() => boot), {
        timeout: bootMs,
        interval: 500,
      })
      .not.toBe(boot);
    expect(await list()).toMatchObject([{ instance_id: instance.instance_id, ipv4: instance.ipv4 }]);
  },
);

it(
  'is stopped and started, each twice, and restarted when its processors stand still',
  { timeout: bootMs },
  async () => {
    await succeeded('stop_instance', instance);
    expect(await state()).toBe('STOPPED');
    await succeeded('stop_instance', instance);
    expect(await state()).toBe('STOPPED');
    await succeeded('start_instance', instance);
    expect(await state()).toBe('RUNNING');
    await succeeded('start_instance', instance);
    await virsh('suspend', instance.instance_id);
    await expect.poll(state).toBe('STOPPED');
    await succeeded('emergency_restart_instance', instance);
    expect(await state()).toBe('RUNNING');
    expect((await current()).ipv4).toBe(instance.ipv4);
  },
);

it('what it runs for is charged, and a subscription is had and given back', async () => {
  const charges = await succeeded<readonly Record<string, unknown>[]>('invoice_list');
  const { instance_id } = instance;
  expect(charges.length).toBeGreaterThan(0);
  for (const charge of charges)
    expect(charge).toMatchObject({ instance_id, product_name: 't1.test', price: 0.01 });
  expect(Number(charges.at(-1)?.['seconds'])).toBeGreaterThan(0);

  const plans = await succeeded<readonly { subscription_id: string }[]>('subscription_instance_list');
  const plan = plans.find(({ subscription_id }) => subscription_id === 't1.test');
  expect(plan).toMatchObject({ subscription_id: 't1.test' });
  await succeeded('subscribe_instance', plan);
  const [had] = await succeeded<readonly { subscription_id: string }[]>('subscribed_list');
  expect(await succeeded('subscription_invoice_list')).toMatchObject([
    { subscription_id: had?.subscription_id },
  ]);
  await succeeded('unsubscribe_instance', had);
  expect(await succeeded('subscribed_list')).toEqual([]);
});

it(
  'is brought back to a snapshot, and an image of it makes another machine like it',
  { timeout: 2 * bootMs },
  async () => {
    const answers = () =>
      expect
        .poll(
          () =>
            ssh('true').then(
              () => true,
              () => false,
            ),
          { timeout: bootMs, interval: 500 },
        )
        .toBe(true);
    await answers();
    await ssh('echo precious > /data/file && sync');
    await succeeded('stop_instance', instance);
    const { snapshot_id } = await succeeded<{ snapshot_id: string }>('snapshot_instance', instance);
    await succeeded('create_image', { ...instance, image_name: 'marked', as_is: true });
    await succeeded('start_instance', instance);
    await answers();
    await ssh('rm /data/file && sync');
    await succeeded('stop_instance', instance);
    await succeeded('restore_from_snapshot', { ...instance, snapshot_id });
    await succeeded('start_instance', instance);
    await answers();
    expect(await ssh('cat /data/file')).toBe('precious');
    expect(await succeeded('snapshot_list', instance)).toMatchObject([{ snapshot_id }]);
    await succeeded('delete_snapshot', { snapshot_id });
    expect(await succeeded('snapshot_list', instance)).toEqual([]);

    const [image] =
      await succeeded<readonly { alias: string; fingerprint: string }[]>('registered_image_list');
    expect(image).toMatchObject({ name: 'marked', status: 'READY' });
    const order = { product_id: 't1.test', image: image?.alias, ssh_key_id: 'laptop', tag: 'like it' };
    await succeeded('launch_ondemand_instance', order);
    const first = instance;
    instance = await current();
    expect(instance.instance_id).not.toBe(first.instance_id);
    expect(await ssh('cat /data/file; hostname')).toBe('precious\nlike-it');
    expect((await client('delete_image', image)).error).toMatch(/like-it|use/);
    await succeeded('terminate_instance', instance);
    await succeeded('delete_image', image);
    instance = first;
  },
);

it('is terminated with all that it had; a second time it is not there', { timeout: bootMs }, async () => {
  await succeeded('terminate_instance', instance);
  expect(await list()).toEqual([]);
  expect(await traces()).toEqual(before);
  expect((await client('terminate_instance', instance)).error).toMatch(/There is no instance/);
});
