import type { Architecture } from '../spec/spec.ts';
import { elementoFlagsOf } from './cpu-flags.ts';
import { readFrequency } from './cpu-frequency.ts';
import { readCores } from './cpu-topology.ts';
import { parseCpuinfo } from './cpuinfo.ts';
import type { CpuFacts } from './facts.ts';
import type { MachineFiles } from './files.ts';

/** What the kernel tells of the processors: /proc/cpuinfo and sysfs. */
export async function readCpu(files: MachineFiles, arch: Architecture): Promise<CpuFacts> {
  // The kernel asks every processor for its present frequency: that takes some time.
  const info = parseCpuinfo((await files.longText('proc/cpuinfo')) ?? '');
  const cores = await readCores(files);
  const threadsPerCore = Math.max(1, ...cores.map(({ cpus }) => cpus.length));
  return {
    arch,
    vendor: info.vendor ?? 'unknown',
    model: info.model,
    frequencyMhz: readFrequency(files, info, cores),
    smtOn: threadsPerCore > 1,
    threadsPerCore,
    kernelFlags: info.flags,
    elementoFlags: elementoFlagsOf(info.flags),
    cores,
  };
}
