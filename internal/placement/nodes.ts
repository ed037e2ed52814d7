import type { CoreFacts, HostFacts } from '../host/facts.ts';
import { mayJoin, type CoreLoad } from './core-load.ts';
import { pickCores } from './cores.ts';
import { hostIndex } from './host-index.ts';

export interface NodeWish {
  readonly cores: number;
  readonly overprovision: number;
  /** Each vCPU stays on a core of its own: only then isolated cores, on which the kernel balances nothing, are of use. */
  readonly pinned: boolean;
  /** In MiB, of the kind that `roomMib` counts. */
  readonly memoryMib: number;
  /** Nodes of the chosen devices. */
  readonly deviceNodes: readonly number[];
}

export interface NodeChoice {
  readonly cores: readonly CoreFacts[];
  /** Where its memory comes from, ascending; empty: no node has enough, so anywhere. */
  readonly nodes: readonly number[];
}

/**
 * Where the VM goes: one NUMA node if it fits into one, near its devices; of several the one with the least room left over,
 * so that unbroken nodes are kept for those who need them. Else as few nodes as possible. null: too few cores anywhere.
 *
 * @param roomMib by node id: memory that no VM was promised
 */
export function chooseNodes(
  wish: NodeWish,
  host: HostFacts,
  loads: ReadonlyMap<number, CoreLoad>,
  roomMib: ReadonlyMap<number, number>,
): NodeChoice | null {
  const exclusive = wish.overprovision === 1 && wish.pinned;
  const candidates = candidateNodes(wish, host, loads, roomMib).map((node) => ({
    ...node,
    distance: distanceTo(host, node.place, wish.deviceNodes),
  }));
  const fitting = candidates
    .filter(({ cores, freeMib }) => cores.length >= wish.cores && freeMib >= wish.memoryMib)
    .sort((a, b) => a.distance - b.distance || a.cores.length - b.cores.length || a.id - b.id);
  const [best] = fitting;
  if (best !== undefined) {
    const cores = pickCores(best.cores, loads, wish.cores, exclusive);
    return cores === null ? null : { cores, nodes: [best.id] };
  }
  const spread = [...candidates].sort(
    (a, b) => a.distance - b.distance || b.cores.length - a.cores.length || a.id - b.id,
  );
  const used: typeof candidates = [];
  let [coreCount, freeMib] = [0, 0];
  for (const node of spread) {
    if (coreCount >= wish.cores && freeMib >= wish.memoryMib) break;
    used.push(node);
    coreCount += node.cores.length;
    freeMib += Math.max(0, node.freeMib);
  }
  // Nearest first: the far nodes give only what the near ones lack.
  const cores: CoreFacts[] = [];
  for (const node of used) {
    const wanted = Math.min(wish.cores - cores.length, node.cores.length);
    cores.push(...(pickCores(node.cores, loads, wanted, exclusive) ?? []));
  }
  if (cores.length < wish.cores) return null;
  const nodes = freeMib >= wish.memoryMib ? used.map(({ id }) => id).sort((a, b) => a - b) : [];
  return { cores: cores.sort((a, b) => a.id - b.id), nodes };
}

type NodeRoom = Omit<NodeWish, 'deviceNodes'>;

/** Nodes on which the whole VM fits. */
export function roomyNodes(
  wish: NodeRoom,
  host: HostFacts,
  loads: ReadonlyMap<number, CoreLoad>,
  roomMib: ReadonlyMap<number, number>,
): ReadonlySet<number> {
  const fitting = candidateNodes(wish, host, loads, roomMib).filter(
    ({ cores, freeMib }) => cores.length >= wish.cores && freeMib >= wish.memoryMib,
  );
  return new Set(fitting.map(({ id }) => id));
}

/** What each node has left for a VM like this. */
function candidateNodes(
  wish: NodeRoom,
  host: HostFacts,
  loads: ReadonlyMap<number, CoreLoad>,
  roomMib: ReadonlyMap<number, number>,
) {
  const { coresOfNode } = hostIndex(host);
  return host.numaNodes.map(({ id }, place) => ({
    id,
    place,
    cores: (coresOfNode.get(id) ?? []).filter((core) => {
      const load = loads.get(core.id);
      return load !== undefined && mayJoin(load, wish.overprovision);
    }),
    freeMib: roomMib.get(id) ?? 0,
  }));
}

/** The distance of the node at `place` from the nearest of the devices; 0 where there are none. */
function distanceTo(host: HostFacts, place: number, deviceNodes: readonly number[]): number {
  const distances = deviceNodes.flatMap((id) => {
    const from = host.numaNodes.find((node) => node.id === id);
    return from?.distances[place] ?? [];
  });
  return distances.length === 0 ? 0 : Math.min(...distances);
}
