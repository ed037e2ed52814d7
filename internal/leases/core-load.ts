import type { DemandParts } from './demand-parts.ts';
import { fewestCores, type SharingKind } from './shared-cores.ts';
import type { Amount, Timeline } from './timeline.ts';

/** Names of the timeline's quantities. */
const coreSum = (kind: string): string => `cores ${kind}`;
/** How many VMs of a kind are on so many cores. */
const coreCount = (kind: string, cores: number): string => `count ${kind} ${cores}`;
export const coreMost = (kind: string): string => `most ${kind}`;

/** More than sums of quotients are wrong by. */
const tiny = 1e-9;

export interface StandingKind {
  readonly sum: number;
  readonly largest: number;
  /** How many VMs are on so many cores. */
  readonly sizes: ReadonlyMap<number, number>;
}

interface StandingCores {
  readonly kinds: ReadonlyMap<string, StandingKind>;
}

/** What a lease adds to the timeline. Of those that share no core the sum is enough. */
export function coreAmounts({ kind, sharing, cores }: DemandParts): readonly Amount[] {
  if (cores === 0) return [];
  return sharing === 1
    ? [[coreSum(kind), cores]]
    : [
        [coreSum(kind), cores],
        [coreCount(kind, cores), 1],
      ];
}

/** VMs of one kind go round the cores, each to different ones: so many for all together, and for the largest alone. */
function coresFor(sum: number, largest: number, sharing: number): number {
  return Math.max(largest, Math.ceil(sum / sharing));
}

/** The largest counts only where a core is shared and it is on several: else the sum says as much. */
export function hasMost({ cores, sharing }: DemandParts): boolean {
  return sharing > 1 && cores > 1;
}

/** How many VMs may share a core, by the kind's name. */
function sharingOf(kind: string): number {
  return Number(kind.slice(1));
}

/**
 * Cores that are taken. Kinds counted apart are an upper bound, which is fast; how they share is worked out only where that
 * makes the difference between enough and too much.
 *
 * @param capacity null: exact everywhere
 */
export function coresRead(
  timeline: Timeline,
  standing: StandingCores,
  wish: Pick<DemandParts, 'kind' | 'sharing' | 'cores'>,
  capacity: number | null,
): {
  readonly read: (from: number, to: number, into: Float64Array) => void;
  readonly exact: (index: number) => number;
} {
  const parts = kindsOf(timeline, standing, wish);
  const known = new Map<string, number>();

  /** A VM that may be one of four on a core has a quarter of it at least. */
  const least = (index: number): number => {
    let shares = 0;
    for (const { sharing, sum } of parts) shares += sum(index) / sharing;
    return shares - tiny;
  };

  const together = (index: number): number => {
    let [apart, alone, share, largest] = [0, 0, 0, 0];
    const there: SharingKind[] = [];
    let key = '';
    for (const { sharing, sum, most, sizes } of parts) {
      const all = sum(index);
      if (sharing === 1) alone += all;
      if (sharing === 1 || all === 0) continue;
      apart += coresFor(all, most(index), sharing);
      share += all / sharing;
      largest = Math.max(largest, most(index));
      const of = sizes(index);
      there.push({ sharing, sizes: of });
      key += `${sharing}:${[...of].flat().join()};`;
    }
    if (there.length < 2) return alone + apart;
    let found = known.get(key);
    if (found === undefined) {
      found = fewestCores(there, Math.max(largest, Math.ceil(share - tiny)), apart);
      known.set(key, found);
    }
    return alone + found;
  };

  return {
    exact: together,
    read(from, to, into) {
      into.fill(0, 0, to - from);
      for (const { sharing, sum, most } of parts) {
        for (let index = from; index < to; index += 1) {
          const all = sum(index);
          into[index - from] =
            (into[index - from] ?? 0) + (sharing === 1 ? all : coresFor(all, most(index), sharing));
        }
      }
      if (parts.filter(({ sharing }) => sharing > 1).length < 2) return;
      for (let index = from; index < to; index += 1) {
        if (capacity !== null && ((into[index - from] ?? 0) <= capacity || least(index) > capacity)) continue;
        into[index - from] = together(index);
      }
    },
  };
}

/** Of each kind that there is: how much of it at each step. */
function kindsOf(
  timeline: Timeline,
  standing: StandingCores,
  wish: Pick<DemandParts, 'kind' | 'sharing' | 'cores'>,
) {
  const quantities = timeline.quantities();
  const booked = quantities.filter((quantity) => quantity.startsWith(coreSum('')));
  const kinds = new Set([
    ...standing.kinds.keys(),
    ...booked.map((quantity) => quantity.slice(coreSum('').length)),
    wish.kind,
  ]);
  return [...kinds].map((kind) => {
    const there = standing.kinds.get(kind) ?? { sum: 0, largest: 0, sizes: new Map<number, number>() };
    const own = kind === wish.kind ? wish.cores : 0;
    const [sum, largest] = [there.sum + own, Math.max(there.largest, own)];
    const base = new Map(there.sizes);
    if (own > 0) base.set(own, (base.get(own) ?? 0) + 1);
    const [sums, mosts] = [timeline.column(coreSum(kind)), timeline.column(coreMost(kind))];
    const prefix = coreCount(kind, 0).slice(0, -1);
    const counts = quantities
      .filter((quantity) => quantity.startsWith(prefix))
      .map((quantity) => ({
        size: Number(quantity.slice(prefix.length)),
        column: timeline.column(quantity),
      }));
    return {
      sharing: sharingOf(kind),
      sum: (index: number): number => sum + (sums === null ? 0 : (sums[index] ?? 0)),
      most: (index: number): number =>
        // Of one core each the largest is on one too.
        mosts === null ? largest : Math.max(largest, mosts[index] ?? 0),
      sizes: (index: number): ReadonlyMap<number, number> => {
        const sizes = new Map(base);
        for (const { size, column } of counts) {
          const count = column === null ? 0 : (column[index] ?? 0);
          if (count > 0) sizes.set(size, (sizes.get(size) ?? 0) + count);
        }
        return sizes;
      },
    };
  });
}
