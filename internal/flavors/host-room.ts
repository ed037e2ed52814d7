import type { HostFacts } from '../host/facts.ts';

/** What flavors may be made of: never more than an idle host can give to one VM. */
export interface HostRoom {
  readonly threads: number;
  readonly memoryMib: number;
}

export function hostRoom({ cpu, memory, numaNodes, hypervisor }: HostFacts): HostRoom {
  const threads = cpu.cores.reduce((sum, { cpus }) => sum + cpus.length, 0);
  const hugeMib = numaNodes
    .flatMap(({ hugepages }) => hugepages)
    .reduce((sum, { sizeKib, total }) => sum + (sizeKib * total) / 1024, 0);
  // Below what placement leaves to the host itself and takes for QEMU, whatever the size of the host.
  const memoryMib = Math.max(0, Math.floor(((memory.totalMib - hugeMib) * 7) / 8) - 640);
  return { threads: Math.min(threads, hypervisor.maxVcpus ?? threads, 256), memoryMib };
}

/** The largest power of two in a number, at most `most`; 0 of less than 1. */
export function powerOfTwo(number: number, most: number): number {
  return number < 1 ? 0 : 2 ** Math.floor(Math.log2(Math.min(number, most)));
}
