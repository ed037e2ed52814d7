import { expect, it } from 'vitest';
import { shownMoved, requireHere } from '../../../internal/api/http/gpueater/migration/moved.ts';
import { hostCpu, namedCpu } from '../../../internal/migration/compare-cpu.ts';
import { filtersOf } from '../../../internal/migration/filters.ts';
import { pciKind } from '../../../internal/migration/host-devices.ts';
import { jobFraction } from '../../../internal/migration/job-progress.ts';
import { placeFor } from '../../../internal/migration/keep-address.ts';
import { highestCpuOf } from '../../../internal/migration/pinned-cpus.ts';
import { migrateUriOf, peerUriOf } from '../../../internal/migration/target.ts';
import { readNetwork } from '../../../internal/xml/network.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';

const target = {
  name: 'b',
  uri: 'qemu:///system?socket=/run/b',
  peerUri: null,
  address: null,
  disks: 'copied' as const,
  transport: 'direct' as const,
};

it('libvirtd is told to connect, not to open itself', () => {
  expect(peerUriOf(target)).toBe('qemu+unix:///system?socket=/run/b');
  expect(peerUriOf({ ...target, peerUri: 'qemu+tcp://b/system' })).toBe('qemu+tcp://b/system');
  expect(migrateUriOf(target)).toBeUndefined();
  expect(migrateUriOf({ ...target, address: '10.0.0.2' })).toBe('tcp://10.0.0.2');
  expect(migrateUriOf({ ...target, address: 'fe80::1' })).toBe('tcp://[fe80::1]');
});

it('progress is what is no longer to be sent', () => {
  const stats = { data_total: 200n, data_remaining: 50n };
  expect(jobFraction({ type: 'unbounded', stats })).toBe(0.75);
  expect(jobFraction({ type: 'none', stats })).toBeNull();
  expect(jobFraction({ type: 'unbounded', stats: {} })).toBeNull();
  expect(jobFraction({ type: 'unbounded', stats: { data_total: 1n, data_remaining: 9n } })).toBe(0);
});

it('the highest CPU that a domain is tied to', () => {
  const domain = (xml: string) => highestCpuOf(parseXml(`<domain>${xml}</domain>`));
  expect(domain('<vcpu>2</vcpu>')).toBeNull();
  expect(domain("<vcpu cpuset='0-3,^9'>2</vcpu>")).toBe(3);
  expect(domain("<cputune><vcpupin vcpu='0' cpuset='1,11'/><emulatorpin cpuset='2'/></cputune>")).toBe(11);
});

it('the CPU that is compared is the named one, or all that the host has', () => {
  const xml = "<model>EPYC</model><feature policy='require' name='ss'/>";
  const domain = parseXml(`<domain><cpu mode='custom'>${xml}<topology sockets='1'/></cpu></domain>`);
  const cpu = namedCpu(domain);
  expect(cpu === null ? '' : serializeXml(cpu)).toMatch(/^<cpu mode=.custom. match=.exact.><model>EPYC<.*ss/);
  expect(namedCpu(parseXml("<domain><cpu mode='maximum'/></domain>"))).toBeNull();
  const caps = (supported: string) =>
    hostCpu(
      parseXml(
        `<domainCapabilities><cpu><mode name='host-model' supported='${supported}'>${xml}</mode></cpu></domainCapabilities>`,
      ),
    );
  expect(caps('yes')).toEqual(cpu);
  expect(caps('no')).toBeNull();
});

it('filters and kinds of devices are read', () => {
  const filter = "<filter name='a'><filterref filter='b'/><rule/><filterref filter='c'/></filter>";
  expect(filtersOf(parseXml(filter))).toEqual(['b', 'c']);
  const device = "<capability type='pci'><product id='0x1e84'/><vendor id='0x10de'/></capability>";
  expect(pciKind(parseXml(`<device>${device}</device>`))).toBe('0x10de:0x1e84');
  expect(pciKind(parseXml('<device/>'))).toBeNull();
});

it('an address is kept where it can be', () => {
  const network = readNetwork(
    "<network><name>n</name><ip address='10.1.0.1' netmask='255.255.255.0'><dhcp><host mac='52:54:00:00:00:01' ip='10.1.0.5'/></dhcp></ip></network>",
  );
  const kept = { network: 'n', mac: '52:54:00:00:00:02', address: '10.1.0.6', name: null };
  expect(placeFor(network, kept)).toBe(0);
  expect(placeFor(network, { ...kept, mac: '52:54:00:00:00:01', address: '10.1.0.5' })).toBeNull();
  expect(() => placeFor(network, { ...kept, address: '10.1.0.5' })).toThrow(/keeps 10.1.0.5/);
  expect(() => placeFor(network, { ...kept, address: '10.2.0.5' })).toThrow(/other addresses/);
});

it('GPUEater shows what went, and says where it is asked for', () => {
  const uuid = '00112233-4455-6677-8899-aabbccddeeff';
  const moved = {
    uuid,
    name: 'web',
    owner: 'a'.repeat(32),
    target: 'other',
    hostUuid: 'host-b',
    offline: false,
    movedAt: '2026-01-02T00:00:00.000Z',
    createdAt: '2026-01-01T00:00:00.000Z',
    description: 'mine',
    tags: [],
    vcpus: 2,
    memoryMib: 512,
    rootBytes: 2 ** 30,
  };
  expect(shownMoved(moved, 'op')).toMatchObject({
    state: 'MIGRATED',
    machine_resource_id: 'host-b',
    region_id: 'other',
    tag: 'mine',
    root_storage: 1,
    transaction_id: 'op',
  });
  const list = { list: () => [moved] };
  expect(() => requireHere(list, moved.owner, uuid)).toThrow(/went to the host "other"/);
  expect(() => requireHere(list, moved.owner, 'none')).not.toThrow();
});
