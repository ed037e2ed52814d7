import type { MachineFiles } from '../files.ts';
import { pciOfLink } from '../pci-address.ts';

const classDirectory = 'sys/class/block';

/** PCI devices that a disk or partition hangs on; none for a stacked or a virtual one. */
export function controllersOfDisk(files: MachineFiles, name: string): readonly string[] {
  const link = files.link(`${classDirectory}/${name}`);
  const direct = pciOfLink(link);
  if (direct !== null) return [direct];
  // A disk with several ports belongs to its subsystem, which lists the controllers: nvme-subsystem/nvme-subsys0/nvme0n1.
  const [, subsystem] = /\/nvme-subsystem\/(nvme-subsys\d+)\//.exec(link ?? '') ?? [];
  if (subsystem === undefined) return [];
  const at = `sys/class/nvme-subsystem/${subsystem}`;
  return files
    .list(at)
    .filter((entry) => /^nvme\d+$/.test(entry))
    .flatMap((entry) => pciOfLink(files.link(`${at}/${entry}`)) ?? []);
}

/** Every disk and partition. */
export function diskNames(files: MachineFiles): readonly string[] {
  return files.list(classDirectory);
}
