import { readEcc } from './ecc.ts';
import type { MemoryFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';
import { meminfoMib } from './meminfo.ts';

/** From /proc/meminfo, EDAC and DMI. */
export async function readMemory(files: MachineFiles): Promise<MemoryFacts> {
  const info = files.text('proc/meminfo');
  return {
    totalMib: meminfoMib(info, 'MemTotal') ?? 0,
    // Kernels before 3.14 do not tell what could be had without swapping.
    availableMib: meminfoMib(info, 'MemAvailable') ?? meminfoMib(info, 'MemFree') ?? 0,
    ...(await readEcc(files)),
  };
}
