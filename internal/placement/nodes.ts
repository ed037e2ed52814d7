import type { CoreFacts, HostFacts } from '../host/facts.ts';
import type { Spec } from '../spec/spec.ts';
import { mayJoin, type CoreLoad } from './core-load.ts';
import { pickCores, slotsOn } from './cores.ts';
import { hostIndex } from './host-index.ts';

/** What a NUMA node has left for a VM. */
export interface NodeRoom {
  readonly id: number;
  /** In `numaNodes` of the facts. */
  readonly place: number;
  /** Cores that the VM may join. */
  readonly cores: readonly CoreFacts[];
  /** How many of its slots these bear. */
  readonly slots: number;
  /** Cores that nobody runs on. */
  readonly idleCores: number;
  readonly freeMib: number;
  /** Cards near it that could be given to somebody. */
  readonly freeCards: number;
  /** The whole VM fits. */
  readonly fits: boolean;
}

export interface NodeChoice {
  readonly cores: readonly CoreFacts[];
  /** Where its memory comes from, ascending; empty: no node has enough, so anywhere. */
  readonly nodes: readonly number[];
}

/**
 * @param wantedMib memory that the VM needs, of the kind that `roomMib` counts
 * @param roomMib by node id: memory that no VM was promised
 * @param cards by node id: see NodeRoom.freeCards
 */
export function nodeRooms(
  spec: Spec,
  host: HostFacts,
  loads: ReadonlyMap<number, CoreLoad>,
  wantedMib: number,
  roomMib: ReadonlyMap<number, number>,
  cards: ReadonlyMap<number, number>,
): readonly NodeRoom[] {
  const { coresOfNode } = hostIndex(host);
  return host.numaNodes.map(({ id }, place) => {
    const cores: CoreFacts[] = [];
    let [slots, idleCores] = [0, 0];
    for (const core of coresOfNode.get(id) ?? []) {
      const load = loads.get(core.id);
      if (load === undefined) continue;
      if (load.count === 0) idleCores += 1;
      if (!mayJoin(load, spec.cpu.overprovision)) continue;
      cores.push(core);
      slots += slotsOn(spec, core);
    }
    const freeMib = roomMib.get(id) ?? 0;
    const fits = slots >= spec.cpu.slots && freeMib >= wantedMib;
    return { id, place, cores, slots, idleCores, freeMib, freeCards: cards.get(id) ?? 0, fits };
  });
}

/**
 * Where the VM goes: one NUMA node if it fits into one, near its devices; of several the one with the fewest free cards,
 * then the one with the least room left over, so that cards and unbroken nodes are kept for those who need them. Else as
 * few nodes as possible. null: too few cores anywhere.
 *
 * @param deviceNodes nodes of the chosen devices
 * @param held cores that the VM has already
 */
export function chooseNodes(
  spec: Spec,
  host: HostFacts,
  loads: ReadonlyMap<number, CoreLoad>,
  rooms: readonly NodeRoom[],
  wantedMib: number,
  deviceNodes: readonly number[],
  held: ReadonlySet<number> = new Set(),
): NodeChoice | null {
  const candidates = rooms.map((room) => ({
    ...room,
    distance: distanceTo(host, room.place, deviceNodes),
    held: room.cores.filter(({ id }) => held.has(id)).length,
  }));
  const [best] = candidates
    .filter(({ fits }) => fits)
    .sort(
      (a, b) =>
        a.distance - b.distance ||
        b.held - a.held ||
        a.freeCards - b.freeCards ||
        a.idleCores - b.idleCores ||
        a.cores.length - b.cores.length ||
        a.id - b.id,
    );
  if (best !== undefined) {
    const cores = pickCores(best.cores, loads, spec.cpu.slots, spec, held);
    return cores === null ? null : { cores, nodes: [best.id] };
  }
  const spread = [...candidates].sort(
    (a, b) => a.distance - b.distance || b.held - a.held || b.slots - a.slots || a.id - b.id,
  );
  const used: NodeRoom[] = [];
  let [slots, freeMib] = [0, 0];
  for (const node of spread) {
    if (slots >= spec.cpu.slots && freeMib >= wantedMib) break;
    used.push(node);
    slots += node.slots;
    freeMib += Math.max(0, node.freeMib);
  }
  // Nearest first: the far nodes give only what the near ones lack.
  const cores: CoreFacts[] = [];
  let left = spec.cpu.slots;
  for (const node of used) {
    const wanted = Math.min(left, node.slots);
    cores.push(...(pickCores(node.cores, loads, wanted, spec, held) ?? []));
    left -= wanted;
  }
  if (left > 0) return null;
  const nodes = freeMib >= wantedMib ? used.map(({ id }) => id).sort((a, b) => a - b) : [];
  return { cores: cores.sort((a, b) => a.id - b.id), nodes };
}

/** The distance of the node at `place` from the nearest of the devices; 0 where there are none. */
function distanceTo(host: HostFacts, place: number, deviceNodes: readonly number[]): number {
  let least = Infinity;
  for (const id of deviceNodes) {
    const from = host.numaNodes.find((node) => node.id === id);
    least = Math.min(least, from?.distances[place] ?? Infinity);
  }
  return Number.isFinite(least) ? least : 0;
}
