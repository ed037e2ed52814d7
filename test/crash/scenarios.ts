import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { pool, refused, type Bench } from './bench.ts';

/** One change, from fresh objects. */
export interface Scenario {
  /** The operation that it begins, or what else it makes durable. */
  readonly kind: string;
  /** Tells several of one kind apart. */
  readonly variant?: string;
  /** Ends in a failure, that is with everything taken back. */
  readonly fails?: true;
  /** Touches the second host too. */
  readonly reachesOut?: true;
  /** Makes what the change needs. */
  prepare?(bench: Bench): Promise<unknown>;
  /** Asks for the change, and resolves with the answer; a lost connection rejects. */
  act(bench: Bench): Promise<unknown>;
}

const config = { slots: 1, ramsize: 64, overprovision: 10, has_network: false, volumes: [] as object[] };
const withDisk = { ...config, volumes: [{ size_gb: 0.01 }] };
const withNetwork = { ...config, has_network: true, networks: [{ network_uid: 'default' }] };
const vm = '/v1/instances/vm';

const create =
  (of: object = config) =>
  (bench: Bench) =>
    bench.done('POST', '/v1/instances', { name: 'vm', config: of }).then(() => undefined);
const createOff =
  (of: object = config) =>
  async (bench: Bench) => {
    await create(of)(bench);
    await bench.done('POST', `${vm}/stop`, { force: true });
  };
const createVolume = async (bench: Bench) => {
  await bench.done('POST', `/v1/volumes/${pool}`, {
    name: 'data.qcow2',
    sizeBytes: '1048576',
    format: 'qcow2',
  });
};
const request = (method: string, route: string, body?: object) => (bench: Bench) =>
  bench.call(method, route, body);
const inOrder =
  (...steps: ((bench: Bench) => Promise<unknown>)[]) =>
  async (bench: Bench) => {
    for (const step of steps) await step(bench);
  };
const done = (method: string, route: string, body?: object) => (bench: Bench) =>
  bench.done(method, route, body);
const image = async (bench: Bench): Promise<string> => {
  const file = path.join(bench.files, 'image.qcow2');
  await execa('qemu-img', ['create', '-q', '-f', 'qcow2', file, '1M']);
  return file;
};
const importImage = async (bench: Bench) =>
  bench.call('POST', '/v1/images', {
    name: 'small',
    source: { kind: 'file', location: await image(bench) },
    asIs: true,
  });
/** As POST /domain takes them, of a VM that boots nothing. */
const documents = async ({ files }: Bench) => {
  const pool = `<pool type="dir"><name>documents</name><target><path>/var/lib/libvirt/images/documents</path></target></pool>`;
  const volume = `<volume><name>boot.img</name><capacity unit="MiB">1</capacity><target><format type="qcow2"/></target></volume>`;
  const domain = `<domain type="qemu"><name>made</name><memory unit="MiB">64</memory><vcpu>1</vcpu>
    <os><type arch="x86_64" machine="q35">hvm</type></os>
    <devices><disk type="file" device="disk"><driver name="qemu" type="qcow2"/>
      <source file="/var/lib/libvirt/images/documents/boot.img"/><target dev="vda" bus="virtio"/></disk></devices></domain>`;
  for (const [name, text] of Object.entries({ pool, volume, domain }))
    await writeFile(path.join(files, `${name}.xml`), text);
};

export const scenarios: readonly Scenario[] = [
  {
    kind: 'domain.create-from-documents',
    prepare: documents,
    act: ({ call, files }) =>
      call('POST', '/domain', {
        pool: path.join(files, 'pool.xml'),
        volume: path.join(files, 'volume.xml'),
        domain: path.join(files, 'domain.xml'),
      }),
  },
  {
    kind: 'instance.register',
    act: request('POST', '/v1/instances', {
      name: 'vm',
      config: {
        ...withNetwork,
        volumes: [{ size_gb: 0.01 }],
        authentication: { username: 'alice', password: 'long-enough-1' },
      },
    }),
  },
  {
    kind: 'instance.register',
    variant: 'that fails',
    fails: true,
    act: request('POST', '/v1/instances', {
      name: refused,
      config: { ...withNetwork, volumes: withDisk.volumes },
    }),
  },
  {
    kind: 'instance.unregister',
    prepare: create({ ...withNetwork, volumes: withDisk.volumes }),
    act: request('DELETE', vm),
  },
  { kind: 'instance.start', prepare: createOff(withNetwork), act: request('POST', `${vm}/start`, {}) },
  { kind: 'instance.stop', prepare: create(), act: request('POST', `${vm}/stop`, { force: true }) },
  { kind: 'instance.reboot', prepare: create(), act: request('POST', `${vm}/reboot`, {}) },
  { kind: 'instance.reset', prepare: create(), act: request('POST', `${vm}/reset`, {}) },
  { kind: 'instance.suspend', prepare: create(), act: request('POST', `${vm}/suspend`, {}) },
  {
    kind: 'instance.resume',
    prepare: inOrder(create(), done('POST', `${vm}/suspend`, {})),
    act: request('POST', `${vm}/resume`, {}),
  },
  { kind: 'instance.save', prepare: create(), act: request('POST', `${vm}/save`, {}) },
  {
    kind: 'instance.rename',
    prepare: createOff(withDisk),
    act: request('POST', `${vm}/rename`, { name: 'new' }),
  },
  {
    kind: 'instance.resize',
    prepare: createOff(),
    act: request('POST', `${vm}/resize`, { memoryMib: '96' }),
  },
  {
    kind: 'instance.attach',
    prepare: inOrder(create(), createVolume),
    act: request('POST', `${vm}/volumes`, { volume: 'data.qcow2' }),
  },
  {
    kind: 'instance.attach',
    variant: 'a network interface',
    prepare: create(),
    act: request('POST', `${vm}/network-interfaces`, { network: 'default' }),
  },
  {
    kind: 'instance.detach',
    prepare: inOrder(createOff(), createVolume, done('POST', `${vm}/volumes`, { volume: 'data.qcow2' })),
    act: async ({ call }) => {
      const { body } = await call('GET', `${vm}/attachments`);
      const [{ target } = { target: '' }] = body['volumes'] as { target: string }[];
      return call('DELETE', `${vm}/volumes/${target}`);
    },
  },
  {
    kind: 'instance.resize-volume',
    prepare: create(withDisk),
    act: request('POST', `${vm}/volumes/vda/resize`, { sizeBytes: '33554432' }),
  },
  {
    kind: 'instance.migrate',
    reachesOut: true,
    prepare: create(withDisk),
    act: request('POST', `${vm}/migrate`, { target: 'other' }),
  },
  {
    kind: 'snapshot.create',
    prepare: createOff(withDisk),
    act: request('POST', `${vm}/snapshots`, { name: 'one' }),
  },
  {
    kind: 'snapshot.create',
    variant: 'of a VM that runs',
    prepare: create(withDisk),
    act: request('POST', `${vm}/snapshots`, { name: 'one', memory: true }),
  },
  {
    kind: 'snapshot.revert',
    prepare: inOrder(createOff(withDisk), done('POST', `${vm}/snapshots`, { name: 'one' })),
    act: request('POST', `${vm}/snapshots/one/revert`, {}),
  },
  {
    kind: 'snapshot.delete',
    prepare: inOrder(createOff(withDisk), done('POST', `${vm}/snapshots`, { name: 'one' })),
    act: request('DELETE', `${vm}/snapshots/one`),
  },
  {
    kind: 'firewall.replace',
    prepare: create(withNetwork),
    act: request('PUT', `${vm}/firewall`, {
      defaultIn: 'drop',
      rules: [{ direction: 'in', protocol: 'tcp', portFirst: 22 }],
    }),
  },
  { kind: 'image.import', act: importImage },
  {
    kind: 'image.delete',
    prepare: async (bench) => {
      const answer = await importImage(bench);
      await bench.call('GET', `${answer.headers.location ?? ''}/wait?timeoutSeconds=60`);
    },
    act: request('DELETE', '/v1/images/small'),
  },
  {
    kind: 'volume.create',
    act: request('POST', `/v1/volumes/${pool}`, {
      name: 'data.qcow2',
      sizeBytes: '1048576',
      format: 'qcow2',
    }),
  },
  {
    kind: 'volume.clone',
    prepare: createVolume,
    act: request('POST', `/v1/volumes/${pool}/data.qcow2/clone`, { targetName: 'copy.qcow2' }),
  },
  {
    kind: 'volume.move',
    prepare: inOrder(
      createVolume,
      done('POST', '/v1/pools', { name: 'second', dir: { path: '/var/lib/libvirt/images/second' } }),
    ),
    act: request('POST', `/v1/volumes/${pool}/data.qcow2/move`, { targetPool: 'second' }),
  },
  {
    kind: 'volume.resize',
    prepare: createVolume,
    act: request('POST', `/v1/volumes/${pool}/data.qcow2/resize`, { sizeBytes: '2097152' }),
  },
  { kind: 'volume.delete', prepare: createVolume, act: request('DELETE', `/v1/volumes/${pool}/data.qcow2`) },
  {
    kind: 'volume.upload',
    prepare: createVolume,
    act: ({ call }) => call('PUT', `/v1/volumes/${pool}/uploaded.raw/content`, Buffer.alloc(65_536, 'x')),
  },
  {
    kind: 'pool.create',
    act: request('POST', '/v1/pools', { name: 'second', dir: { path: '/var/lib/libvirt/images/second' } }),
  },
  {
    kind: 'pool.delete',
    prepare: done('POST', '/v1/pools', { name: 'second', dir: { path: '/var/lib/libvirt/images/second' } }),
    act: request('DELETE', '/v1/pools/second'),
  },
  { kind: 'network.create', act: request('POST', '/v1/networks', { name: 'inner', mode: 'isolated' }) },
  {
    kind: 'network.delete',
    prepare: done('POST', '/v1/networks', { name: 'inner', mode: 'isolated' }),
    act: request('DELETE', '/v1/networks/inner'),
  },
];

/** What is durable beside the journal of operations. */
export const otherWork: readonly Scenario[] = [
  {
    kind: 'port forward',
    prepare: create(withNetwork),
    act: request('POST', '/v1/port-forwards', { instance: 'vm', guestPort: 22, hostPort: 2222 }),
  },
  {
    kind: 'reservation',
    prepare: create(withNetwork),
    act: request('PUT', '/v1/networks/default/reservations/vm', {}),
  },
  {
    kind: 'floating address',
    prepare: create(withNetwork),
    act: request('POST', '/v1/floating-addresses', { instance: 'vm' }),
  },
  {
    kind: 'subscription',
    act: request('POST', '/v1/subscriptions', { plan: 'storage-1gb', owner: 'f'.repeat(32) }),
  },
  {
    kind: 'lease',
    act: request('POST', '/v1/leases', { name: 'vm', wish: { config }, durationSeconds: '7200' }),
  },
  {
    kind: 'key pair',
    act: request('POST', '/v1/key-pairs', { name: 'laptop' }),
  },
];
