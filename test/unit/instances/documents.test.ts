import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guestProfile } from '../../../internal/guests/guest-profile.ts';
import type { HostFacts } from '../../../internal/host/facts.ts';
import { instanceDomain } from '../../../internal/instances/documents/domain.ts';
import { instanceMetadata, readInstanceMetadata } from '../../../internal/instances/documents/metadata.ts';
import { diskSerial, domainName, macAddress, seedName } from '../../../internal/instances/documents/names.ts';
import { planPlacement } from '../../../internal/placement/place.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { protiumMetadata } from '../../../internal/xml/domain/metadata.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import { childText, type XmlElement } from '../../../internal/xml/tree.ts';
import { example, examples } from '../../examples/elemento/examples.ts';
import { matchGolden } from '../../golden/match-golden.ts';
import { card, inputFor, machine, pci } from '../placement/hosts.ts';
import { invalidAgainstSchema } from './schema.ts';

const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';

/** As it would be made; the machine is one that has all that is asked for. */
function documentOf(host: HostFacts, config: object, name = 'a VM'): XmlElement {
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
    profile: guestProfile(spec),
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
const full = machine({
  nodes: 2,
  coresPerNode: 16,
  memoryMib: 131_072,
  pci: [
    ...card('0000:01:00', 12),
    ...card('0000:02:00', 13),
    ...p4000('0000:03:00', 14),
    ...p4000('0000:04:00', 15),
    ...a4000('0000:05:00', 16),
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

const cases: readonly (readonly [string, HostFacts, object])[] = [
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
  ['no-network', full, { slots: 1, ramsize: 128, has_network: false, misc: { qemu_agent: false } }],
];

describe('documents', () => {
  it.each(cases)('%s', async (name, host, config) => {
    const xml = serializeXml(documentOf(host, config), { indent: true });
    expect(xml).not.toMatch(/pa55word|S3CRET/);
    await matchGolden(`documents/${name}.xml`, xml);
    expect(await invalidAgainstSchema('domain', xml)).toBeNull();
  });

  const configs = examples.filter(({ body }) => readSpec(body).ok);
  it.each(configs)("the example $name is one that libvirt's schema allows", async ({ body }) => {
    expect(await invalidAgainstSchema('domain', serializeXml(documentOf(full, body as object)))).toBeNull();
  });

  it('names are data, never markup', () => {
    fc.assert(
      fc.property(
        fc
          .string({
            unit: fc.constantFrom(']]>', '&', '"', "'", '<', 'a', 'é', '-', '/', '.', ' '),
            minLength: 1,
            maxLength: 40,
          })
          .filter((text) => text.trim() !== ''),
        (name) => {
          const config = {
            slots: 1,
            ramsize: 128,
            vm_name: name,
            info: { description: name },
            vm_tags: [name],
            region: name,
          };
          const document = parseXml(serializeXml(documentOf(full, config, name.trim())));
          expect(childText(document, 'title')).toBe(name.trim().replaceAll(/\s+/g, ' '));
          const metadata = protiumMetadata(document);
          const record = metadata === null ? null : readInstanceMetadata(metadata);
          expect(record).toMatchObject({
            name: name.trim(),
            owner: 'f'.repeat(32),
            spec: { tags: [name.trim()] },
          });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('metadata', () => {
  it('tells where the seed is, and by which keys the guest is known', () => {
    const config = { slots: 1, ramsize: 128, authentication: { 'ssh-key': 'k' } };
    const ours = protiumMetadata(documentOf(full, config));
    expect(ours === null ? null : readInstanceMetadata(ours)).toMatchObject({
      seedPool: 'protium',
      sshHostKeys: ['ssh-ed25519 AAAA', 'ecdsa-sha2-nistp256 BBBB'],
    });
  });

  const metadata = protiumMetadata(documentOf(full, { slots: 1, ramsize: 128 }));

  it('is read as it was written, and not when somebody broke it', () => {
    if (metadata === null) throw new Error('there is no metadata');
    expect(readInstanceMetadata(metadata)).toMatchObject({ plan: { cpu: { slots: 1 } }, seedPool: null });
    expect(readInstanceMetadata(metadata)?.sshHostKeys).toEqual([]);
    const text = serializeXml(metadata);
    for (const [from, to] of [
      ['version="1"', 'version="2"'],
      ["version='1'", "version='2'"],
      ['"slots"', '"slot"'],
      ['f'.repeat(32), 'nobody'],
      ['{', '['],
    ] as const) {
      if (!text.includes(from)) continue;
      expect(readInstanceMetadata(parseXml(text.replaceAll(from, to)))).toBeNull();
    }
  });
});

describe('names', () => {
  it.each([
    ['Helium', 'helium'],
    ['awesome machine', 'awesome-machine'],
    ['Zwölf Äpfel!', 'zwolf-apfel'],
    ['../../etc/passwd', 'etc-passwd'],
    ['-x', 'x'],
    ['日本', 'vm-0f8fad5b'],
    ['a'.repeat(100), 'a'.repeat(63)],
  ])('the domain of %j', (name, expected) => {
    expect(domainName(name, uuid, () => false)).toBe(expected);
  });

  it('one that is taken gets a part of the uuid', () => {
    expect(domainName('helium', uuid, (name) => name === 'helium')).toBe('helium-0f8fad5b');
    expect(domainName('helium', uuid, (name) => !name.startsWith('vm-'))).toBe(`vm-${uuid}`);
  });

  it('MAC addresses and serials are stable', () => {
    expect([macAddress(uuid, 0), macAddress(uuid, 1)]).toEqual(['52:54:00:28:95:0e', '52:54:00:28:95:0f']);
    expect(diskSerial(uuid)).toBe('0f8fad5bd9cb469fa165');
  });
});
