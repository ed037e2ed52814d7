import type { HostFacts, NumaNodeFacts } from '../host/facts.ts';
import type { Spec } from '../spec/spec.ts';
import type { Claim } from './claim.ts';
import type { PlacementPolicy } from './plan.ts';
import { obstacle, type Obstacle } from './refusal.ts';

/** What a VM takes: the guest's memory where it comes from huge pages, and what comes from the rest. */
export interface MemoryNeed {
  readonly mib: number;
  /** Of ordinary memory, QEMU's own share included. */
  readonly ordinaryMib: number;
  readonly hugepages: { readonly sizeKib: number; readonly count: number } | null;
}

/** Memory of the host in MiB, without huge pages and without what is left to the host itself. */
export interface MemoryStanding {
  readonly giveableMib: number;
  /** Neither promised to a VM nor in use by the host's own processes. */
  readonly freeMib: number;
  /** By node id: ordinary memory that no VM was promised. */
  readonly freeOfNode: ReadonlyMap<number, number>;
  /** By page size in KiB. */
  readonly freePages: ReadonlyMap<number, { readonly total: number; readonly free: number }>;
}

/** @param useCounts whether what the host's own processes use at the moment counts */
export function memoryStanding(
  host: HostFacts,
  claims: readonly Claim[],
  policy: PlacementPolicy,
  useCounts = true,
): MemoryStanding {
  const pages = new Map<number, { total: number; unused: number; free: number }>();
  for (const { hugepages } of host.numaNodes) {
    for (const { sizeKib, total, free } of hugepages) {
      const known = pages.get(sizeKib) ?? { total: 0, unused: 0, free: 0 };
      pages.set(sizeKib, {
        total: known.total + total,
        unused: known.unused + free,
        free: known.free + total,
      });
    }
  }
  const freeOfNode = new Map(host.numaNodes.map((node) => [node.id, node.totalMib - inHugepages(node)]));
  let taken = 0;
  for (const claim of claims) {
    taken += claim.memoryMib;
    for (const { node, mib } of claim.memoryNodes) freeOfNode.set(node, (freeOfNode.get(node) ?? 0) - mib);
    const of = claim.hugepages === null ? undefined : pages.get(claim.hugepages.sizeKib);
    if (of !== undefined) of.free -= claim.hugepages?.count ?? 0;
  }
  // What was promised need not be in use yet, and what is in use need not have been promised by us.
  if (useCounts) for (const of of pages.values()) of.free = Math.min(of.free, of.unused);
  const hugeMib = host.numaNodes.reduce((sum, node) => sum + inHugepages(node), 0);
  const giveableMib = Math.max(0, host.memory.totalMib - hugeMib - policy.reservedMemoryMib);
  const unpromisedMib = giveableMib - taken;
  const { availableMib, guestsMib } = host.memory;
  // What guests hold already is promised to them: it must not be taken off twice.
  const unusedMib = availableMib + Math.min(guestsMib, taken) - taken;
  const freeMib = useCounts ? Math.min(unpromisedMib, unusedMib) : unpromisedMib;
  return { giveableMib, freeMib, freeOfNode, freePages: pages };
}

/**
 * By node id, in MiB: what each node has of the memory that the guest's comes from. Of huge pages that is what was free as
 * the host was read: claims do not say from which node theirs are.
 */
export function roomOfNodes(
  { hugepages }: MemoryNeed,
  { freeOfNode }: MemoryStanding,
  host: HostFacts,
): ReadonlyMap<number, number> {
  if (hugepages === null) return freeOfNode;
  const { sizeKib } = hugepages;
  return new Map(
    host.numaNodes.map((node) => {
      const free = node.hugepages.find((pages) => pages.sizeKib === sizeKib)?.free ?? 0;
      return [node.id, (free * sizeKib) / 1024];
    }),
  );
}

/** Ordinary memory does not include what is set aside as huge pages, used or not. */
function inHugepages({ hugepages }: NumaNodeFacts): number {
  return hugepages.reduce((sum, { sizeKib, total }) => sum + (sizeKib * total) / 1024, 0);
}

/** The largest page that divides the memory and of which there are enough, else the most plentiful. */
export function memoryNeed(
  { memory, tuning }: Spec,
  { freePages }: MemoryStanding,
  policy: PlacementPolicy,
): MemoryNeed {
  const { mib } = memory;
  const { overheadMib } = policy;
  if (!tuning.hugepages) return { mib, ordinaryMib: mib + overheadMib, hugepages: null };
  const sizes = [...freePages.keys()].filter((size) => (mib * 1024) % size === 0).sort((a, b) => b - a);
  const counted = sizes.map((sizeKib) => ({ sizeKib, count: (mib * 1024) / sizeKib }));
  const enough = counted.find(({ sizeKib, count }) => (freePages.get(sizeKib)?.free ?? 0) >= count);
  const hugepages = enough ?? counted.at(-1) ?? { sizeKib: 2048, count: Math.ceil(mib / 2) };
  return { mib, ordinaryMib: overheadMib, hugepages };
}

export function memoryObstacles(need: MemoryNeed, standing: MemoryStanding): readonly Obstacle[] {
  const found: Obstacle[] = [];
  const { giveableMib, freeMib } = standing;
  if (need.ordinaryMib > giveableMib) {
    found.push(
      obstacle(
        'memory-insufficient',
        'ramsize',
        `The VM needs ${need.ordinaryMib} MiB (QEMU's own share included); this host can give ${giveableMib} MiB at most.`,
        { fix: `Ask for less memory.`, details: { neededMib: need.ordinaryMib, giveableMib } },
      ),
    );
  } else if (need.ordinaryMib > freeMib) {
    found.push(
      obstacle(
        'memory-taken',
        'ramsize',
        `The VM needs ${need.ordinaryMib} MiB (QEMU's own share included); of ${giveableMib} MiB ${Math.max(0, freeMib)} MiB are neither promised to other VMs nor in use.`,
        {
          fix: 'Ask for less memory, wait until other VMs are gone, or end what uses it on the host.',
          details: { neededMib: need.ordinaryMib, freeMib },
        },
      ),
    );
  }
  if (need.hugepages !== null) {
    const { sizeKib, count } = need.hugepages;
    const pages = standing.freePages.get(sizeKib) ?? { total: 0, free: 0 };
    if (pages.free < count) {
      found.push(
        obstacle(
          'hugepages-insufficient',
          'protium.hugepages',
          `The VM needs ${count} huge pages of ${sizeKib} KiB; the host has ${pages.total}, of which ${Math.max(0, pages.free)} are free.`,
          {
            fix: `Set aside more (sysctl vm.nr_hugepages for 2 MiB, hugepagesz=1G hugepages=N at boot for 1 GiB), or leave out protium.hugepages.`,
            details: { sizeKib, needed: count, free: pages.free },
          },
        ),
      );
    }
  }
  return found;
}
