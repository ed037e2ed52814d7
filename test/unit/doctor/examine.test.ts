import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../internal/doctor/evidence.ts';
import { examine } from '../../../internal/doctor/examine.ts';
import { gpu, healthy } from './evidence.ts';

/** What is not well, as `check severity`. */
function complaints(evidence: Evidence): readonly string[] {
  return examine(evidence)
    .filter(({ severity }) => severity !== 'ok')
    .map(({ check, severity }) => `${check} ${severity}`);
}

const { host } = healthy;
const slow = { ...host, hypervisor: { ...host.hypervisor, domainType: 'qemu' as const } };
const beside = (other: Partial<typeof gpu>) => ({
  ...healthy,
  host: { ...host, pci: [gpu, { ...gpu, ...other }] },
});

describe('the doctor', () => {
  it('has nothing to say against a healthy host, and says so for each check', () => {
    expect(complaints(healthy)).toEqual([]);
    expect(examine(healthy).map(({ check }) => check)).toEqual([
      'libvirt',
      'kvm',
      'iommu',
      'vfio',
      'group',
      'firmware',
      'virtio-win',
      'network',
      'forwarding',
      'floating-addresses',
      'migration',
      'pool',
      'permissions',
      'image-cleaning',
      'lease-release',
    ]);
  });

  it.each<[string, Evidence, readonly string[]]>([
    [
      'libvirt away',
      {
        ...healthy,
        host: null,
        hostError: 'no answer',
        libvirt: { uri: 'x', connected: false, error: 'refused' },
      },
      [
        'libvirt problem',
        'host problem',
        'kvm unknown',
        'iommu unknown',
        'firmware unknown',
        'network unknown',
        'pool unknown',
      ],
    ],
    [
      'devices that are not well',
      {
        ...healthy,
        conditions: (['stuck', 'quarantined', 'returning'] as const).map((condition) => ({
          address: '0000:01:00.0',
          condition,
          reason: 'it hangs',
          since: '2026-01-01T00:00:00.000Z',
        })),
      },
      ['device warning', 'device warning'],
    ],
    [
      'devices, but no root',
      { ...healthy, permissions: { userId: 999, unwritable: [] } },
      ['device-access note', 'lease-release note'],
    ],
    [
      'no virtualisation',
      { ...healthy, host: slow, kvm: { device: 'absent', processorFlag: null, insideVm: false } },
      ['kvm warning'],
    ],
    [
      'module not loaded',
      { ...healthy, host: slow, kvm: { device: 'absent', processorFlag: 'svm', insideVm: false } },
      ['kvm warning'],
    ],
    ['kvm not offered', { ...healthy, host: slow }, ['kvm warning']],
    [
      'IOMMU off',
      { ...healthy, host: { ...host, iommu: { enabled: false, commandLine: [], unsafeInterrupts: false } } },
      ['iommu warning'],
    ],
    [
      'unsafe interrupts',
      { ...healthy, host: { ...host, iommu: { ...host.iommu, unsafeInterrupts: true } } },
      ['iommu-interrupts warning'],
    ],
    ['no vfio', { ...healthy, host: { ...host, vfio: { pciDriver: 'absent' } } }, ['vfio problem']],
    [
      'a USB controller in the group of the GPU',
      beside({ address: '0000:02:00.0', class: '0c0330', driver: 'xhci_hcd' }),
      ['group warning'],
    ],
    ['its own audio function', beside({ address: '0000:01:00.1', class: '040300' }), []],
    ['a bridge in the group', beside({ address: '0000:00:01.0', class: '060400' }), []],
    ['no reset', { ...healthy, host: { ...host, pci: [{ ...gpu, resetMethods: [] }] } }, ['group warning']],
    [
      'no TPM and no secure boot',
      { ...healthy, host: { ...host, hypervisor: { ...host.hypervisor, tpm: false, secureBoot: false } } },
      ['firmware warning', 'firmware warning'],
    ],
    [
      'no virtio-win',
      { ...healthy, host: { ...host, hypervisor: { ...host.hypervisor, virtioWin: null } } },
      ['virtio-win note'],
    ],
    ['no default network', { ...healthy, networks: [] }, ['network warning']],
    [
      'Docker drops what guests send',
      {
        ...healthy,
        forwarding: { policy: 'DROP', docker: true, guestsAccepted: false, ipForward: true },
      },
      ['forwarding warning'],
    ],
    [
      'forwarding off',
      { ...healthy, forwarding: { ...healthy.forwarding, ipForward: false } },
      ['forwarding warning'],
    ],
    [
      'a host to move to is away',
      { ...healthy, migrationTargets: [{ name: 'other', uri: 'qemu+tls://b/system', problem: 'No route.' }] },
      ['migration warning'],
    ],
    [
      'floating addresses overlap',
      { ...healthy, floating: { ...healthy.floating, problem: 'They overlap the network "lab".' } },
      ['floating-addresses warning'],
    ],
    [
      'all floating addresses given',
      { ...healthy, floating: { ...healthy.floating, used: 254 } },
      ['floating-addresses warning'],
    ],
    [
      'the firewall cannot be read',
      { ...healthy, forwarding: { ...healthy.forwarding, policy: null } },
      ['forwarding unknown'],
    ],
    [
      'no virt-sysprep and no dhcp_release',
      { ...healthy, tools: { virtSysprep: false, dhcpRelease: false } },
      ['image-cleaning note', 'lease-release note'],
    ],
    ['no pool yet', { ...healthy, pools: [] }, ['pool note']],
    [
      'a full pool',
      { ...healthy, pools: healthy.pools.map((pool) => ({ ...pool, availableBytes: 1n })) },
      ['pool warning'],
    ],
    [
      'an unwritable directory',
      { ...healthy, permissions: { userId: 999, unwritable: ['/var/lib/protium'] } },
      ['device-access note', 'permissions problem', 'lease-release note'],
    ],
  ])('%s', (_name, evidence, expected) => {
    expect(complaints(evidence)).toEqual(expected);
  });

  it('gives a fix for everything that is a warning or a problem, save what only the error itself can tell', () => {
    const evidence = beside({ address: '0000:02:00.0', class: '010802', driver: 'nvme' });
    const [group] = examine(evidence).filter(({ severity }) => severity === 'warning');
    expect(group?.message).toContain('0000:02:00.0');
    expect(group?.message).toContain('nvme');
    expect(group?.fix).toContain('ACS');
  });
});
