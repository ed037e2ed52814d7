import type { HostFacts, PciFacts } from '../host/facts.ts';
import type { Spec } from '../spec/spec.ts';
import { blocker, type Blocker } from './device-blockers.ts';
import { blockersOf, type DeviceStanding } from './device-standing.ts';
import { groupBlocker, unitOf, type UnitMember } from './device-units.ts';
import { hostIndex, idOf, nameOf } from './host-index.ts';

/**
 * A device with all that must go to the same VM: its unit, and those of the strangers in its groups, if they are asked
 * for as well.
 */
export interface DeviceBundle {
  /** Sorted by address. */
  readonly members: readonly UnitMember[];
  /** How many of each id it gives that somebody must have asked for: the device and its strangers. */
  readonly counts: ReadonlyMap<string, number>;
  /** Members of ids that nobody asked for. */
  readonly unasked: number;
  readonly node: number | null;
  /** Why it cannot be given; empty: it can. */
  readonly blockers: readonly Blocker[];
}

/** What each device of the id would bring along; devices that bring the same come once. Sorted by address. */
export function bundlesOf(
  id: string,
  spec: Spec,
  host: HostFacts,
  standing: DeviceStanding,
): readonly DeviceBundle[] {
  const bundles = new Map<string, DeviceBundle>();
  for (const device of hostIndex(host).devicesById.get(id) ?? []) {
    const bundle = bundleOf(device, spec, host, standing);
    const key = bundle.members.map((member) => member.device.address).join(' ') || device.address;
    if (!bundles.has(key)) bundles.set(key, bundle);
  }
  return [...bundles.values()];
}

function bundleOf(device: PciFacts, spec: Spec, host: HostFacts, standing: DeviceStanding): DeviceBundle {
  const asked = new Set(spec.pci.map(idOf));
  const members = new Map<string, UnitMember>();
  const primaries = new Map<string, PciFacts>();
  const blockers: Blocker[] = [];
  const waiting = [device];
  for (let primary = waiting.pop(); primary !== undefined; primary = waiting.pop()) {
    if (primaries.has(primary.address)) continue;
    primaries.set(primary.address, primary);
    const unit = unitOf(host, primary);
    blockers.push(...blockersOf(unit, standing));
    for (const member of unit.members) {
      // Its own slot says more than the group, by which another unit named it.
      const known = members.get(member.device.address);
      if (known === undefined || known.reason === 'same-group') members.set(member.device.address, member);
    }
    const foreign = unit.strangers.filter((stranger) => !asked.has(idOf(stranger)));
    if (foreign.length > 0) blockers.push(groupBlocker(unit.members, unit.strangers));
    else waiting.push(...unit.strangers);
  }
  const counts = new Map<string, number>();
  for (const primary of primaries.values()) counts.set(idOf(primary), (counts.get(idOf(primary)) ?? 0) + 1);
  const sorted = [...members.values()]
    .map((member): UnitMember =>
      asked.has(idOf(member.device)) ? { ...member, reason: 'requested' } : member,
    )
    .sort((a, b) => (a.device.address < b.device.address ? -1 : 1));
  const companions = sorted.filter(({ reason }) => reason !== 'requested');
  if (spec.tuning.strictPci && companions.length > 0) blockers.push(companionsBlocker(sorted, companions));
  return {
    members: sorted,
    counts,
    unasked: companions.length,
    node: device.numaNode,
    blockers: distinct(blockers),
  };
}

function companionsBlocker(members: readonly UnitMember[], companions: readonly UnitMember[]): Blocker {
  return blocker(
    'companions-refused',
    `${members.map(({ device }) => nameOf(device)).join(' and ')} can only go together`,
    companions.map(({ device }) => device),
    'Ask for all of them, or leave protium.strictPci out.',
  );
}

function distinct(blockers: readonly Blocker[]): readonly Blocker[] {
  return blockers.filter(
    (found, index) => blockers.findIndex(({ message }) => message === found.message) === index,
  );
}
