import { domainCases } from './domain-cases.ts';
import { requestedCases } from './requested-cases.ts';
import { networkElement } from '../../../internal/xml/network.ts';
import { poolElement } from '../../../internal/xml/pool.ts';
import { snapshotElement } from '../../../internal/xml/snapshot.ts';
import { element, type XmlElement } from '../../../internal/xml/tree.ts';
import { volumeElement } from '../../../internal/xml/volume.ts';

/** What the builders make, by the name of the golden file; each kind has a schema of libvirt's. */
export interface GoldenCase {
  readonly kind: 'domain' | 'network' | 'pool' | 'snapshot' | 'volume';
  readonly document: XmlElement;
}

export const schemaOf = {
  domain: 'domain',
  network: 'network',
  pool: 'storagepool',
  snapshot: 'domainsnapshot',
  volume: 'storagevol',
} as const;

const gibibyte = 1024n ** 3n;

export const cases: Readonly<Record<string, GoldenCase>> = {
  ...requestedCases,
  ...Object.fromEntries(
    Object.entries(domainCases).map(([name, document]) => [name, { kind: 'domain' as const, document }]),
  ),
  'pool-directory': {
    kind: 'pool',
    document: poolElement({
      type: 'dir',
      name: 'images',
      uuid: '0b3f1c4e-6f0e-4b6f-8f3a-3f1f0a6f5c11',
      targetPath: '/srv/protium/images',
      permissions: { mode: '0711', owner: 0, group: 0 },
    }),
  },
  'pool-logical': {
    kind: 'pool',
    document: poolElement({
      type: 'logical',
      name: 'vg0',
      targetPath: '/dev/vg0',
      source: { name: 'vg0', devices: ['/dev/sdb', '/dev/sdc'], format: 'lvm2' },
    }),
  },
  'pool-nfs': {
    kind: 'pool',
    document: poolElement({
      type: 'netfs',
      name: 'shared',
      targetPath: '/srv/shared',
      source: { hosts: [{ name: 'nas.example.org' }], directory: '/export/images', format: 'nfs' },
    }),
  },
  'pool-iscsi': {
    kind: 'pool',
    document: poolElement({
      type: 'iscsi',
      name: 'san',
      targetPath: '/dev/disk/by-path',
      source: {
        hosts: [{ name: 'san.example.org', port: 3260 }],
        devices: ['iqn.2026-01.org.example:storage'],
        others: [
          element('auth', { type: 'chap', username: 'protium' }, element('secret', { usage: 'san-secret' })),
        ],
      },
    }),
  },
  'volume-thin': {
    kind: 'volume',
    document: volumeElement({ name: 'root.qcow2', capacityBytes: 20n * gibibyte }),
  },
  'volume-raw': {
    kind: 'volume',
    document: volumeElement({
      name: 'data & "more".raw',
      capacityBytes: gibibyte,
      allocationBytes: gibibyte,
      format: 'raw',
      permissions: { mode: '0600', owner: 0, group: 0, label: 'virt_image_t' },
      noCow: true,
    }),
  },
  'volume-layer': {
    kind: 'volume',
    document: volumeElement({
      name: 'layer.qcow2',
      capacityBytes: 10n * gibibyte,
      backing: { path: '/srv/protium/images/debian-12.qcow2', format: 'qcow2' },
    }),
  },
  'network-nat': {
    kind: 'network',
    document: networkElement({
      name: 'protium-nat',
      uuid: 'f3b1a2c4-2a63-4c0b-9f57-9f4a8d6d3c22',
      mode: 'nat',
      bridge: 'protium0',
      domainName: 'vm.internal',
      mtu: 1450,
      addresses: [
        {
          address: '10.61.0.1',
          prefix: 24,
          ranges: [{ start: '10.61.0.100', end: '10.61.0.199' }],
          hosts: [
            { mac: '52:54:00:12:34:56', name: 'web', address: '10.61.0.10' },
            { mac: '52:54:00:12:34:57', address: '10.61.0.11' },
          ],
        },
        {
          family: 'ipv6',
          address: 'fd61::1',
          prefix: 64,
          ranges: [{ start: 'fd61::100', end: 'fd61::1ff' }],
          hosts: [{ mac: '52:54:00:12:34:56', name: 'web', address: 'fd61::10' }],
        },
      ],
    }),
  },
  'network-isolated': {
    kind: 'network',
    document: networkElement({
      name: 'backstage',
      mode: 'isolated',
      addresses: [{ address: '10.62.0.1', prefix: 24 }],
    }),
  },
  'network-route': {
    kind: 'network',
    document: networkElement({
      name: 'routed',
      mode: 'route',
      bridge: 'virbr7',
      addresses: [
        { address: '10.63.0.1', prefix: 24, ranges: [{ start: '10.63.0.2', end: '10.63.0.254' }] },
      ],
    }),
  },
  'network-bridge': {
    kind: 'network',
    document: networkElement({ name: 'lan', mode: 'bridge', bridge: 'br0' }),
  },
  'snapshot-internal': {
    kind: 'snapshot',
    document: snapshotElement({
      name: 'before-upgrade',
      description: 'vor dem Update <3 & "so"',
      memory: 'none',
      disks: [
        { target: 'vda', location: 'internal' },
        { target: 'sda', location: 'none' },
      ],
    }),
  },
  'snapshot-external': {
    kind: 'snapshot',
    document: snapshotElement({
      name: 'live',
      memory: { file: '/srv/protium/snapshots/live.mem' },
      disks: [
        { target: 'vda', location: 'external', file: '/srv/protium/snapshots/live.qcow2', format: 'qcow2' },
      ],
    }),
  },
};
