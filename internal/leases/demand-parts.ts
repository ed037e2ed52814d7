import type { LeaseCapacity, LeaseDemandAt } from './lease.ts';

/** What cannot change while a host runs, and on which it depends what a demand takes. */
export interface HostShape {
  readonly threadsPerCore: number;
  /** "10de:2489" by address. */
  readonly classes: ReadonlyMap<string, string>;
}

/** A demand in numbers that add up over those that are at the same time. */
export interface DemandParts {
  /**
   * 'c4': four on each core. As for the placement (placement/core-load.ts), it makes no difference whether they are of whole
   * cores or of threads.
   */
  readonly kind: string;
  /** How many VMs may share a core. */
  readonly sharing: number;
  /** Cores that it is on, each a different one. */
  readonly cores: number;
  /** Of ordinary memory, without QEMU's own share. */
  readonly memoryMib: number;
  readonly hugepagesMib: number;
  /** Those that have a share of QEMU's own: 1 or 0. */
  readonly vms: number;
  /** How many of each class, named and bound ones included. */
  readonly counts: ReadonlyMap<string, number>;
  /** Addresses that are its own. */
  readonly addresses: readonly string[];
}

export function hostShape({ threadsPerCore, devices }: LeaseCapacity): HostShape {
  return {
    threadsPerCore,
    classes: new Map(devices.map(({ address, vendor, model }) => [address, `${vendor}:${model}`])),
  };
}

export function sameShape(a: HostShape, b: HostShape): boolean {
  if (a === b) return true;
  return (
    a.threadsPerCore === b.threadsPerCore &&
    a.classes.size === b.classes.size &&
    [...a.classes].every(([address, of]) => b.classes.get(address) === of)
  );
}

/** As the placement counts (placement/cores.ts): in threads mode a core bears as many slots as it has threads. */
export function partsOf({ demand, devices }: LeaseDemandAt, shape: HostShape): DemandParts {
  const { slots, allowSmt, overprovision, memoryMib, hugepages, namedDevices } = demand;
  const addresses = [...new Set([...namedDevices, ...devices])].sort();
  const counts = new Map<string, number>();
  for (const address of addresses) {
    const of = shape.classes.get(address);
    if (of !== undefined) counts.set(of, (counts.get(of) ?? 0) + 1);
  }
  const asked = new Map<string, number>();
  for (const { vendor, model, quantity } of demand.devices) {
    const of = `${vendor}:${model}`;
    asked.set(of, (asked.get(of) ?? 0) + quantity);
  }
  for (const [of, quantity] of asked) {
    if (quantity > 0) counts.set(of, Math.max(counts.get(of) ?? 0, quantity));
  }
  return {
    kind: `c${overprovision}`,
    sharing: overprovision,
    cores: allowSmt ? Math.ceil(slots / shape.threadsPerCore) : slots,
    memoryMib: hugepages ? 0 : memoryMib,
    hugepagesMib: hugepages ? memoryMib : 0,
    vms: memoryMib > 0 ? 1 : 0,
    counts,
    addresses,
  };
}
