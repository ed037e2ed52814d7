import type { PciFacts } from '../../host/facts.ts';
import type { Evidence } from '../evidence.ts';
import { finding, type Finding } from '../finding.ts';

/** Passing a device to a VM needs the IOMMU on, VFIO, and groups that hold nothing else. */
export function checkIommu({ host }: Evidence): readonly Finding[] {
  if (host === null) return [finding('iommu', 'unknown', 'The host could not be read.')];
  const { iommu, vfio, cpu } = host;
  const flag = cpu.vendor === 'GenuineIntel' ? 'intel_iommu=on iommu=pt' : 'iommu=pt';
  const bios = cpu.vendor === 'GenuineIntel' ? 'VT-d' : 'AMD-Vi (IOMMU)';
  const commandLine = iommu.commandLine.join(' ');
  if (!iommu.enabled) {
    return [
      finding('iommu', 'warning', 'The IOMMU is off: no device can be passed to a VM.', {
        fix: `Turn on ${bios} in the BIOS and add "${flag}" to the kernel's command line (GRUB_CMDLINE_LINUX in /etc/default/grub, update-grub), then reboot.`,
        details: { commandLine },
      }),
    ];
  }
  const groups = new Set(host.pci.flatMap(({ iommuGroup }) => iommuGroup ?? [])).size;
  const found = [
    finding('iommu', 'ok', `The IOMMU is on, with ${groups} groups.`, { details: { commandLine, groups } }),
  ];
  if (iommu.unsafeInterrupts) {
    found.push(
      finding(
        'iommu-interrupts',
        'warning',
        'vfio works without interrupt remapping: a guest can disturb the host through a passed device.',
        {
          fix: 'Remove allow_unsafe_interrupts from the options of vfio_iommu_type1 and turn on interrupt remapping (x2APIC) in the BIOS.',
        },
      ),
    );
  }
  if (vfio.pciDriver === 'absent') {
    found.push(
      finding('vfio', 'problem', 'The kernel has no driver vfio-pci: no device can be passed to a VM.', {
        fix: 'Install the full kernel package of the distribution (linux-image-amd64 on Debian, not the cloud kernel), and modprobe vfio-pci.',
      }),
    );
  } else if (vfio.pciDriver !== null) {
    found.push(finding('vfio', 'ok', `The driver vfio-pci is ${vfio.pciDriver}.`));
  }
  return found;
}

/** Display adapters and accelerators: what people pass. */
function isGpu({ class: deviceClass }: PciFacts): boolean {
  return deviceClass.startsWith('03') || deviceClass.startsWith('12');
}

/** Whether each GPU is alone in its group, apart from the functions of its own slot and bridges. */
export function checkGroups({ host }: Evidence): readonly Finding[] {
  if (!host?.iommu.enabled) return [];
  return host.pci.filter(isGpu).map((gpu) => {
    const slot = gpu.address.slice(0, -2);
    const name = gpu.modelName ?? `${gpu.vendor}:${gpu.model}`;
    const subject = `${gpu.address} (${name})`;
    if (gpu.iommuGroup === null)
      return finding('group', 'warning', `${subject} has no IOMMU group: it cannot be passed.`);
    const others = host.pci.filter(
      (device) =>
        device.iommuGroup === gpu.iommuGroup &&
        !device.address.startsWith(slot) &&
        !device.class.startsWith('06'),
    );
    const details = { address: gpu.address, group: gpu.iommuGroup, others: others.map(describe) };
    if (others.length === 0) {
      const reset =
        gpu.resetMethods.length === 0 ? ', but it cannot be reset: it may not survive the second VM' : '';
      return finding(
        'group',
        reset === '' ? 'ok' : 'warning',
        `${subject} is alone in IOMMU group ${gpu.iommuGroup}${reset}.`,
        {
          details,
        },
      );
    }
    return finding(
      'group',
      'warning',
      `${subject} shares IOMMU group ${gpu.iommuGroup} with ${others.map(describe).join(', ')}.`,
      {
        fix: 'Put the card into another slot (one that hangs on the processor), turn on ACS in the BIOS, or update it.',
        details,
      },
    );
  });
}

function describe({ address, modelName, vendor, model, driver }: PciFacts): string {
  return `${address} ${modelName ?? `${vendor}:${model}`} (${driver ?? 'no driver'})`;
}
