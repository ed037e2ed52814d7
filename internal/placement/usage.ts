import type { HostFacts } from '../host/facts.ts';
import type { Claim, DeviceCondition } from './claim.ts';
import { coreLoads, largestOverprovision, type CoreLoad } from './core-load.ts';
import { blockersOf, deviceStanding, takenBy } from './device-standing.ts';
import { unitOf } from './device-units.ts';
import { idOf } from './host-index.ts';
import { memoryStanding } from './memory.ts';
import type { PlacementPolicy } from './plan.ts';

export interface HostUsage {
  /** Of each core, ascending by id. */
  readonly cores: readonly CoreLoad[];
  /** In tenths of cores: what cannot be given out any more; at most ten times the cores. */
  readonly usedCores: number;
  /** What VMs were promised; what the host itself uses at the moment is not taken off. */
  readonly memory: { readonly giveableMib: number; readonly freeMib: number };
  /** Devices that could be passed to a VM, by id; `available`: now. */
  readonly devices: readonly {
    readonly vendor: string;
    readonly model: string;
    readonly max: number;
    readonly available: number;
  }[];
}

/**
 * What is used of the host. A core counts by the room that it has left: ten VMs when it is empty, else the smallest
 * overprovision on it less the VMs that are there (our reading of AtomOS's used_cores; see docs/http.md).
 */
export function hostUsage(
  host: HostFacts,
  claims: readonly Claim[],
  conditions: readonly DeviceCondition[],
  policy: PlacementPolicy,
): HostUsage {
  const cores = [...coreLoads(host, claims).values()];
  const { giveableMib, freeMib } = memoryStanding(host, claims, policy, false);
  return {
    cores,
    usedCores: cores.reduce(
      (sum, { count, limit }) => sum + largestOverprovision - Math.max(0, limit - count),
      0,
    ),
    memory: { giveableMib, freeMib: Math.max(0, freeMib) },
    devices: deviceUsage(host, claims, conditions),
  };
}

function deviceUsage(
  host: HostFacts,
  claims: readonly Claim[],
  conditions: readonly DeviceCondition[],
): HostUsage['devices'] {
  const standing = deviceStanding(host, claims, conditions);
  const rows = new Map<string, { vendor: string; model: string; max: number; available: number }>();
  for (const device of host.pci) {
    const unit = unitOf(host, device);
    const taken = takenBy(device, standing) !== null;
    // A device in a VM shows no users but that VM: it counts as one that can be passed.
    const assignable =
      unit.members.length > 0 && unit.strangers.length === 0 && (taken || unit.blockers.length === 0);
    if (!assignable) continue;
    const row = rows.get(idOf(device)) ?? {
      vendor: device.vendor,
      model: device.model,
      max: 0,
      available: 0,
    };
    row.max += 1;
    if (blockersOf(unit, standing).length === 0) row.available += 1;
    rows.set(idOf(device), row);
  }
  return [...rows.values()];
}
