import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { pool, refused, type Bench } from './bench.ts';
import {
  create,
  createOff,
  createVolume,
  done,
  inOrder,
  request,
  vm,
  withDisk,
  withNetwork,
  type Scenario,
} from './scenario.ts';

const image = async (bench: Bench): Promise<string> => {
  const file = path.join(bench.files, 'image.qcow2');
  await execa('qemu-img', ['create', '-q', '-f', 'qcow2', file, '1M']);
  return file;
};
export const importImage = async (bench: Bench) =>
  bench.call('POST', '/v1/images', {
    name: 'small',
    source: { kind: 'file', location: await image(bench) },
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
    drives: ['audit_entry', 'audit_open', 'usage_run'],
    everyWrite: true,
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
    drives: ['moved_instance'],
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
  { kind: 'image.import', drives: ['image', 'owned'], act: importImage },
  {
    kind: 'image.delete',
    drives: ['image', 'owned'],
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
    act: ({ call }) =>
      call('PUT', `/v1/volumes/${pool}/uploaded.raw/content?format=raw`, Buffer.alloc(65_536, 'x')),
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
