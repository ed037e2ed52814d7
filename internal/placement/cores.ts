import type { CoreFacts, HostFacts } from '../host/facts.ts';
import type { Spec } from '../spec/spec.ts';
import type { CoreLoad } from './core-load.ts';
import type { CpuPlan } from './plan.ts';

/** How many whole cores the config takes on this host. */
export function coresWanted({ cpu }: Spec, host: HostFacts): number {
  return cpu.allowSmt ? Math.ceil(cpu.slots / host.cpu.threadsPerCore) : cpu.slots;
}

/** vCPUs of the guest. In cores mode each core brings its threads, unless a flat topology is asked for. */
export function vcpusWanted({ cpu, tuning }: Spec, host: HostFacts): number {
  return cpu.allowSmt || tuning.topology === 'flat' ? cpu.slots : cpu.slots * host.cpu.threadsPerCore;
}

/**
 * The best `wanted` of the cores that may be joined, or null when there are too few. A shared VM goes where others are
 * already, and stays off isolated cores; an exclusive one takes isolated cores first.
 */
export function pickCores(
  candidates: readonly CoreFacts[],
  loads: ReadonlyMap<number, CoreLoad>,
  wanted: number,
  exclusive: boolean,
): readonly CoreFacts[] | null {
  if (candidates.length < wanted) return null;
  const loadOf = (core: CoreFacts): number => loads.get(core.id)?.count ?? 0;
  const isolation = (core: CoreFacts): number => (core.isolated === exclusive ? 0 : 1);
  return [...candidates]
    .sort((a, b) => isolation(a) - isolation(b) || loadOf(b) - loadOf(a) || a.id - b.id)
    .slice(0, wanted)
    .sort((a, b) => a.id - b.id);
}

/** The processor of the plan, on these cores. */
export function cpuPlan(spec: Spec, host: HostFacts, cores: readonly CoreFacts[]): CpuPlan {
  const { allowSmt, slots, overprovision } = spec.cpu;
  const vcpus = vcpusWanted(spec, host);
  const threads = allowSmt || spec.tuning.topology === 'flat' ? 1 : host.cpu.threadsPerCore;
  return {
    mode: allowSmt ? 'threads' : 'cores',
    vcpus,
    topology: { sockets: 1, cores: vcpus / threads, threads },
    slots,
    overprovision,
    cores: cores.map(({ id }) => id),
    pins: allowSmt ? [] : cores.flatMap((core) => corePins(core, threads)),
    cpuset: cores.flatMap(({ cpus }) => cpus).sort((a, b) => a - b),
  };
}

/** One guest core: thread i on sibling i of the host's core; a single thread may use all siblings. */
function corePins({ cpus }: CoreFacts, threads: number): readonly (readonly number[])[] {
  if (threads === 1) return [cpus];
  // A core with a sibling offline has fewer CPUs than the guest's core has threads.
  return Array.from({ length: threads }, (_, thread) => [cpus[thread % cpus.length] ?? 0]);
}
