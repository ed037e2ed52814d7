import type { Architecture } from '../spec/spec.ts';
import type { DmiFacts, IommuFacts, PciFacts, VfioFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';

const architectures: Readonly<Record<string, Architecture>> = {
  x86_64: 'X86_64',
  i686: 'X86_32',
  aarch64: 'ARM_8',
  armv7l: 'ARM_7',
  ppc64le: 'PPC_64',
  s390x: 'S390X',
};

/** @param libvirtArch as libvirt's capabilities call the host's: `x86_64` */
export function architectureOf(libvirtArch: string): Architecture {
  return architectures[libvirtArch] ?? 'X86_64';
}

/** What firmware makers leave where nobody filled in a name. */
const placeholders = new Set([
  '',
  'to be filled by o.e.m.',
  'default string',
  'system manufacturer',
  'system product name',
  'none',
]);

export async function readDmi(files: MachineFiles): Promise<DmiFacts> {
  const named = async (name: string): Promise<string | null> => {
    const value = (await files.text(`sys/class/dmi/id/${name}`))?.trim() ?? '';
    return placeholders.has(value.toLowerCase()) ? null : value;
  };
  return {
    manufacturer: (await named('sys_vendor')) ?? (await named('board_vendor')),
    product: (await named('product_name')) ?? (await named('board_name')),
  };
}

export async function readIommu(files: MachineFiles, pci: readonly PciFacts[]): Promise<IommuFacts> {
  const words = ((await files.text('proc/cmdline')) ?? '').trim().split(/\s+/);
  const unsafe = await files.text('sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts');
  return {
    enabled: pci.some(({ iommuGroup }) => iommuGroup !== null),
    commandLine: words.filter((word) => /^(?:intel_|amd_)?iommu=|^vfio|^pcie_acs_override/.test(word)),
    unsafeInterrupts: unsafe === 'Y',
  };
}

/** Loaded, or among the modules of the running kernel. */
export async function readVfio(files: MachineFiles): Promise<VfioFacts> {
  if ((await files.list('sys/bus/pci/drivers')).includes('vfio-pci')) return { pciDriver: 'loaded' };
  const release = (await files.text('proc/sys/kernel/osrelease'))?.trim();
  if (release === undefined || release === '') return { pciDriver: null };
  const modules = `lib/modules/${release}`;
  const dependencies =
    (await files.text(`${modules}/modules.dep`)) ?? (await files.text(`usr/${modules}/modules.dep`));
  if (dependencies === null) return { pciDriver: null };
  return { pciDriver: dependencies.includes('/vfio-pci.ko') ? 'loadable' : 'absent' };
}
