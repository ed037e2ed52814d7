import type { BookedLease, LeaseCapacity, LeaseDemandAt } from '../../../internal/leases/lease.ts';

/**
 * Says by brute force whether leases can all be kept: sums anew in every instant, and all ways to give out devices one after
 * the other. For a few leases at small times only.
 */
export function canAllBeKept(leases: readonly BookedLease[], capacity: LeaseCapacity): boolean {
  const instants = [...new Set(leases.flatMap(({ interval }) => [interval.start, interval.end]))];
  const holds = instants.every((at) => {
    const there = leases.filter(({ interval }) => interval.start <= at && at < interval.end);
    return suffices(there, capacity);
  });
  return (
    holds &&
    canLayOut(
      [...leases].sort((a, b) => a.interval.start - b.interval.start),
      capacity,
    )
  );
}

function suffices(there: readonly BookedLease[], capacity: LeaseCapacity): boolean {
  const all: readonly LeaseDemandAt[] = [...there, ...capacity.standing];
  const kinds = new Set(all.map(({ demand }) => String(demand.overprovision)));
  let cores = 0;
  for (const kind of kinds) {
    const members = all.filter(({ demand }) => String(demand.overprovision) === kind);
    const each = members.map(({ demand }) =>
      demand.allowSmt ? Math.ceil(demand.slots / capacity.threadsPerCore) : demand.slots,
    );
    cores += leastCores(each, members[0]?.demand.overprovision ?? 1);
  }
  const memory =
    sum(all.map(({ demand }) => (demand.hugepages ? 0 : demand.memoryMib))) +
    there.filter(({ demand }) => demand.memoryMib > 0).length * capacity.overheadMib;
  const hugepages = sum(all.map(({ demand }) => (demand.hugepages ? demand.memoryMib : 0)));
  return cores <= capacity.cores && memory <= capacity.memoryMib && hugepages <= capacity.hugepagesMib;
}

/** Tries with ever more cores; each VM goes onto those that bear the fewest: no two of its own are the same. */
function leastCores(each: readonly number[], sharing: number): number {
  for (let cores = 0; ; cores += 1) {
    const borne = Array.from({ length: cores }, () => 0);
    const fits = [...each]
      .sort((a, b) => b - a)
      .every((count) => {
        const order = borne.map((load, core) => ({ load, core })).sort((a, b) => a.load - b.load);
        const chosen = order.slice(0, count).filter(({ load }) => load < sharing);
        for (const { core } of chosen) borne[core] = (borne[core] ?? 0) + 1;
        return chosen.length === count;
      });
    if (fits) return cores;
  }
}

interface Given {
  readonly lease: BookedLease;
  readonly devices: readonly string[];
}

function canLayOut(
  leases: readonly BookedLease[],
  capacity: LeaseCapacity,
  given: readonly Given[] = [],
): boolean {
  const [lease, ...rest] = leases;
  if (lease === undefined) return true;
  return choicesFor(lease, capacity).some((devices) => {
    const clash = given.some(
      (other) =>
        other.lease.interval.start < lease.interval.end &&
        lease.interval.start < other.lease.interval.end &&
        other.devices.some((address) => devices.includes(address)),
    );
    return !clash && canLayOut(rest, capacity, [...given, { lease, devices }]);
  });
}

/** Every set of devices that would be what the lease wants. */
function choicesFor(lease: BookedLease, capacity: LeaseCapacity): readonly (readonly string[])[] {
  const taken = new Set(capacity.standing.flatMap(({ devices }) => devices));
  const named = [...new Set([...lease.demand.namedDevices, ...lease.devices])];
  if (
    named.some((address) => taken.has(address) || !capacity.devices.some((each) => each.address === address))
  ) {
    return [];
  }
  return lease.demand.devices.reduce<readonly (readonly string[])[]>(
    (choices, { vendor, model, quantity }) => {
      const of = capacity.devices.filter((each) => each.vendor === vendor && each.model === model);
      const own = of.filter(({ address }) => named.includes(address)).length;
      const open = of
        .map(({ address }) => address)
        .filter((address) => !taken.has(address) && !named.includes(address));
      const sets = subsets(open, Math.max(0, quantity - own));
      return choices.flatMap((choice) => sets.map((set) => [...choice, ...set]));
    },
    [named],
  );
}

function subsets(of: readonly string[], size: number): readonly (readonly string[])[] {
  if (size === 0) return [[]];
  return of.flatMap((first, index) => subsets(of.slice(index + 1), size - 1).map((rest) => [first, ...rest]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
