import { networkDocument, type NetworkRequest } from '../../../internal/networks/network-request.ts';
import { readSubnet } from '../../../internal/networks/ipv4.ts';
import { poolDocument } from '../../../internal/storage/pools/pool-document.ts';
import type { PoolSource } from '../../../internal/storage/pools/pool-source.ts';
import type { GoldenCase } from './cases.ts';

const uuid = '5d1f9d7c-3b1a-4c8e-9a53-0d2f5f0c7a11';

const pool = (source: PoolSource): GoldenCase => ({
  kind: 'pool',
  document: poolDocument({ name: `requested-${source.kind}`, uuid }, source),
});

const plain: NetworkRequest = {
  name: 'requested',
  mode: 'nat',
  bridge: null,
  ipv4Subnet: null,
  dhcpRange: null,
  dhcp: true,
  ipv6Subnet: null,
  domainName: null,
  dnsForwarders: [],
  dnsHosts: [],
  forwardDevice: null,
  autostart: true,
};

const network = (request: Partial<NetworkRequest>, subnet = '192.168.130.0/24'): GoldenCase => ({
  kind: 'network',
  document: networkDocument({ ...plain, ...request }, uuid, request.mode === 'bridge' ? null : readSubnet(subnet)),
});

/** What requests for pools and networks become. */
export const requestedCases: Readonly<Record<string, GoldenCase>> = {
  'requested-pool-dir': pool({ kind: 'dir', path: '/srv/vms' }),
  'requested-pool-fs': pool({
    kind: 'fs',
    device: '/dev/disk/by-uuid/4f3c',
    format: null,
    mountPath: '/srv/disk',
  }),
  'requested-pool-netfs': pool({
    kind: 'netfs',
    host: 'nas.example.org',
    directory: '/export/vms',
    format: 'nfs',
    mountPath: '/srv/nas',
  }),
  'requested-pool-logical': pool({ kind: 'logical', group: 'vg0' }),
  'requested-pool-zfs': pool({ kind: 'zfs', dataset: 'tank/vms' }),
  'requested-pool-rbd': pool({
    kind: 'rbd',
    cephPool: 'vms',
    monitors: [{ name: 'mon1.example.org', port: 6789 }, { name: '192.0.2.7' }],
    login: { user: 'libvirt', secretUuid: '2ec115d7-3a88-3ceb-bc12-0ac909a6fd87' },
  }),
  'requested-network-nat': network({}),
  'requested-network-full': network(
    {
      mode: 'route',
      dhcpRange: { start: '10.1.0.10', end: '10.1.0.20' },
      ipv6Subnet: 'fd12:3456:789a:1::/64',
      domainName: 'vms.example.org',
      dnsForwarders: ['192.0.2.53'],
      dnsHosts: [{ address: '10.1.0.9', hostnames: ['nine', 'neun'] }],
      forwardDevice: 'eth0',
    },
    '10.1.0.0/27',
  ),
  'requested-network-isolated': network({ mode: 'isolated', dhcp: false }),
  'requested-network-bridge': network({ mode: 'bridge', bridge: 'br0' }),
};
