import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { libvirtSocketOfWorker } from '../host/hosts-of-run.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { DomainRef, NetworkRef, PoolRef, TypedParameters } from '../../internal/libvirt/objects.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { createVirshClient } from '../../internal/libvirt/virsh/client.ts';
import { domainXml, networkXml, poolXml, volumeXml } from './documents.ts';
import { bench, drivers, removeDomain } from './support.ts';

const [rpcDriver] = drivers;

/** The same question to both drivers has the same answer, to the last type. */
describe('rpc and virsh agree', () => {
  if (rpcDriver === undefined) throw new Error('there is an rpc driver');
  const at = bench(rpcDriver);
  let virsh: LibvirtClient;
  let rpc: LibvirtClient;
  let running: DomainRef;
  let off: DomainRef;
  let pool: PoolRef;
  let network: NetworkRef;

  beforeAll(async () => {
    const uri = `qemu:///system?socket=${await libvirtSocketOfWorker()}`;
    virsh = createVirshClient({ uri });
    rpc = createRpcClient({ uri });
    pool = await rpc.pools.createXml(poolXml('agreed pool', path.join(at.folder, 'agreed')), { build: true });
    const volume = await rpc.volumes.create(pool, volumeXml('agreed  é', 1024 * 1024, 'qcow2'));
    await rpc.volumes.create(pool, volumeXml('agreed raw', 4096));
    network = await rpc.networks.createXml(networkXml('agreed net', 'br-agreed', 91));
    off = await rpc.domains.define(domainXml({ name: 'agreed off' }));
    running = await rpc.domains.createXml(
      domainXml({
        name: 'agreed running',
        disks: [{ path: volume.key, format: 'qcow2' }],
        devices: "<interface type='network'><source network='agreed net'/></interface>",
        more: '<iothreads>1</iothreads>',
      }),
    );
  });

  afterAll(async () => {
    await removeDomain(rpc, running);
    await removeDomain(rpc, off);
    await rpc.networks.destroy(network);
    await rpc.pools.destroy(pool);
    await rpc.close();
    await virsh.close();
  });

  test.each<[string, (client: LibvirtClient) => Promise<unknown>]>([
    ['versions', (client) => client.host.versions()],
    ['hostname', (client) => client.host.hostname()],
    ['nodeInfo', (client) => client.host.nodeInfo()],
    ['capabilities', (client) => client.host.capabilities()],
    ['domainCapabilities', (client) => client.host.domainCapabilities({ virtType: 'qemu' })],
    ['cpuModels', (client) => client.host.cpuModels('x86_64')],
    ['state', (client) => client.domains.state(running)],
    ['info of a domain that is off', (client) => client.domains.info(off)],
    ['autostart', (client) => client.domains.autostart(off)],
    ['isPersistent', (client) => client.domains.isPersistent(running)],
    ['hasManagedSave', (client) => client.domains.hasManagedSave(off)],
    ['xml', (client) => client.domains.xml(off, { inactive: true })],
    ['migratable xml', (client) => client.domains.xml(running, { migratable: true })],
    ['blockInfo', (client) => client.domains.blockInfo(running, 'vda')],
    ['blockJob', (client) => client.domains.blockJob(running, 'vda')],
    ['jobStats', (client) => client.domains.jobStats(running)],
    ['completed jobStats', (client) => client.domains.jobStats(running, { completed: true })],
    ['interfaceAddresses', (client) => client.domains.interfaceAddresses(running, 'lease')],
    ['snapshots', (client) => client.snapshots.list(running)],
    ['current snapshot', (client) => client.snapshots.current(running)],
    ['pool', (client) => client.pools.lookupByName('agreed pool')],
    ['pool xml', (client) => client.pools.xml(pool)],
    ['volume', (client) => client.volumes.lookupByName(pool, 'agreed  é')],
    ['network', (client) => client.networks.lookupByName('agreed net')],
    ['network xml', (client) => client.networks.xml(network)],
    ['bridge', (client) => client.networks.bridgeName(network)],
    ['leases', (client) => client.networks.dhcpLeases(network)],
    ['network filter', (client) => client.nwfilters.lookupByName('clean-traffic')],
    [
      'network filter xml',
      async (client) => client.nwfilters.xml(await client.nwfilters.lookupByName('clean-traffic')),
    ],
    ['node device xml', (client) => client.nodeDevices.xml({ name: 'computer' })],
  ])('on %s', async (_what, ask) => {
    expect(await ask(virsh)).toEqual(await ask(rpc));
  });

  test.each<[string, (client: LibvirtClient) => Promise<readonly object[]>]>([
    ['domains', (client) => client.domains.list()],
    ['active domains', (client) => client.domains.list({ active: true })],
    ['pools', (client) => client.pools.list()],
    ['volumes', (client) => client.volumes.list(pool)],
    ['networks', (client) => client.networks.list()],
    ['node devices', (client) => client.nodeDevices.list()],
    ['PCI devices', (client) => client.nodeDevices.list({ capability: 'pci' })],
    ['secrets', (client) => client.secrets.list()],
    ['network filters', (client) => client.nwfilters.list()],
  ])('on the list of %s, in whatever order', async (_what, ask) => {
    const inOrder = (list: readonly object[]): readonly string[] =>
      list
        .map((entry) => JSON.stringify(Object.entries(entry).toSorted(([a], [b]) => (a < b ? -1 : 1))))
        .toSorted();
    expect(inOrder(await ask(virsh))).toEqual(inOrder(await ask(rpc)));
  });

  test('on the names and types of statistics', async () => {
    const groups = [
      ...(['state', 'cpu', 'balloon', 'vcpu', 'interface', 'block', 'perf', 'iothread'] as const),
      ...(['memory', 'dirtyrate'] as const),
    ];
    for (const domain of [running, off]) {
      const [byVirsh, byRpc] = await Promise.all(
        [virsh, rpc].map(async (client) => (await client.domains.stats({ domains: [domain], groups }))[0]),
      );
      expect(byVirsh?.domain).toEqual(byRpc?.domain);
      expect(typesOf(byVirsh?.stats ?? {})).toEqual(typesOf(byRpc?.stats ?? {}));
      expect(Object.keys(byRpc?.stats ?? {}).length).toBeGreaterThan(8);
    }
    const [memoryByVirsh, memoryByRpc] = [
      await virsh.domains.memoryStats(running),
      await rpc.domains.memoryStats(running),
    ];
    expect(typesOf(memoryByVirsh)).toEqual(typesOf(memoryByRpc));
  });
});

function typesOf(parameters: TypedParameters): readonly string[] {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}: ${typeof value}`)
    .toSorted();
}
