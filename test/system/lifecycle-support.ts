import { expect, vi } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import { privateHost, type PrivateHost } from '../host/private-host.ts';
import {
  call,
  createWorkspace,
  startDaemonProcess,
  type DaemonUnderTest,
  type JsonAnswer,
} from './daemon.ts';

export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A daemon on the private host, with a pool of its own, and how tests talk to both. */
export interface LifecycleBench {
  readonly host: PrivateHost;
  readonly daemon: DaemonUnderTest;
  readonly pool: string;
  virsh(...args: string[]): Promise<string>;
  /** A request of the native API, below /v1/instances. */
  request(method: string, path: string, body?: object): Promise<JsonAnswer>;
  /** The operation of a 202, when it has ended. */
  ended(answer: JsonAnswer): Promise<Operation>;
  succeeded(answer: JsonAnswer): Promise<Operation>;
  /** Makes an instance and resolves with its uuid. */
  create(name: string, config: object): Promise<string>;
  get(name: string): Promise<Record<string, unknown>>;
  /** Files of VMs in the private host's /var/lib/libvirt, but for those that other tests have left there before. */
  files(): Promise<string>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function lifecycleBench(pool: string): Promise<LifecycleBench> {
  const host = await privateHost(await hostOfWorker());
  const workspace = await createWorkspace();
  const filesOfVms = async (): Promise<readonly string[]> => {
    const places = ['images', 'qemu', 'swtpm', 'dnsmasq'].map((place) => `/var/lib/libvirt/${place}`);
    const { stdout } = await host.run('find', [...places, '-type', 'f'], { reject: false });
    return stdout
      .split('\n')
      .filter((file) => file !== '' && !/\/(domain-|channel\/|ram\/|dnsmasq\/)/.test(file))
      .sort();
  };
  const others = new Set(await filesOfVms());
  const start = async (): Promise<DaemonUnderTest> => {
    const started = await startDaemonProcess({
      libvirtUri: host.uri,
      workingDirectory: workspace.directory,
      stateDirectory: workspace.stateDirectory,
      env: { PROTIUM_STORAGE_POOL: pool, PROTIUM_STORAGE_DIRECTORY: `/var/lib/libvirt/images/${pool}` },
    });
    await vi.waitFor(async () => {
      expect((await call(started, 'GET', '/statusjson')).status).toBe(200);
    }, 30_000);
    return started;
  };
  let daemon = await start();
  const virsh = async (...args: string[]): Promise<string> =>
    (await host.run('virsh', ['-q', '-c', 'qemu:///system', ...args], { reject: false })).stdout.trim();
  const request = (method: string, path: string, body?: object) =>
    call(daemon, method, `/v1/instances${path}`, body);
  const ended = async (answer: JsonAnswer): Promise<Operation> => {
    expect(answer, answer.text).toMatchObject({ status: 202 });
    const location = answer.headers.get('location') ?? '';
    const waited = await call(daemon, 'GET', `${location}/wait?timeoutSeconds=100`);
    return waited.body['operation'] as Operation;
  };
  const succeeded = async (answer: JsonAnswer): Promise<Operation> => {
    const operation = await ended(answer);
    expect(operation, JSON.stringify(operation.error)).toMatchObject({ state: 'OPERATION_STATE_SUCCEEDED' });
    return operation;
  };
  return {
    host,
    get daemon() {
      return daemon;
    },
    pool,
    virsh,
    request,
    ended,
    succeeded,
    async create(name, config) {
      const made = await succeeded(await request('POST', '', { name, config }));
      return String(made.result?.['uuid']);
    },
    async get(name) {
      const answer = await request('GET', `/${name}`);
      expect(answer.status, answer.text).toBe(200);
      return answer.body['instance'] as Record<string, unknown>;
    },
    files: async () => (await filesOfVms()).filter((file) => !others.has(file)).join('\n'),
    async restart() {
      await daemon.end('SIGKILL');
      daemon = await start();
    },
    async close() {
      await daemon.end();
      await virsh('pool-destroy', pool);
      await virsh('pool-undefine', pool);
      await workspace.remove();
    },
  };
}
