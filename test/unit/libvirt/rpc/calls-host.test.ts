import { describe, expect, it } from 'vitest';
import { connect } from '../../../../internal/libvirt/rpc/wire/procedures/connect.ts';
import { networks } from '../../../../internal/libvirt/rpc/wire/procedures/network.ts';
import { nodeDevices } from '../../../../internal/libvirt/rpc/wire/procedures/node-device.ts';
import { nwfilters } from '../../../../internal/libvirt/rpc/wire/procedures/nwfilter.ts';
import { secrets } from '../../../../internal/libvirt/rpc/wire/procedures/secret.ts';
import { createRpcClient } from '../../../../internal/libvirt/rpc/client.ts';
import { argumentsOf, FakeLibvirtd } from './fake-libvirtd.ts';
import { callsTable, both, flags, uuid } from './calls-table.ts';

const { client, isComplete, sends, server } = callsTable();
const net = { name: 'net', uuid };
const secret = { uuid, usageType: 'ceph', usageId: 'usage' } as const;

describe('host', () => {
  sends('host.ping', (c) => c.host.ping(), connect.getLibVersion, {}, { libVer: 9_000_000n });
  sends('host.hostname', (c) => c.host.hostname(), connect.getHostname, {}, { hostname: 'h' }, 'h');
  sends(
    'host.nodeInfo',
    (c) => c.host.nodeInfo(),
    connect.nodeGetInfo,
    {},
    { model: 'x86_64', memory: 9n, cpus: 8, mhz: 7, nodes: 6, sockets: 5, cores: 4, threads: 3 },
    {
      cpuModel: 'x86_64',
      memoryKiB: 9n,
      cpus: 8,
      mhz: 7,
      numaNodes: 6,
      sockets: 5,
      coresPerSocket: 4,
      threadsPerCore: 3,
    },
  );
  sends(
    'host.capabilities',
    (c) => c.host.capabilities(),
    connect.getCapabilities,
    {},
    { capabilities: '<c/>' },
    '<c/>',
  );
  sends(
    'host.domainCapabilities',
    (c) => c.host.domainCapabilities({ arch: 'x86_64', virtType: 'qemu' }),
    connect.getDomainCapabilities,
    { emulatorbin: null, arch: 'x86_64', machine: null, virttype: 'qemu', flags },
    { capabilities: '<d/>' },
    '<d/>',
  );
  sends('host.sysinfo', (c) => c.host.sysinfo(), connect.getSysinfo, { flags }, { sysinfo: '<s/>' }, '<s/>');
  sends(
    'host.cpuModels',
    (c) => c.host.cpuModels('x86_64'),
    connect.getCpuModelNames,
    { arch: 'x86_64', needResults: true, flags },
    { models: ['a', 'b'], ret: 2 },
    ['a', 'b'],
  );
  sends(
    'host.compareHypervisorCpu',
    (c) => c.host.compareHypervisorCpu('<cpu/>', { virtType: 'qemu' }),
    connect.compareHypervisorCpu,
    { emulator: null, arch: null, machine: null, virttype: 'qemu', xmlCPU: '<cpu/>', flags },
    { result: 2 },
    'superset',
  );
  sends(
    'host.freeMemoryBytes',
    (c) => c.host.freeMemoryBytes(),
    connect.nodeGetFreeMemory,
    {},
    { freeMem: 2n ** 40n },
    2n ** 40n,
  );
  sends(
    'host.cellsFreeMemoryBytes',
    (c) => c.host.cellsFreeMemoryBytes(),
    connect.nodeGetCellsFreeMemory,
    { startCell: 0, maxcells: 1024 },
    { cells: [1n, 2n] },
    [1n, 2n],
  );

  it('host.versions unpacks the numbers', async () => {
    server().answer(connect.getLibVersion, { libVer: 9_000_000n });
    server().answer(connect.getVersion, { hvVer: 7_002_022n });
    expect(await client().host.versions()).toEqual({ libvirt: '9.0.0', hypervisor: '7.2.22' });
  });
});

describe('networks', () => {
  sends(
    'networks.list',
    (c) => c.networks.list({ active: false, persistent: false }),
    networks.listAll,
    { needResults: true, flags: 1 | 8 },
    { nets: [net], ret: 1 },
    [net],
  );
  sends(
    'networks.lookupByName',
    (c) => c.networks.lookupByName('net'),
    networks.lookupByName,
    { name: 'net' },
    { net },
    net,
  );
  sends(
    'networks.lookupByUuid',
    (c) => c.networks.lookupByUuid(uuid),
    networks.lookupByUuid,
    { uuid },
    { net },
    net,
  );
  sends(
    'networks.xml',
    (c) => c.networks.xml(net, { inactive: true }),
    networks.getXmlDesc,
    { net, flags: 1 },
    { xml: '<n/>' },
    '<n/>',
  );
  sends(
    'networks.define',
    (c) => c.networks.define('<n/>'),
    networks.defineXml,
    { xml: '<n/>' },
    { net },
    net,
  );
  sends(
    'networks.define',
    (c) => c.networks.define('<n/>', { validate: true }),
    networks.defineXmlFlags,
    { xml: '<n/>', flags: 1 },
    { net },
    net,
  );
  sends(
    'networks.createXml',
    (c) => c.networks.createXml('<n/>'),
    networks.createXml,
    { xml: '<n/>' },
    { net },
    net,
  );
  sends('networks.create', (c) => c.networks.create(net), networks.create, { net }, {});
  sends('networks.destroy', (c) => c.networks.destroy(net), networks.destroy, { net }, {});
  sends('networks.undefine', (c) => c.networks.undefine(net), networks.undefine, { net }, {});
  sends(
    'networks.isActive',
    (c) => c.networks.isActive(net),
    networks.isActive,
    { net },
    { active: true },
    true,
  );
  sends(
    'networks.isPersistent',
    (c) => c.networks.isPersistent(net),
    networks.isPersistent,
    { net },
    { persistent: true },
    true,
  );
  sends(
    'networks.autostart',
    (c) => c.networks.autostart(net),
    networks.getAutostart,
    { net },
    { autostart: true },
    true,
  );
  sends(
    'networks.setAutostart',
    (c) => c.networks.setAutostart(net, true),
    networks.setAutostart,
    { net, autostart: true },
    {},
  );
  sends(
    'networks.bridgeName',
    (c) => c.networks.bridgeName(net),
    networks.getBridgeName,
    { net },
    { name: 'virbr0' },
    'virbr0',
  );
  const change = { command: 'add-last', section: 'ip-dhcp-host', parentIndex: -1, xml: '<host/>' } as const;
  const sent = { net, parentIndex: -1, xml: '<host/>', flags: 3 };
  sends(
    'networks.update',
    (c) => c.networks.update(net, change, both),
    networks.update,
    { ...sent, command: 3, section: 4 },
    {},
  );
  it('networks.update swaps command and section for a libvirt that takes them so', async () => {
    const old = await FakeLibvirtd.start();
    const oldClient = createRpcClient({ uri: old.uri });
    old.answer(connect.supportsFeature, { supported: false });
    let asked: unknown;
    old.on(networks.update, (request, from) => {
      asked = argumentsOf(networks.update, request);
      from.reply(request.serial, networks.update, {});
    });
    await oldClient.networks.update(net, change, both);
    expect(asked).toEqual({ ...sent, command: 4, section: 3 });
    await oldClient.close();
    await old.remove();
  });
  const lease = { iface: 'virbr0', mac: 'm', iaid: null, prefix: 24, hostname: 'h' };
  sends(
    'networks.dhcpLeases',
    (c) => c.networks.dhcpLeases(net, 'm'),
    networks.getDhcpLeases,
    { net, mac: 'm', needResults: true, flags },
    {
      leases: [{ ...lease, expirytime: 1_700_000_000n, type: 0, ipaddr: '10.0.0.2', clientid: 'c' }],
      ret: 1,
    },
    [
      {
        interface: 'virbr0',
        expires: '2023-11-14T22:13:20.000Z',
        family: 'ipv4',
        mac: 'm',
        iaid: null,
        address: '10.0.0.2',
        prefix: 24,
        hostname: 'h',
        clientId: 'c',
      },
    ],
  );
});

describe('node devices', () => {
  const device = { name: 'pci_0000_01_00_0' };
  const { name } = device;
  sends(
    'nodeDevices.list',
    (c) => c.nodeDevices.list(),
    nodeDevices.listAll,
    { needResults: true, flags: 0 },
    { devices: [device], ret: 1 },
    [device],
  );
  for (const [capability, number] of [
    ['system', 1],
    ['pci', 2],
    ['net', 16],
    ['storage', 256],
    ['mdev_types', 8192],
    ['mdev', 16_384],
    ['vpd', 2 ** 21],
  ] as const) {
    sends(
      'nodeDevices.list',
      (c) => c.nodeDevices.list({ capability }),
      nodeDevices.listAll,
      { needResults: true, flags: number },
      { devices: [device], ret: 1 },
      [device],
    );
  }
  sends(
    'nodeDevices.list',
    (c) => c.nodeDevices.list({ capability: 'of_the_future' }),
    nodeDevices.list,
    { cap: 'of_the_future', maxnames: 65_536, flags },
    { names: [name] },
    [device],
  );
  sends(
    'nodeDevices.lookupByName',
    (c) => c.nodeDevices.lookupByName(name),
    nodeDevices.lookupByName,
    { name },
    { dev: device },
    device,
  );
  sends(
    'nodeDevices.xml',
    (c) => c.nodeDevices.xml(device),
    nodeDevices.getXmlDesc,
    { name, flags },
    { xml: '<d/>' },
    '<d/>',
  );
  sends(
    'nodeDevices.detach',
    (c) => c.nodeDevices.detach(device),
    nodeDevices.detachFlags,
    { name, driverName: null, flags },
    {},
  );
  sends(
    'nodeDevices.detach',
    (c) => c.nodeDevices.detach(device, { driver: 'vfio' }),
    nodeDevices.detachFlags,
    { name, driverName: 'vfio', flags },
    {},
  );
  sends('nodeDevices.reattach', (c) => c.nodeDevices.reattach(device), nodeDevices.reAttach, { name }, {});
  sends('nodeDevices.reset', (c) => c.nodeDevices.reset(device), nodeDevices.reset, { name }, {});
  sends(
    'nodeDevices.createXml',
    (c) => c.nodeDevices.createXml('<d/>'),
    nodeDevices.createXml,
    { xmlDesc: '<d/>', flags },
    { dev: device },
    device,
  );
  sends('nodeDevices.destroy', (c) => c.nodeDevices.destroy(device), nodeDevices.destroy, { name }, {});
});

describe('secrets', () => {
  const value = new Uint8Array([1, 0, 255]);
  sends(
    'secrets.list',
    (c) => c.secrets.list(),
    secrets.listAll,
    { needResults: true, flags },
    { secrets: [secret], ret: 1 },
    [secret],
  );
  sends(
    'secrets.lookupByUuid',
    (c) => c.secrets.lookupByUuid(uuid),
    secrets.lookupByUuid,
    { uuid },
    { secret },
    secret,
  );
  sends(
    'secrets.xml',
    (c) => c.secrets.xml(secret),
    secrets.getXmlDesc,
    { secret, flags },
    { xml: '<s/>' },
    '<s/>',
  );
  sends(
    'secrets.define',
    (c) => c.secrets.define('<s/>'),
    secrets.defineXml,
    { xml: '<s/>', flags },
    { secret },
    secret,
  );
  sends(
    'secrets.setValue',
    (c) => c.secrets.setValue(secret, value),
    secrets.setValue,
    { secret, value, flags },
    {},
  );
  sends(
    'secrets.value',
    (c) => c.secrets.value(secret),
    secrets.getValue,
    { secret, flags },
    { value },
    value,
  );
  sends('secrets.undefine', (c) => c.secrets.undefine(secret), secrets.undefine, { secret }, {});
});

describe('network filters', () => {
  const nwfilter = { name: 'filter', uuid };
  sends(
    'nwfilters.list',
    (c) => c.nwfilters.list(),
    nwfilters.listAll,
    { needResults: true, flags },
    { filters: [nwfilter], ret: 1 },
    [nwfilter],
  );
  sends(
    'nwfilters.lookupByName',
    (c) => c.nwfilters.lookupByName('filter'),
    nwfilters.lookupByName,
    { name: 'filter' },
    { nwfilter },
    nwfilter,
  );
  sends(
    'nwfilters.xml',
    (c) => c.nwfilters.xml(nwfilter),
    nwfilters.getXmlDesc,
    { nwfilter, flags },
    { xml: '<filter/>' },
    '<filter/>',
  );
  sends(
    'nwfilters.define',
    (c) => c.nwfilters.define('<filter/>'),
    nwfilters.defineXml,
    { xml: '<filter/>' },
    { nwfilter },
    nwfilter,
  );
  sends('nwfilters.undefine', (c) => c.nwfilters.undefine(nwfilter), nwfilters.undefine, { nwfilter }, {});
});

isComplete(
  {
    host: (client) => client.host,
    networks: (client) => client.networks,
    nodeDevices: (client) => client.nodeDevices,
    secrets: (client) => client.secrets,
    nwfilters: (client) => client.nwfilters,
  },
  ['host.versions'],
);
