import type { CoreFacts, HostFacts } from '../host/facts.ts';
import type { Spec } from '../spec/spec.ts';
import type { CoreLoad } from './core-load.ts';
import type { CpuPlan } from './plan.ts';

/** How many of the config's slots a core bears: itself in cores mode, its threads in threads mode. */
export function slotsOn({ cpu }: Spec, core: CoreFacts): number {
  return cpu.allowSmt ? core.cpus.length : 1;
}

/** vCPUs of the guest, at most. In cores mode each core brings its threads, unless a flat topology is asked for. */
export function vcpusWanted({ cpu, tuning }: Spec, host: HostFacts): number {
  return cpu.allowSmt || tuning.topology === 'flat' ? cpu.slots : cpu.slots * host.cpu.threadsPerCore;
}

/**
 * The best cores for so many slots, of those that may be joined; null: they do not suffice. A shared VM goes where others
 * are already, and stays off isolated cores; an exclusive one takes isolated cores first. Where each vCPU is to have a
 * thread of its own, cores that have fewer (a sibling is offline, or there are two kinds of cores) come last. Cores that it
 * has already (`held`) come before all.
 */
export function pickCores(
  candidates: readonly CoreFacts[],
  loads: ReadonlyMap<number, CoreLoad>,
  wantedSlots: number,
  spec: Spec,
  held: ReadonlySet<number> = new Set(),
): readonly CoreFacts[] | null {
  const pinned = !spec.cpu.allowSmt;
  // On isolated cores the kernel balances nothing: only pinned VMs are of use there.
  const exclusive = pinned && spec.cpu.overprovision === 1;
  const most = Math.max(...candidates.map(({ cpus }) => cpus.length));
  const loadOf = (core: CoreFacts): number => loads.get(core.id)?.count ?? 0;
  const isolation = (core: CoreFacts): number => (core.isolated === exclusive ? 0 : 1);
  const lacking = ({ cpus }: CoreFacts): number =>
    pinned && spec.tuning.topology === 'host' ? most - cpus.length : 0;
  const sorted = [...candidates].sort(
    (a, b) =>
      Number(held.has(b.id)) - Number(held.has(a.id)) ||
      isolation(a) - isolation(b) ||
      lacking(a) - lacking(b) ||
      loadOf(b) - loadOf(a) ||
      a.id - b.id,
  );
  const picked: CoreFacts[] = [];
  let slots = 0;
  for (const core of sorted) {
    if (slots >= wantedSlots) break;
    picked.push(core);
    slots += slotsOn(spec, core);
  }
  return slots < wantedSlots ? null : picked.sort((a, b) => a.id - b.id);
}

/** The processor of the plan, on these cores. */
export function cpuPlan(spec: Spec, cores: readonly CoreFacts[]): CpuPlan {
  const { allowSmt, slots, overprovision } = spec.cpu;
  // Cores of another kind than most have fewer threads than the host's ratio says.
  const threads =
    allowSmt || spec.tuning.topology === 'flat' ? 1 : Math.max(...cores.map(({ cpus }) => cpus.length));
  const vcpus = slots * threads;
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

/** What a person should know of the cores that there were. */
export function coreWarnings(spec: Spec, plan: CpuPlan, cores: readonly CoreFacts[]): readonly string[] {
  const { threads } = plan.topology;
  const lesser = cores.filter(({ cpus }) => cpus.length < threads).map(({ id }) => id);
  const isolated = cores.filter((core) => core.isolated).map(({ id }) => id);
  return [
    ...(lesser.length === 0
      ? []
      : [
          `The cores ${lesser.join(', ')} have fewer than ${threads} threads: vCPUs of the same guest core share one there.`,
        ]),
    ...(isolated.length === 0 || !spec.cpu.allowSmt
      ? []
      : [
          `The cores ${isolated.join(', ')} are isolated (isolcpus): the kernel moves no vCPU between them. Set allowSMT to false to pin each.`,
        ]),
  ];
}
