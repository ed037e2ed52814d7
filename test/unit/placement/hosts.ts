import type { HostFacts, PciFacts } from '../../../internal/host/facts.ts';
import type { Claim } from '../../../internal/placement/claim.ts';
import type { ImageOffer, PlacementInput } from '../../../internal/placement/plan.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';

const device: PciFacts = {
  address: '0000:00:00.0',
  class: '060000',
  vendor: '1022',
  model: '1480',
  subsystemVendor: null,
  subsystemModel: null,
  vendorName: null,
  modelName: null,
  driver: null,
  iommuGroup: 0,
  numaNode: null,
  resetMethods: ['flr', 'bus'],
  bars: [],
  bootVga: false,
  parent: null,
  answers: true,
  physicalFunction: null,
  virtualFunctions: null,
  mdevTypes: [],
  users: [],
};

export function pci(
  address: string,
  id: string,
  deviceClass: string,
  rest: Partial<PciFacts> = {},
): PciFacts {
  const [vendor = '', model = ''] = id.split(':');
  return { ...device, address, vendor, model, class: deviceClass, ...rest };
}

/** A card and its audio, in a group of their own. */
export function card(slot: string, iommuGroup: number, rest: Partial<PciFacts> = {}): readonly PciFacts[] {
  return [
    pci(`${slot}.0`, '10de:2489', '030000', { iommuGroup, driver: 'nvidia', ...rest }),
    pci(`${slot}.1`, '10de:228b', '040300', { iommuGroup, driver: 'snd_hda_intel', ...rest }),
  ];
}

interface Machine {
  readonly nodes?: number;
  readonly coresPerNode?: number;
  readonly threads?: number;
  readonly memoryMib?: number;
  readonly pci?: readonly PciFacts[];
}

/** A machine of so many nodes and cores; a core's siblings are apart by the number of cores, as on real ones. */
export function machine({
  nodes = 1,
  coresPerNode = 4,
  threads = 2,
  memoryMib = 65_536,
  pci: devices = [],
}: Machine = {}): HostFacts {
  const total = nodes * coresPerNode;
  const cores = Array.from({ length: total }, (_, id) => ({
    id,
    cpus: Array.from({ length: threads }, (_thread, thread) => id + thread * total),
    socket: 0,
    node: Math.floor(id / coresPerNode),
    isolated: false,
  }));
  return {
    cpu: {
      arch: 'X86_64',
      vendor: 'AuthenticAMD',
      model: 'a processor',
      frequencyMhz: 3500,
      smtOn: threads > 1,
      threadsPerCore: threads,
      kernelFlags: ['sse2', 'avx2', 'pni'],
      elementoFlags: ['AVX2', 'SSE2', 'SSE3'],
      cores,
    },
    memory: { totalMib: memoryMib, availableMib: memoryMib, guestsMib: 0, ecc: true, eccSource: 'edac' },
    numaNodes: Array.from({ length: nodes }, (_, id) => ({
      id,
      totalMib: memoryMib / nodes,
      freeMib: memoryMib / nodes,
      cpus: cores.filter(({ node }) => node === id).flatMap(({ cpus }) => cpus),
      distances: Array.from({ length: nodes }, (_node, other) => (other === id ? 10 : 20)),
      hugepages: [],
    })),
    dmi: { manufacturer: 'GIGABYTE', product: null },
    iommu: {
      enabled: devices.some(({ iommuGroup }) => iommuGroup !== null),
      commandLine: [],
      unsafeInterrupts: false,
    },
    pci: devices,
    vfio: { pciDriver: 'loaded' },
    hypervisor: {
      domainType: 'kvm',
      arch: 'x86_64',
      emulator: null,
      libvirtVersion: 9_000_000,
      maxVcpus: 288,
      uefi: true,
      secureBoot: true,
      tpm: true,
      hypervFeatures: [],
      cpuModes: [],
      virtioWin: null,
      otherArchs: [],
    },
    readAt: '2026-01-01T00:00:00.000Z',
  };
}

export const debian: ImageOffer = {
  id: 'c0ffee00-0000-4000-8000-000000000001',
  name: 'debian-12',
  pool: 'protium-images',
  volume: `${'d'.repeat(64)}.qcow2`,
  path: `/var/lib/libvirt/protium-images/${'d'.repeat(64)}.qcow2`,
  format: 'qcow2',
  virtualSizeBytes: 2e9,
  os: { family: 'linux', flavour: 'debian', version: '12' },
  loginUser: 'debian',
};

export function inputFor(host: HostFacts, config: object, claims: readonly Claim[] = []): PlacementInput {
  const answer = readSpec(config);
  if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
  return {
    spec: answer.spec,
    host,
    claims,
    conditions: [],
    networks: [{ name: 'default', uuid: '11111111-1111-1111-1111-111111111111', bridge: 'virbr0' }],
    volumes: [
      {
        id: 'a8129662-42ac-4e2f-84db-dd049a1facfe',
        pool: 'default',
        name: 'a812966242ac4e2f84dbdd049a1facfe.qcow2',
        path: '/var/lib/libvirt/images/a812966242ac4e2f84dbdd049a1facfe.qcow2',
        format: 'qcow2',
        capacityBytes: 1e10,
        usedBy: [],
      },
      {
        id: null,
        pool: 'default',
        name: 'debian-12.iso',
        path: '/var/lib/libvirt/images/debian-12.iso',
        format: 'iso',
        capacityBytes: 6e8,
        usedBy: ['other'],
      },
    ],
    images: [debian],
    media: [
      { asked: 'iso/there.iso', answer: { ok: true, path: '/srv/protium/iso/there.iso', sizeBytes: 5e8 } },
      { asked: 'iso/gone.iso', answer: { ok: false, problem: 'There is no file iso/gone.iso.' } },
    ],
    policy: { reservedMemoryMib: 1024, overheadMib: 128, pool: { name: 'protium', availableBytes: 1e12 } },
  };
}
