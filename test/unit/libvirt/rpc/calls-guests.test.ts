import { describe, expect, it } from 'vitest';
import { guests, snapshots } from '../../../../internal/libvirt/rpc/wire/procedures/domain-guest.ts';
import { domainBlockCalls } from '../../../../internal/libvirt/rpc/calls/domain-block.ts';
import { domainGuestCalls } from '../../../../internal/libvirt/rpc/calls/domain-guest.ts';
import { unconnectedSession } from './unconnected-session.ts';
import { callsTable, dom, flags } from './calls-table.ts';

const { client, isComplete, sends, server } = callsTable();
const snap = { name: 'snap', domain: dom };

describe('disks, jobs and migration of domains', () => {
  sends(
    'domains.blockInfo',
    (c) => c.domains.blockInfo(dom, 'vda'),
    guests.getBlockInfo,
    { dom, path: 'vda', flags },
    { allocation: 1n, capacity: 2n, physical: 3n },
    { allocationBytes: 1n, capacityBytes: 2n, physicalBytes: 3n },
  );
  sends(
    'domains.blockResize',
    (c) => c.domains.blockResize(dom, 'vda', 2n ** 40n),
    guests.blockResize,
    { dom, disk: 'vda', size: 2n ** 40n, flags: 1 },
    {},
  );
  sends(
    'domains.blockPull',
    (c) => c.domains.blockPull(dom, 'vda', { bandwidthBytesPerSecond: 5n }),
    guests.blockPull,
    { dom, path: 'vda', bandwidth: 5n, flags: 64 },
    {},
  );
  sends(
    'domains.blockCommit',
    (c) => c.domains.blockCommit(dom, 'vda', { base: '/b', active: true, delete: true, shallow: true }),
    guests.blockCommit,
    { dom, disk: 'vda', base: '/b', top: null, bandwidth: 0n, flags: 1 | 2 | 4 | 16 },
    {},
  );
  sends(
    'domains.blockCopy',
    (c) =>
      c.domains.blockCopy(dom, 'vda', '<disk/>', { shallow: true, reuseExternal: true, transient: true }),
    guests.blockCopy,
    { dom, path: 'vda', destxml: '<disk/>', params: [], flags: 1 | 2 | 4 },
    {},
  );
  const asked = { dom, path: 'vda', flags: 1 };
  const job = { type: 2, bandwidth: 1n, cur: 2n, end: 3n };
  sends(
    'domains.blockJob',
    (c) => c.domains.blockJob(dom, 'vda'),
    guests.getBlockJobInfo,
    asked,
    { found: true, ...job },
    { type: 'copy', bandwidthBytesPerSecond: 1n, current: 2n, end: 3n },
  );
  sends(
    'domains.blockJob',
    (c) => c.domains.blockJob(dom, 'vda'),
    guests.getBlockJobInfo,
    asked,
    { found: false, ...job },
    null,
  );
  sends(
    'domains.blockJobAbort',
    (c) => c.domains.blockJobAbort(dom, 'vda', { pivot: true, async: true }),
    guests.blockJobAbort,
    { dom, path: 'vda', flags: 1 | 2 },
    {},
  );
  sends(
    'domains.jobStats',
    (c) => c.domains.jobStats(dom, { completed: true }),
    guests.getJobStats,
    { dom, flags: 1 },
    { type: 3, params: [{ field: 'data_total', type: 'unsigned hyper', value: 9n }] },
    { type: 'completed', stats: { data_total: 9n } },
  );
  sends('domains.abortJob', (c) => c.domains.abortJob(dom), guests.abortJob, { dom }, {});
  sends(
    'domains.migrateToUri',
    (c) =>
      c.domains.migrateToUri(dom, 'qemu+tls://h/system', {
        live: true,
        tunnelled: true,
        persistDestination: true,
        undefineSource: true,
        copyStorage: 'all',
        offline: true,
        unsafe: true,
        autoConverge: true,
        migrateUri: 'tcp://h',
        destinationName: 'n',
        destinationXml: '<d/>',
      }),
    guests.migratePerform3Params,
    {
      dom,
      dconnuri: 'qemu+tls://h/system',
      params: [
        { field: 'migrate_uri', type: 'string', value: 'tcp://h' },
        { field: 'destination_name', type: 'string', value: 'n' },
        { field: 'destination_xml', type: 'string', value: '<d/>' },
      ],
      cookieIn: new Uint8Array(0),
      flags: 1 | 2 | 4 | 8 | 16 | 64 | 512 | 1024 | 8192,
    },
    { cookieOut: new Uint8Array(0) },
  );
  sends(
    'domains.migrateToUri',
    (c) => c.domains.migrateToUri(dom, 'qemu+tls://h/system', { copyStorage: 'incremental' }),
    guests.migratePerform3Params,
    { dom, dconnuri: 'qemu+tls://h/system', params: [], cookieIn: new Uint8Array(0), flags: 2 | 128 },
    { cookieOut: new Uint8Array(0) },
  );
});

describe('guests', () => {
  sends(
    'domains.stats',
    (c) =>
      c.domains.stats({
        domains: [dom],
        groups: [
          'state',
          'cpu',
          'balloon',
          'vcpu',
          'interface',
          'block',
          'perf',
          'iothread',
          'memory',
          'dirtyrate',
        ],
        nowait: true,
      }),
    guests.getAllDomainStats,
    { doms: [dom], stats: 0b11_1111_1111, flags: 2 ** 29 },
    {
      retStats: [
        {
          dom,
          params: [
            { field: 'state.state', type: 'int', value: 1 },
            { field: 'cpu.time', type: 'unsigned hyper', value: 5n },
          ],
        },
      ],
    },
    [{ domain: dom, stats: { 'state.state': 1, 'cpu.time': 5n } }],
  );
  sends(
    'domains.stats',
    (c) => c.domains.stats({ groups: ['block'], active: true }),
    guests.getAllDomainStats,
    { doms: [], stats: 32, flags: 1 },
    { retStats: [] },
    [],
  );
  sends(
    'domains.memoryStats',
    (c) => c.domains.memoryStats(dom),
    guests.memoryStats,
    { dom, maxStats: 1024, flags },
    {
      stats: [
        { tag: 6, val: 1n },
        { tag: 4, val: 2n },
        { tag: 99, val: 3n },
      ],
    },
    { actual: 1n, unused: 2n, tag99: 3n },
  );
  sends(
    'domains.interfaceAddresses',
    (c) => c.domains.interfaceAddresses(dom, 'agent'),
    guests.interfaceAddresses,
    { dom, source: 1, flags },
    { ifaces: [{ name: 'eth0', hwaddr: null, addrs: [{ type: 1, addr: '::1', prefix: 64 }] }] },
    [{ interface: 'eth0', mac: null, addresses: [{ family: 'ipv6', address: '::1', prefix: 64 }] }],
  );
  sends(
    'domains.agentCommand',
    (c) => c.domains.agentCommand(dom, '{}', { timeoutSeconds: 60 }),
    guests.agentCommand,
    { dom, cmd: '{}', timeout: 60, flags },
    { result: '{"return":1}' },
    '{"return":1}',
  );
  sends(
    'domains.agentCommand',
    (c) => c.domains.agentCommand(dom, '{}'),
    guests.agentCommand,
    { dom, cmd: '{}', timeout: -1, flags },
    { result: null },
    '',
  );
  sends(
    'domains.guestInfo',
    (c) => c.domains.guestInfo(dom),
    guests.getGuestInfo,
    { dom, types: 0, flags },
    { params: [{ field: 'os.id', type: 'string', value: 'debian' }] },
    { 'os.id': 'debian' },
  );
  sends(
    'domains.guestHostname',
    (c) => c.domains.guestHostname(dom, 'agent'),
    guests.getHostname,
    { dom, flags: 2 },
    { hostname: 'g' },
    'g',
  );
  const frozen = { dom, mountpoints: ['/a'], flags };
  sends(
    'domains.freezeFilesystems',
    (c) => c.domains.freezeFilesystems(dom, ['/a']),
    guests.fsFreeze,
    frozen,
    { filesystems: 1 },
    1,
  );
  sends(
    'domains.thawFilesystems',
    (c) => c.domains.thawFilesystems(dom, ['/a']),
    guests.fsThaw,
    frozen,
    { filesystems: 2 },
    2,
  );
  sends(
    'domains.setUserPassword',
    (c) => c.domains.setUserPassword(dom, 'u', 'p', { encrypted: true }),
    guests.setUserPassword,
    { dom, user: 'u', password: 'p', flags: 1 },
    {},
  );
  sends(
    'domains.sendKeys',
    (c) => c.domains.sendKeys(dom, [29, 56, 111], 50),
    guests.sendKey,
    { dom, codeset: 0, holdtime: 50, keycodes: [29, 56, 111], flags },
    {},
  );
});

describe('snapshots', () => {
  sends(
    'snapshots.list',
    (c) => c.snapshots.list(dom),
    snapshots.listAll,
    { dom, needResults: true, flags },
    { snapshots: [snap], ret: 1 },
    [snap],
  );
  sends(
    'snapshots.lookupByName',
    (c) => c.snapshots.lookupByName(dom, 'snap'),
    snapshots.lookupByName,
    { dom, name: 'snap', flags },
    { snap },
    snap,
  );
  sends(
    'snapshots.current',
    (c) => c.snapshots.current(dom),
    snapshots.hasCurrent,
    { dom, flags },
    { result: false },
    null,
  );
  it('snapshots.current asks for it when there is one', async () => {
    server().answer(snapshots.hasCurrent, { result: true });
    server().answer(snapshots.current, { snap });
    expect(await client().snapshots.current(dom)).toEqual(snap);
  });
  sends(
    'snapshots.xml',
    (c) => c.snapshots.xml(snap),
    snapshots.getXmlDesc,
    { snap, flags },
    { xml: '<s/>' },
    '<s/>',
  );
  const everything = {
    redefine: true,
    current: true,
    noMetadata: true,
    halt: true,
    diskOnly: true,
    reuseExternal: true,
    quiesce: true,
    atomic: true,
    live: true,
    validate: true,
  };
  sends(
    'snapshots.create',
    (c) => c.snapshots.create(dom, '<s/>', everything),
    snapshots.createXml,
    { dom, xmlDesc: '<s/>', flags: 0b11_1111_1111 },
    { snap },
    snap,
  );
  for (const [position, option] of Object.keys(everything).entries()) {
    sends(
      'snapshots.create',
      (c) => c.snapshots.create(dom, '<s/>', { [option]: true }),
      snapshots.createXml,
      { dom, xmlDesc: '<s/>', flags: 2 ** position },
      { snap },
      snap,
    );
  }
  sends(
    'snapshots.revert',
    (c) => c.snapshots.revert(snap, { paused: true, force: true }),
    snapshots.revert,
    { snap, flags: 2 | 4 },
    {},
  );
  sends(
    'snapshots.delete',
    (c) => c.snapshots.delete(snap, { children: true, metadataOnly: true }),
    snapshots.delete,
    { snap, flags: 1 | 2 },
    {},
  );
  sends(
    'snapshots.delete',
    (c) => c.snapshots.delete(snap, { childrenOnly: true }),
    snapshots.delete,
    { snap, flags: 4 },
    {},
  );
});

isComplete(
  {
    domains: () => ({
      ...domainBlockCalls(unconnectedSession()),
      ...domainGuestCalls(unconnectedSession()),
    }),
    snapshots: (client) => client.snapshots,
  },
  ['domains.openConsole', 'domains.screenshot'],
);
