import type { MemoryPlan, Plan } from '../../placement/plan.ts';
import type { CpuOptions } from '../../xml/domain/cpu.ts';
import type { DomainOptions } from '../../xml/domain/build.ts';
import type { MemoryBackingOptions, NumaTuneOptions } from '../../xml/domain/tuning.ts';

/** A set of numbers as libvirt writes it: `0-3,8`. */
function cpuset(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** vCPUs, their pins and their NUMA cells. */
export function processorOptions({
  domainType,
  cpu,
  memory,
}: Plan): Pick<DomainOptions, 'vcpus' | 'cpuset' | 'cpuTune' | 'cpu'> {
  const set = cpuset(cpu.cpuset);
  const model: CpuOptions =
    domainType === 'kvm'
      ? { mode: 'host-passthrough', check: 'none', migratable: true }
      : { mode: 'maximum', check: 'none', migratable: true };
  const cells = memory.cells.map((cell, id) => ({
    id,
    cpus: cpuset(cell.vcpus),
    memoryKiB: cell.mib * 1024,
  }));
  return {
    vcpus: cpu.vcpus,
    cpuset: set,
    cpuTune: {
      vcpuPins: cpu.pins.map((cpus, vcpu) => ({ vcpu, cpuset: cpuset(cpus) })),
      // QEMU's own threads stay on the VM's cores too, so that they disturb nobody else.
      emulatorPin: set,
    },
    cpu: { ...model, topology: cpu.topology, ...(cells.length === 0 ? {} : { numa: cells }) },
  };
}

/** Where the memory comes from. */
export function memoryOptions(
  memory: MemoryPlan,
): Pick<DomainOptions, 'memoryKiB' | 'memoryBacking' | 'numaTune'> {
  const backing: MemoryBackingOptions = {
    ...(memory.hugepages === null ? {} : { hugepages: { sizeKiB: memory.hugepages.sizeKib } }),
  };
  const numaTune: NumaTuneOptions = {
    // Preferred, not strict: what the kernel itself took of a node must not keep the VM from starting.
    memory: { mode: memory.nodes.length === 1 ? 'preferred' : 'interleave', nodeset: cpuset(memory.nodes) },
    cells: memory.cells.map(({ node }, cell) => ({ cell, mode: 'preferred', nodeset: String(node) })),
  };
  return {
    memoryKiB: memory.mib * 1024,
    ...(memory.hugepages === null ? {} : { memoryBacking: backing }),
    ...(memory.nodes.length === 0
      ? {}
      : { numaTune: memory.cells.length > 0 ? { cells: numaTune.cells ?? [] } : numaTune }),
  };
}
