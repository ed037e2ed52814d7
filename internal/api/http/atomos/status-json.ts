import type { HostSituation } from '../../../instances/instance.ts';
import { hostUsage } from '../../../placement/usage.ts';

/** How many VMs may share a core at most: by it AtomOS counts cores. */
const sharesPerCore = 10;

/**
 * The host in AtomOS's form. `used_cores` counts, for each core, how much of its ten shares can no longer be had; how
 * AtomOS itself counts is not published. Memory is in MiB; `avail` is what is promised to no VM, less QEMU's own share of
 * one more; a VM may get less while the host itself is busy, as canallocate tells.
 */
export function statusJson({ facts, claims, conditions, policy }: HostSituation): object {
  const { cpu, memory, dmi } = facts;
  const usage = hostUsage(facts, claims, conditions, policy);
  const ncores = cpu.cores.length;
  return {
    cpu: {
      SMTOn: cpu.smtOn,
      SMTRatio: cpu.threadsPerCore,
      arch: cpu.arch,
      flags: cpu.elementoFlags,
      frequency: `${((cpu.frequencyMhz ?? 0) / 1000).toFixed(4)} GHz`,
      max_cores: ncores * sharesPerCore,
      max_threads: ncores * sharesPerCore * cpu.threadsPerCore,
      ncores,
      used_cores: usage.usedCores,
      used_threads: usage.usedCores * cpu.threadsPerCore,
      vendorID: cpu.vendor,
    },
    manufacturer: dmi.manufacturer ?? '',
    mem: {
      avail: Math.max(0, Math.floor(usage.memory.freeMib - policy.overheadMib)),
      isECC: memory.ecc ?? false,
      size: memory.totalMib,
    },
    pci: usage.devices.map(({ vendor, model, max, available }) => ({
      avail: available,
      max,
      pciid: [vendor, model],
    })),
  };
}
