import type { HostFacts, PciFacts } from '../host/facts.ts';
import { isBoardFunction, isBridge, isHarmless, isIdle, isTransparent } from './device-classes.ts';
import { blocker, usersOf, withoutGroup, type Blocker } from './device-blockers.ts';
import { describeDevice, hostIndex, nameOf, slotOf } from './host-index.ts';
import type { DevicePlan } from './plan.ts';

/** A member of a unit: why it goes along. */
export interface UnitMember {
  readonly device: PciFacts;
  readonly reason: DevicePlan['reason'];
}

/**
 * What goes to a VM together with a device: the other functions of its slot, and harmless members of the groups of all
 * these. Built from the facts alone; claims and conditions are judged later.
 */
export interface DeviceUnit {
  /** Sorted by address; empty when the device itself is none that could be passed. */
  readonly members: readonly UnitMember[];
  /** Members of its groups in other slots that are not harmless: fine only when they are asked for too. */
  readonly strangers: readonly PciFacts[];
  /** Groups that it opens: a group belongs to one VM, whoever else is in it. */
  readonly groups: readonly number[];
  /** Functions that come and go with it: the virtual ones of a physical function, and the other way round. */
  readonly dependents: readonly PciFacts[];
  readonly blockers: readonly Blocker[];
}

const known = new WeakMap<HostFacts, Map<string, DeviceUnit>>();

/** The unit of a device; the same object for the same facts. */
export function unitOf(host: HostFacts, device: PciFacts): DeviceUnit {
  let units = known.get(host);
  if (units === undefined) {
    units = new Map();
    known.set(host, units);
  }
  let unit = units.get(device.address);
  if (unit === undefined) {
    unit = build(host, device);
    units.set(device.address, unit);
  }
  return unit;
}

function build(host: HostFacts, device: PciFacts): DeviceUnit {
  const none = { members: [], strangers: [], groups: [], dependents: [] };
  if (isBridge(device)) {
    return {
      ...none,
      blockers: [blocker('device-not-assignable', `${nameOf(device)} is a bridge`, [device])],
    };
  }
  if (isBoardFunction(device)) {
    const message = `${nameOf(device)} is a part of the board that the host itself needs`;
    return { ...none, blockers: [blocker('device-essential', message, [device])] };
  }
  if (device.iommuGroup === null) return { ...none, blockers: [withoutGroup(host, device)] };

  const { devicesByGroup } = hostIndex(host);
  const mates = slotMates(host, device);
  const groups = [...new Set(mates.flatMap(({ iommuGroup }) => iommuGroup ?? []))].sort((a, b) => a - b);
  const elsewhere = groups
    .flatMap((group) => devicesByGroup.get(group) ?? [])
    .filter((member) => !mates.includes(member) && !isTransparent(member) && !isIdle(member));
  const fixed = elsewhere.filter((member) => isBridge(member) || isBoardFunction(member));
  const harmless = elsewhere.filter(isHarmless);
  const strangers = elsewhere.filter((member) => !fixed.includes(member) && !harmless.includes(member));
  const members = [
    ...mates.map((mate): UnitMember => ({
      device: mate,
      reason: mate === device ? 'requested' : 'same-slot',
    })),
    ...harmless.map((member): UnitMember => ({ device: member, reason: 'same-group' })),
  ].sort((a, b) => (a.device.address < b.device.address ? -1 : 1));
  const dependents = members.flatMap((member) => dependentsOf(host, member.device));
  return {
    members,
    strangers,
    groups,
    dependents,
    blockers: [
      ...[...members.map((member) => member.device), ...dependents].flatMap((member) =>
        usersOf(member, device),
      ),
      ...(fixed.length === 0 ? [] : [groupBlocker(members, fixed)]),
    ],
  };
}

/** Functions of its slot, which a reset of the slot hits too. A virtual function is reset on its own. */
function slotMates(host: HostFacts, device: PciFacts): readonly PciFacts[] {
  if (device.physicalFunction !== null) return [device];
  return (hostIndex(host).devicesBySlot.get(slotOf(device.address)) ?? []).filter(
    (mate) =>
      mate.physicalFunction === null && !isBridge(mate) && !isBoardFunction(mate) && mate.iommuGroup !== null,
  );
}

function dependentsOf(host: HostFacts, device: PciFacts): readonly PciFacts[] {
  const { deviceByAddress } = hostIndex(host);
  const addresses = device.virtualFunctions?.enabled ?? [];
  return addresses.flatMap((address) => deviceByAddress.get(address) ?? []);
}

/** What a refusal says of a group that holds more than may go to the VM. */
export function groupBlocker(members: readonly UnitMember[], others: readonly PciFacts[]): Blocker {
  const list = [...members.map(({ device }) => device), ...others];
  const groups = [...new Set(list.flatMap(({ iommuGroup }) => iommuGroup ?? []))].join(', ');
  return {
    code: 'group-not-assignable',
    message: `IOMMU group ${groups} must go to the VM as a whole, and holds more than was asked for: ${list.map(describeDevice).join('; ')}`,
    fix: 'Put the card into another slot (one that hangs on the processor), turn on ACS in the BIOS, or update it.',
    addresses: list.map(({ address }) => address),
  };
}
