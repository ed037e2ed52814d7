import type { VfioFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';

/** Whether the running kernel has vfio-pci: loaded or built in, or among its modules. */
export async function readVfio(files: MachineFiles): Promise<VfioFacts> {
  if (files.list('sys/bus/pci/drivers').includes('vfio-pci')) return { pciDriver: 'loaded' };
  const release = files.text('proc/sys/kernel/osrelease')?.trim() ?? '';
  if (!/^[\w.+~-]+$/.test(release)) return { pciDriver: null };
  const modules = `lib/modules/${release}`;
  const dependencies =
    (await files.longText(`${modules}/modules.dep`)) ?? (await files.longText(`usr/${modules}/modules.dep`));
  if (dependencies === null) return { pciDriver: null };
  return { pciDriver: /(?:^|\/)vfio-pci\.ko/m.test(dependencies) ? 'loadable' : 'absent' };
}
