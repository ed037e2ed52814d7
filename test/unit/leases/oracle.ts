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
  const vms = all.map(({ demand }) => ({
    sharing: demand.overprovision,
    cores: demand.allowSmt ? Math.ceil(demand.slots / capacity.threadsPerCore) : demand.slots,
  }));
  const memory =
    sum(all.map(({ demand }) => (demand.hugepages ? 0 : demand.memoryMib))) +
    there.filter(({ demand }) => demand.memoryMib > 0).length * capacity.overheadMib;
  const hugepages = sum(all.map(({ demand }) => (demand.hugepages ? demand.memoryMib : 0)));
  return canShare(vms, capacity.cores) && memory <= capacity.memoryMib && hugepages <= capacity.hugepagesMib;
}

/**
 * Whether all VMs find cores: tries every way to put one after the other onto cores, all of its own different, where none bears
 * more VMs than each of those on it allows. Cores that bear the same are alike.
 */
export function canShare(
  vms: readonly { readonly sharing: number; readonly cores: number }[],
  count: number,
): boolean {
  const hopeless = new Set<string>();
  const place = (index: number, cores: readonly (readonly [borne: number, limit: number])[]): boolean => {
    const vm = vms[index];
    if (vm === undefined) return true;
    const state = `${index} ${cores.map(String).sort().join(' ')}`;
    if (hopeless.has(state)) return false;
    const groups = new Map<string, number[]>();
    cores.forEach(([borne, limit], core) => {
      if (borne + 1 > Math.min(limit, vm.sharing)) return;
      const group = groups.get(`${borne},${limit}`) ?? [];
      groups.set(`${borne},${limit}`, [...group, core]);
    });
    const choose = (of: readonly number[][], left: number, chosen: readonly number[]): boolean => {
      const [first, ...rest] = of;
      if (left === 0) {
        return place(
          index + 1,
          cores.map(([borne, limit], core) =>
            chosen.includes(core) ? [borne + 1, Math.min(limit, vm.sharing)] : [borne, limit],
          ),
        );
      }
      if (first === undefined) return false;
      return Array.from({ length: Math.min(left, first.length) + 1 }, (_, taken) => taken).some((taken) =>
        choose(rest, left - taken, [...chosen, ...first.slice(0, taken)]),
      );
    };
    if (choose([...groups.values()], vm.cores, [])) return true;
    hopeless.add(state);
    return false;
  };
  return place(
    0,
    Array.from({ length: count }, () => [0, 99] as const),
  );
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
