import type { Evidence } from '../../../internal/doctor/evidence.ts';
import type { HostFacts } from '../../../internal/host/facts.ts';
import { machine, pci } from '../placement/hosts.ts';

/** A GPU that could be passed. */
export const gpu = pci('0000:01:00.0', '10de:2489', '030000', { driver: 'nvidia', iommuGroup: 12 });

const whole = machine({ pci: [gpu] });
const host: HostFacts = {
  ...whole,
  cpu: { ...whole.cpu, vendor: 'GenuineIntel' },
  hypervisor: { ...whole.hypervisor, virtioWin: '/usr/share/virtio-win/virtio-win.iso' },
};

/** A host with which all is well. */
export const healthy: Evidence & { readonly host: HostFacts } = {
  host,
  hostError: null,
  conditions: [],
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
  tools: { virtSysprep: true, dhcpRelease: true },
  migrationTargets: [{ name: 'other', uri: 'qemu+tls://b/system', problem: null }],
  floating: { addresses: '10.77.0.1-10.77.0.254', size: 254, used: 1, problem: null },
  permissions: { userId: 0, unwritable: [] },
};
