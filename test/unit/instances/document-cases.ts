import { guestProfile } from '../../../internal/guests/guest-profile.ts';
import type { HostFacts } from '../../../internal/host/facts.ts';
import { instanceDomain } from '../../../internal/instances/documents/domain.ts';
import { instanceMetadata } from '../../../internal/instances/documents/metadata.ts';
import { domainName, seedName } from '../../../internal/instances/documents/names.ts';
import { planPlacement } from '../../../internal/placement/place.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import type { XmlElement } from '../../../internal/xml/tree.ts';
import { example, examples } from '../../examples/elemento/examples.ts';
import { card, inputFor, machine, pci } from '../placement/hosts.ts';

export const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';

/** As it would be made; the machine is one that has all that is asked for. */
export function documentOf(host: HostFacts, config: object, name = 'a VM'): XmlElement {
  const answer = planPlacement(inputFor(host, config));
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal.reasons));
  const read = readSpec(config);
  if (!read.ok) throw new Error('not a config');
  const { spec } = read;
  const { plan } = answer;
  return instanceDomain({
    uuid,
    domain: domainName(name, uuid, () => false),
    name,
    spec,
    plan,
    profile: guestProfile({ os: plan.system ?? spec.os }),
    hypervisor: {
      hypervFeatures: ['relaxed', 'vapic', 'spinlocks', 'vpindex', 'synic', 'stimer', 'vendor_id'],
      virtioWin: '/usr/share/virtio-win/virtio-win.iso',
    },
    volumes: plan.volumes.map((volume) => ({
      id: uuid,
      path: '/var/lib/libvirt/images/a.qcow2',
      format: volume.format,
      plan: volume,
    })),
    seed: plan.seed === null ? null : `/var/lib/libvirt/images/${seedName(uuid)}`,
    metadata: instanceMetadata({
      owner: 'f'.repeat(32),
      name,
      createdAt: '2026-01-01T00:00:00.000Z',
      requestDigest: 'digest',
      spec,
      plan,
      createdVolumes: [],
      seedPool: plan.seed?.pool ?? null,
      sshHostKeys: plan.seed === null ? [] : ['ssh-ed25519 AAAA', 'ecdsa-sha2-nistp256 BBBB'],
    }),
    serialLog: '/var/log/libvirt/qemu/a-serial0.log',
  });
}

const p4000 = (slot: string, iommuGroup: number) => [
  pci(`${slot}.0`, '10de:1bb1', '030000', {
    iommuGroup,
    driver: 'nvidia',
    bars: [{ bytes: 2 ** 35, is64Bit: true, prefetchable: true }],
  }),
];
const a4000 = (slot: string, iommuGroup: number) =>
  card(slot, iommuGroup, { model: '24b0' }).map((device, index) =>
    index === 0 ? device : { ...device, model: '228b' },
  );
/** Has all that the examples ask for. */
export const full = machine({
  nodes: 2,
  coresPerNode: 16,
  memoryMib: 131_072,
  pci: [
    ...card('0000:01:00', 12),
    ...card('0000:02:00', 13),
    ...p4000('0000:03:00', 14),
    ...p4000('0000:04:00', 15),
    ...a4000('0000:05:00', 16),
    pci('0000:06:00.0', '8086:1572', '020000', { iommuGroup: 17, driver: 'i40e' }),
  ],
});
const paged = {
  ...full,
  numaNodes: full.numaNodes.map((node) => ({
    ...node,
    hugepages: [{ sizeKib: 2048, total: 4096, free: 4096 }],
  })),
};
const emulated = { ...full, hypervisor: { ...full.hypervisor, domainType: 'qemu' as const } };

export const cases: readonly (readonly [string, HostFacts, object])[] = [
  ['helium', full, example('template-helium') as object],
  ['emulated', emulated, example('template-neon') as object],
  ['seed-two-gpus', full, example('specfile-seed-ai-track') as object],
  ['large-bars', full, { ...(example('template-argon2') as object), firmware: 'uefi' }],
  ['threads', full, example('techpack-00-slots-allowSMT-ramsize') as object],
  [
    'windows-11',
    full,
    {
      slots: 4,
      ramsize: 8192,
      misc: { os_family: 'windows', os_flavour: 'windows11' },
      volumes: [{ size_gb: 64 }],
    },
  ],
  [
    'bsd',
    full,
    {
      slots: 2,
      ramsize: 1024,
      misc: { os_family: 'bsd', os_flavour: 'openbsd' },
      volumes: [{ size_gb: 8, format: 'raw', bus: 'sata' }],
    },
  ],
  [
    'hugepages-over-nodes',
    paged,
    { slots: 20, allowSMT: false, ramsize: 8192, protium: { hugepages: true } },
  ],
  [
    'cloud-init',
    full,
    {
      slots: 1,
      ramsize: 512,
      misc: { os_family: 'linux', os_flavour: 'debian' },
      volumes: [{ size_gb: 8 }, { size_gb: 1, bus: 'sata' }],
      authentication: { password: 'pa55word-once', 'ssh-key': 'ssh-ed25519 S3CRET' },
    },
  ],
  [
    'from-image',
    full,
    {
      slots: 1,
      ramsize: 512,
      volumes: [{ image: 'debian-12', size_gb: 20 }, { size_gb: 1 }],
      authentication: { 'ssh-key': 'ssh-ed25519 S3CRET' },
    },
  ],
  ['from-image-flat', full, { slots: 1, ramsize: 512, protium: { image: 'debian-12' } }],
  [
    'from-iso',
    full,
    {
      slots: 1,
      ramsize: 512,
      volumes: [{ size_gb: 8 }, { iso: 'iso/there.iso' }, { name: 'debian-12.iso' }],
    },
  ],
  [
    'every-field',
    paged,
    {
      region: 'local',
      info: { vm_name: 'Every field', description: 'Says all that a config can say.' },
      slots: 4,
      overprovision: 1,
      allowSMT: false,
      archs: ['X86_64', 'ARM_8'],
      flags: ['SSE2', 'avx2'],
      min_frequency: 1.5,
      ramsize: 4,
      reqECC: true,
      misc: {
        os_family: 'linux',
        os_flavour: 'ubuntu',
        os_version: '24.04',
        firmware: 'uefi',
        qemu_agent: true,
        manufacturer: 'Gigabyte',
      },
      pci: [
        { vendor: '10de', model: '2489' },
        { vendor: '10de', model: '228b' },
        { vendor: '8086', model: '1572' },
      ],
      networks: [{ network_uid: 'virbr0', mac: '52:54:00:12:34:56' }, { network_uid: 'default' }],
      volumes: [
        { vid: 'a812966242ac4e2f84dbdd049a1facfe', readonly: true, priority: 1 },
        { size_gb: 20, name: 'root', format: 'qcow2', bus: 'scsi', bootable: true, priority: 0 },
      ],
      autostart: true,
      vm_tags: ['service:web', 'team:one'],
      authentication: { username: 'alice', password: 'secret', 'ssh-key': 'ssh-ed25519 A alice' },
      cloudinit: '#cloud-config',
      protium: {
        memoryUnit: 'GiB',
        hugepages: true,
        topology: 'flat',
        strictPci: true,
        secureBoot: true,
        tpm: true,
      },
    },
  ],
  ['no-network', full, { slots: 1, ramsize: 128, has_network: false, misc: { qemu_agent: false } }],
];

/** Elemento's own configs. */
export const exampleConfigs = examples.filter(({ body }) => readSpec(body).ok);
