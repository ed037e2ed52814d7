import type { HostFacts } from '../host/facts.ts';
import { hostIndex } from './host-index.ts';
import type { MemoryNeed } from './memory.ts';
import type { CpuPlan, MemoryPlan } from './plan.ts';

/**
 * NUMA cells of the guest, one for each host node that it spans: only where its vCPUs are pinned, as otherwise they may
 * wander away from their memory. Memory follows the vCPUs, in whole pages, as far as each node has it; what a node lacks
 * the next ones give. None where the nodes of its cores cannot hold it.
 *
 * @param roomMib by node id
 */
export function guestCells(
  host: HostFacts,
  cpu: CpuPlan,
  need: MemoryNeed,
  nodes: readonly number[],
  roomMib: ReadonlyMap<number, number>,
): MemoryPlan['cells'] {
  if (nodes.length < 2 || cpu.mode !== 'cores') return [];
  const vcpusOf = vcpusByNode(host, cpu);
  const unitMib = need.hugepages === null ? 1 : need.hugepages.sizeKib / 1024;
  const cells = nodes.flatMap((node) => {
    const vcpus = vcpusOf.get(node);
    const units = Math.floor(Math.max(0, roomMib.get(node) ?? 0) / unitMib);
    return vcpus === undefined ? [] : [{ node, vcpus, units, share: 0 }];
  });
  if (cells.length < 2) return [];
  let left = Math.floor(need.mib / unitMib);
  const wanted = left;
  for (const cell of cells) {
    cell.share = Math.min(cell.units, Math.floor((wanted * cell.vcpus.length) / cpu.vcpus));
    left -= cell.share;
  }
  for (const cell of cells) {
    const more = Math.min(left, cell.units - cell.share);
    cell.share += more;
    left -= more;
  }
  if (left > 0 || cells.some(({ share }) => share === 0)) return [];
  return cells.map(({ node, vcpus, share }) => ({ node, vcpus, mib: share * unitMib }));
}

function vcpusByNode(
  host: HostFacts,
  { cores, topology: { threads } }: CpuPlan,
): ReadonlyMap<number, number[]> {
  const { coreById } = hostIndex(host);
  const byNode = new Map<number, number[]>();
  for (const [place, core] of cores.entries()) {
    const node = coreById.get(core)?.node ?? 0;
    const vcpus = byNode.get(node) ?? [];
    for (let thread = 0; thread < threads; thread += 1) vcpus.push(place * threads + thread);
    byNode.set(node, vcpus);
  }
  return byNode;
}
