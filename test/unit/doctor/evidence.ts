import type { Evidence } from '../../../internal/doctor/evidence.ts';
import type { HostFacts, PciFacts } from '../../../internal/host/facts.ts';

/** A GPU that could be passed. */
export const gpu: PciFacts = {
  address: '0000:01:00.0',
  class: '030000',
  vendor: '10de',
  model: '2489',
  subsystemVendor: null,
  subsystemModel: null,
  vendorName: 'NVIDIA Corporation',
  modelName: 'GA104 [GeForce RTX 3060 Ti]',
  driver: 'nvidia',
  iommuGroup: 12,
  numaNode: null,
  resetMethods: ['bus'],
  bars: [],
  bootVga: false,
  parent: '0000:00:01.0',
  answers: true,
  physicalFunction: null,
  virtualFunctions: null,
  mdevTypes: [],
  users: [],
};

const host: HostFacts = {
  cpu: {
    arch: 'X86_64',
    vendor: 'GenuineIntel',
    model: null,
    frequencyMhz: 3500,
    smtOn: false,
    threadsPerCore: 1,
    kernelFlags: [],
    elementoFlags: [],
    cores: [],
  },
  memory: { totalMib: 32_000, availableMib: 30_000, ecc: null, eccSource: null },
  numaNodes: [],
  dmi: { manufacturer: null, product: null },
  iommu: { enabled: true, commandLine: ['intel_iommu=on'], unsafeInterrupts: false },
  pci: [gpu],
  vfio: { pciDriver: 'loaded' },
  hypervisor: {
    domainType: 'kvm',
    arch: 'x86_64',
    emulator: '/usr/bin/qemu-system-x86_64',
    libvirtVersion: 9_000_000,
    maxVcpus: 288,
    uefi: true,
    secureBoot: true,
    tpm: true,
    hypervFeatures: [],
    cpuModes: [],
    virtioWin: '/usr/share/virtio-win/virtio-win.iso',
    otherArchs: [],
  },
  readAt: '2026-01-01T00:00:00.000Z',
};

/** A host with which all is well. */
export const healthy: Evidence & { readonly host: HostFacts } = {
  host,
  hostError: null,
  libvirt: { uri: 'qemu:///system', connected: true, error: null },
  kvm: { device: 'usable', processorFlag: 'vmx', insideVm: false },
  networks: [{ name: 'default', active: true, autostart: true, bridge: 'virbr0', forwardMode: 'nat' }],
  pools: [
    {
      name: 'protium',
      state: 'running',
      autostart: true,
      targetPath: '/var/lib/libvirt/images/protium',
      availableBytes: 100n * 1024n ** 3n,
      capacityBytes: 200n * 1024n ** 3n,
    },
  ],
  storage: { pool: 'protium', directory: '/var/lib/libvirt/images/protium' },
  forwarding: { policy: 'ACCEPT', docker: false, guestsAccepted: true, ipForward: true },
  permissions: { userId: 0, unwritable: [] },
};
