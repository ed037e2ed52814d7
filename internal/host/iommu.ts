import type { IommuFacts, PciFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';

/** Whether devices have groups, and what the kernel was told about it. */
export function readIommu(files: MachineFiles, pci: readonly PciFacts[]): IommuFacts {
  const words = (files.text('proc/cmdline') ?? '').trim().split(/\s+/);
  const unsafe = files.text('sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts')?.trim();
  return {
    enabled: pci.some(({ iommuGroup }) => iommuGroup !== null),
    commandLine: words.filter((word) => /^(?:intel_|amd_)?iommu=|^vfio|^pcie_acs_override/.test(word)),
    unsafeInterrupts: unsafe === 'Y' || unsafe === '1',
  };
}
