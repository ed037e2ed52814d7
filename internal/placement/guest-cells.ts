import type { HostFacts } from '../host/facts.ts';
import { hostIndex } from './host-index.ts';
import type { CpuPlan, MemoryPlan } from './plan.ts';

/**
 * NUMA cells of the guest, one for each host node that it spans: only where its vCPUs are pinned, as otherwise they may
 * wander away from their memory. Memory is split by the number of vCPUs; what is left over goes to the first cell.
 */
export function guestCells(
  host: HostFacts,
  cpu: CpuPlan,
  mib: number,
  nodes: readonly number[],
): MemoryPlan['cells'] {
  if (nodes.length < 2 || cpu.mode !== 'cores') return [];
  const { coreById } = hostIndex(host);
  const threads = cpu.topology.threads;
  const cells = nodes.flatMap((node) => {
    const vcpus = cpu.cores.flatMap((core, place) =>
      coreById.get(core)?.node === node
        ? Array.from({ length: threads }, (_, thread) => place * threads + thread)
        : [],
    );
    return vcpus.length === 0 ? [] : [{ node, vcpus }];
  });
  if (cells.length < 2) return [];
  const shares = cells.map(({ vcpus }) => Math.floor((mib * vcpus.length) / cpu.vcpus));
  const rest = mib - shares.reduce((sum, share) => sum + share, 0);
  return cells.map(({ node, vcpus }, place) => ({
    node,
    vcpus,
    mib: (shares[place] ?? 0) + (place === 0 ? rest : 0),
  }));
}
