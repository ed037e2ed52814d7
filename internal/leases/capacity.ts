import type { HostFacts, PciFacts } from '../host/facts.ts';
import type { Claim, DeviceCondition } from '../placement/claim.ts';
import { unitOf } from '../placement/device-units.ts';
import type { LeaseCapacity, LeaseDemandAt } from './lease.ts';

/**
 * What the host has for leases: every core, the memory without huge pages and without what is left to the host itself, and the
 * devices that could go to a VM on a day when nobody uses them. Pure.
 *
 * @param claims what has no known end: instances without a lease, foreign domains, subscriptions, operations. Not what a lease
 *   has: the book counts that. Not a VM that must leave when a lease starts.
 */
export function leaseCapacity({
  host,
  claims,
  conditions,
  policy,
}: {
  readonly host: HostFacts;
  readonly claims: readonly Claim[];
  readonly conditions: readonly DeviceCondition[];
  readonly policy: { readonly reservedMemoryMib: number; readonly overheadMib: number };
}): LeaseCapacity {
  const hugepagesMib = host.numaNodes
    .flatMap(({ hugepages }) => hugepages)
    .reduce((sum, { sizeKib, total }) => sum + (sizeKib * total) / 1024, 0);
  const unwell = new Set(
    conditions.filter(({ condition }) => condition !== 'returning').map(({ address }) => address),
  );
  return {
    cores: host.cpu.cores.length,
    // Of cores of two kinds the lesser: a lease that counts on it fits on any of them.
    threadsPerCore: host.cpu.cores.reduce((least, { cpus }) => Math.min(least, cpus.length), Infinity),
    memoryMib: Math.max(0, host.memory.totalMib - hugepagesMib - policy.reservedMemoryMib),
    hugepagesMib,
    overheadMib: policy.overheadMib,
    devices: host.pci
      .filter((device) => isLeasable(host, device, unwell))
      .map(({ address, vendor, model }) => ({ address, vendor, model })),
    standing: claims.flatMap(standingOf),
  };
}

/** In use by a process or a VM is no reason: that ends. What the host lives on, and what cannot be passed, is. */
function isLeasable(host: HostFacts, device: PciFacts, unwell: ReadonlySet<string>): boolean {
  const { members, strangers, dependents, blockers } = unitOf(host, device);
  return (
    strangers.length === 0 &&
    blockers.every(({ code }) => code === 'device-in-use') &&
    ![...members.map((member) => member.device), ...dependents].some(({ address }) => unwell.has(address))
  );
}

/** Its memory has QEMU's own share already; huge pages are told apart. */
function standingOf({ cores, overprovision, memoryMib, hugepages, pci }: Claim): readonly LeaseDemandAt[] {
  const nothing = {
    slots: 0,
    allowSmt: false,
    overprovision,
    topology: 'host' as const,
    memoryMib: 0,
    hugepages: false,
    devices: [],
    namedDevices: [],
  };
  const pagesMib = hugepages === null ? 0 : (hugepages.sizeKib * hugepages.count) / 1024;
  return [
    { demand: { ...nothing, slots: cores.length, memoryMib }, devices: [...pci].sort() },
    ...(pagesMib === 0
      ? []
      : [{ demand: { ...nothing, memoryMib: pagesMib, hugepages: true }, devices: [] }]),
  ];
}
