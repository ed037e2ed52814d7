import type { DeviceUser, HostFacts, PciFacts } from '../host/facts.ts';
import { hostIndex, idOf, slotOf } from './host-index.ts';
import type { DevicePlan, ReasonCode } from './plan.ts';

/** What keeps a device, or one that must go with it, on the host. */
export interface Blocker {
  readonly code: ReasonCode;
  readonly message: string;
  readonly fix: string | null;
  /** Devices that it is about. */
  readonly addresses: readonly string[];
}

/** A member of a unit: why it goes along. */
export interface UnitMember {
  readonly device: PciFacts;
  readonly reason: DevicePlan['reason'];
}

/**
 * What goes to a VM together: a device, the other functions of its slot, and harmless members of its group. Built from
 * the facts alone; claims and conditions are judged later.
 */
export interface DeviceUnit {
  /** Sorted by address; empty when the device itself is none that could be passed. */
  readonly members: readonly UnitMember[];
  /** Members of the group in other slots that are not harmless: fine only when they are asked for too. */
  readonly strangers: readonly PciFacts[];
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
  const none = { members: [], strangers: [] };
  if (isBridge(device)) {
    return {
      ...none,
      blockers: [blocker('device-not-assignable', `${nameOf(device)} is a bridge`, [device])],
    };
  }
  if (device.iommuGroup === null) return { ...none, blockers: [withoutGroup(host, device)] };
  const index = hostIndex(host);
  const slot = slotOf(device.address);
  const group = (index.devicesByGroup.get(device.iommuGroup) ?? []).filter(
    (member) => !isTransparent(member),
  );
  // Functions of a slot go together, whatever groups they are in: a reset of the slot hits them all.
  const mates = (index.devicesBySlot.get(slot) ?? []).filter(
    (mate) => !isBridge(mate) && mate.iommuGroup !== null,
  );
  const elsewhere = group.filter((member) => slotOf(member.address) !== slot && member.driver !== null);
  const harmless = elsewhere.filter(isHarmless);
  const strangers = elsewhere.filter((member) => !isHarmless(member));
  const members = [
    ...mates.map((mate) => ({
      device: mate,
      reason: mate === device ? ('requested' as const) : ('same-slot' as const),
    })),
    ...harmless.map((member) => ({ device: member, reason: 'same-group' as const })),
  ].sort((a, b) => (a.device.address < b.device.address ? -1 : 1));
  return { members, strangers, blockers: members.flatMap(({ device: member }) => usersOf(member, device)) };
}

function withoutGroup(host: HostFacts, device: PciFacts): Blocker {
  if (host.iommu.enabled) {
    return blocker('device-not-assignable', `${nameOf(device)} has no IOMMU group`, [device]);
  }
  const intel = host.cpu.vendor === 'GenuineIntel';
  return {
    ...blocker('iommu-off', `The IOMMU is off, so ${nameOf(device)} cannot be passed to a VM`, [device]),
    fix: intel
      ? 'Turn on VT-d in the BIOS, add "intel_iommu=on iommu=pt" to the kernel command line and reboot.'
      : 'Turn on AMD-Vi (IOMMU) in the BIOS, add "iommu=pt" to the kernel command line and reboot.',
  };
}

/** Kinds of use after which the host would not be the same. */
const essential: ReadonlySet<DeviceUser['kind']> = new Set([
  'mount',
  'swap',
  'holder',
  'route',
  'network',
  'boot-vga',
]);

function usersOf(member: PciFacts, asked: PciFacts): readonly Blocker[] {
  const along = member === asked ? '' : `, which goes with ${asked.address}`;
  const kept = member.users.filter(({ kind }) => essential.has(kind));
  const busy = member.users.filter(({ kind }) => !essential.has(kind));
  const told = (users: readonly DeviceUser[]) => users.map(({ description }) => description).join('; ');
  return [
    ...(kept.length === 0
      ? []
      : [
          {
            ...blocker('device-essential', `The host lives on ${nameOf(member)}${along}: ${told(kept)}`, [
              member,
            ]),
            fix: 'Give that work to another device first, if it can be.',
          },
        ]),
    ...(busy.length === 0
      ? []
      : [
          {
            ...blocker('device-in-use', `${nameOf(member)}${along} is in use: ${told(busy)}`, [member]),
            fix: 'End what uses it (the message names it), and ask again.',
          },
        ]),
    ...(member.answers === false
      ? [
          {
            ...blocker(
              'device-unhealthy',
              `${nameOf(member)}${along} does not answer: its config space is all ones`,
              [member],
            ),
            fix: 'Turn the host off and on again; a reboot may not be enough.',
          },
        ]
      : []),
  ];
}

function blocker(code: ReasonCode, message: string, devices: readonly PciFacts[]): Blocker {
  return { code, message, fix: null, addresses: devices.map(({ address }) => address) };
}

/** Bridges of all kinds: never given to a VM. */
function isBridge({ class: deviceClass }: PciFacts): boolean {
  return deviceClass.startsWith('06');
}

/** PCI and host bridges: in a group they do not count, as their drivers move no data of their own (vfio's rule). */
function isTransparent({ class: deviceClass }: PciFacts): boolean {
  return deviceClass.startsWith('0604') || deviceClass.startsWith('0600');
}

/** Base classes that may go along unasked: communication, audio, system peripherals, serial buses, signal processing. */
const harmlessClasses = new Set(['04', '07', '08', '0c', '11']);

function isHarmless(device: PciFacts): boolean {
  return harmlessClasses.has(device.class.slice(0, 2)) && device.users.length === 0;
}

/** `0000:01:00.0 GA104 [GeForce RTX 3060 Ti] (10de:2489)` */
export function nameOf(device: PciFacts): string {
  const id = `(${idOf(device)})`;
  return device.modelName === null
    ? `${device.address} ${id}`
    : `${device.address} ${device.modelName} ${id}`;
}
