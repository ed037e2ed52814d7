import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, vi } from 'vitest';
import { guestImage } from '../guest/guest-image.ts';
import { startPrivateHost, type PrivateHost, type RunResult } from '../host/private-host.ts';
import { cliProgram } from './cli-process.ts';
import { createWorkspace } from './daemon.ts';
import { startDaemonInside, type DaemonInside } from './daemon-inside.ts';

export const clientModule = createRequire(import.meta.url).resolve('gpueater');
/** Its command line. */
export const consoleProgram = path.join(path.dirname(clientModule), 'console/index.js');
/** The published client in a process of its own: one function, and what its callback was given. */
export const clientProgram = `
  const client = require(${JSON.stringify(clientModule)});
  client.set_params({ interactive: false });
  const [name, form] = JSON.parse(process.argv[1]);
  const done = (error, data) =>
    process.stdout.write(
      '\\n' + JSON.stringify({ error: error instanceof Error ? String(error) : (error ?? null), data: data ?? null }) + '\\n',
      () => process.exit(0),
    );
  form === null ? client[name](done) : client[name](form, done);
`;

export interface Answer {
  readonly error: unknown;
  readonly data: unknown;
}

export interface Rented {
  readonly instance_id: string;
  readonly machine_resource_id: string;
  readonly connection_id: string;
  readonly ipv4: string;
  readonly ssh_command: string;
  readonly [field: string]: unknown;
}

export const order = { product_id: 't1.test', image: 'tiny', ssh_key_id: 'laptop', tag: 'mine' };

/** A private host that machines are rented on by GPUEater's published client, which runs within its namespaces. */
export interface Rental {
  readonly host: PrivateHost;
  /** The home of who rents. */
  readonly files: string;
  readonly url: string;
  readonly owner: string;
  readonly daemon: () => DaemonInside;
  /** Runs something as who rents. */
  run(program: string, ...args: readonly string[]): Promise<RunResult>;
  output(program: string, ...args: readonly string[]): Promise<string>;
  virsh(...args: readonly string[]): Promise<string>;
  /** Our own command line. */
  protium(...args: readonly string[]): Promise<string>;
  client(name: string, form?: object): Promise<Answer>;
  succeeded<T>(name: string, form?: object): Promise<T>;
  instances(): Promise<readonly Rented[]>;
  /** Has what is published of host keys be known to every ssh within the namespaces. */
  publishHostKeys(): Promise<void>;
  /** Everything in which an instance could leave a trace. */
  traces(): Promise<Record<string, unknown>>;
  /** After the daemon has ended, however. */
  startDaemon(): Promise<void>;
  close(): Promise<void>;
}

export async function startRental(
  name: string,
  {
    flavors = '',
    env = {},
  }: { readonly flavors?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Rental> {
  const host = await startPrivateHost(`protium-${name}-${process.pid}`);
  const workspace = await createWorkspace();
  const files = await mkdtemp(path.join(tmpdir(), `${name}-`));
  const images = '/var/lib/libvirt/images';
  await cp((await guestImage()).disk, path.join(files, 'tiny.qcow2'));
  await writeFile(
    path.join(files, 'flavors.yaml'),
    `add:\n  - {name: t1.test, vcpus: 1, memoryMib: 256, rootStorageGib: 1, pricePerHour: 0.01}\n${flavors}`,
  );
  const start = async (): Promise<DaemonInside> => {
    const started = await startDaemonInside(host, workspace, {
      PROTIUM_STORAGE_POOL: 'rented',
      PROTIUM_STORAGE_DIRECTORY: `${images}/rented`,
      PROTIUM_IMAGE_POOL: 'rented-images',
      PROTIUM_IMAGE_DIRECTORY: `${images}/rented-images`,
      PROTIUM_FLAVORS: path.join(files, 'flavors.yaml'),
      ...env,
    });
    await vi.waitFor(async () => {
      expect((await started.call('GET', '/v1/host')).status).toBe(200);
    }, 60_000);
    return started;
  };
  let daemon = await start();
  let url = '';
  const run = (program: string, ...args: readonly string[]): Promise<RunResult> =>
    host.run(program, args, {
      cwd: files,
      env: { HOME: files, TMPDIR: files, NO_PROXY: '127.0.0.1', GPUEATER_URL: url },
      reject: false,
    });
  const output = async (program: string, ...args: readonly string[]): Promise<string> =>
    (await run(program, ...args)).stdout.trim();
  const virsh = (...args: readonly string[]) => output('virsh', '-q', '-c', 'qemu:///system', ...args);
  const protium = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr, exitCode } = await run(process.execPath, cliProgram, ...args);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  };
  const client = async (called: string, form?: object): Promise<Answer> => {
    const { stdout, stderr, exitCode } = await run(
      ...([process.execPath, '-e', clientProgram, JSON.stringify([called, form ?? null])] as const),
    );
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Answer;
  };
  const succeeded = async <T>(called: string, form?: object): Promise<T> => {
    const { error, data } = await client(called, form);
    expect(error, called).toBeNull();
    return data as T;
  };
  // The first instance starts it, and leaves it so.
  await virsh('net-start', 'default');
  await protium('image', 'import', 'tiny', '--file', 'tiny.qcow2', '--login-user', 'root');
  const made = JSON.parse(await protium('gpueater', 'url', '--user', 'alice', '-o', 'json')) as {
    readonly url: string;
    readonly accessKey: { readonly owner: string };
  };
  ({ url } = made);
  const key = await succeeded<{ private_key: string; public_key: string }>('generate_ssh_key');
  const pem = path.join(files, '.ssh/laptop.pem');
  await mkdir(path.dirname(pem));
  await writeFile(pem, key.private_key);
  await chmod(pem, 0o600);
  await succeeded('register_ssh_key', { name: 'laptop', public_key: key.public_key });
  // OpenSSH reads what is configured for all, whatever home its environment names.
  await output('mount', '-t', 'tmpfs', 'tmpfs', '/etc/ssh/ssh_config.d');
  const known = path.join(files, 'known');
  await writeFile(known, '');
  await writeFile(path.join(files, 'ours.conf'), `GlobalKnownHostsFile ${known}\nUserKnownHostsFile none\n`);
  await output('cp', path.join(files, 'ours.conf'), '/etc/ssh/ssh_config.d/ours.conf');
  return {
    host,
    files,
    get url() {
      return url;
    },
    owner: made.accessKey.owner,
    daemon: () => daemon,
    run,
    output,
    virsh,
    protium,
    client,
    succeeded,
    instances: () => succeeded<readonly Rented[]>('instance_list'),
    publishHostKeys: async () => writeFile(known, await protium('gpueater', 'known-hosts')),
    traces: async () => ({
      domains: await virsh('list', '--all', '--name'),
      volumes: (await virsh('vol-list', 'rented')).split(/\s+/).sort(),
      network: await virsh('net-dumpxml', 'default', '--inactive'),
      addresses: await output('ip', '-o', '-4', 'address', 'show', 'lo'),
      rules: (await output('nft', 'list', 'ruleset')).replaceAll(/packets \d+ bytes \d+/g, ''),
    }),
    async startDaemon() {
      daemon = await start();
    },
    async close() {
      await daemon.end();
      await host.down();
      await workspace.remove();
      await rm(files, { recursive: true });
    },
  };
}
