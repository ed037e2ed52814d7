import { architectureOf } from './architecture.ts';
import { readCpu } from './cpu.ts';
import { readDeviceUsers } from './device-users/device-users.ts';
import { readDmi } from './dmi.ts';
import type { HostFacts, HypervisorFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';
import { readIommu } from './iommu.ts';
import { readMemory } from './memory.ts';
import { readNumaNodes } from './numa.ts';
import { readPciDevices } from './pci-devices.ts';
import type { PciNames } from './pci-ids.ts';
import { readVfio } from './vfio.ts';

/**
 * The machine by its files, with what libvirt has told already. Rejects when the files are no machine's: that is a wrong
 * root, and every value would be unknown.
 */
export async function readMachine(
  files: MachineFiles,
  names: PciNames,
  hypervisor: HypervisorFacts,
  clock: () => Date,
): Promise<HostFacts> {
  const readAt = clock().toISOString();
  const memory = await readMemory(files);
  if (memory.totalMib === 0 && files.list('sys/devices/system/cpu').length === 0)
    throw new Error('The host cannot be read: its /proc/meminfo and /sys/devices/system/cpu are not there.');
  const numaNodes = readNumaNodes(files, memory);
  const [cpu, vfio, users] = await Promise.all([
    readCpu(files, architectureOf(hypervisor.arch) ?? 'X86_64'),
    readVfio(files),
    readDeviceUsers(files),
  ]);
  const pci = await readPciDevices(files, { names, users, numaNodes: numaNodes.length });
  return {
    cpu,
    memory,
    numaNodes,
    dmi: readDmi(files),
    iommu: readIommu(files, pci),
    pci,
    vfio,
    hypervisor,
    readAt,
  };
}
