import type { HostFacts, PciFacts } from '../host/facts.ts';
import type { PciRequest, Spec } from '../spec/spec.ts';
import type { Claim, DeviceCondition } from './claim.ts';
import { nameOf, unitOf, type Blocker, type DeviceUnit, type UnitMember } from './device-units.ts';
import { hostIndex, idOf, isDisplay } from './host-index.ts';
import { obstacle, type Obstacle } from './refusal.ts';

export interface DeviceChoice {
  readonly members: readonly UnitMember[];
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly string[];
}

/** What is taken or unwell at the moment, by address. */
export interface DeviceStanding {
  readonly holders: ReadonlyMap<string, string>;
  readonly conditions: ReadonlyMap<string, DeviceCondition>;
}

export function deviceStanding(
  claims: readonly Claim[],
  conditions: readonly DeviceCondition[],
): DeviceStanding {
  return {
    holders: new Map(claims.flatMap(({ pci, name }) => pci.map((address) => [address, name]))),
    conditions: new Map(conditions.map((condition) => [condition.address, condition])),
  };
}

/** All that stands against giving out a unit now, in the order in which a person would ask. */
export function blockersOf(unit: DeviceUnit, { holders, conditions }: DeviceStanding): readonly Blocker[] {
  const found = [...unit.blockers];
  for (const { device } of unit.members) {
    const condition = conditions.get(device.address);
    if (condition !== undefined) {
      found.push({
        code: 'device-unhealthy',
        message: `${nameOf(device)} is ${condition.condition} since ${condition.since}: ${condition.reason}`,
        fix: condition.condition === 'stuck' ? 'Reboot the host.' : 'See docs/gpu.md for how to release it.',
        addresses: [device.address],
      });
    }
    const holder = holders.get(device.address);
    if (holder !== undefined) {
      found.push({
        code: 'device-taken',
        message: `${nameOf(device)} is taken by "${holder}"`,
        fix: 'Wait until that VM is gone, or unregister it.',
        addresses: [device.address],
      });
    }
  }
  return found;
}

/**
 * Devices for every request, whole units at a time: first those that bring the fewest devices nobody asked for, then
 * those near the ones that are chosen already, then by address. `preferredNode`: where the cores are to be had.
 */
export function chooseDevices(spec: Spec, host: HostFacts, standing: DeviceStanding): DeviceChoice {
  if (spec.pci.length === 0) return { members: [], obstacles: [], warnings: [] };
  const chosen = new Map<string, UnitMember>();
  const obstacles: Obstacle[] = host.vfio.pciDriver === 'absent' ? [withoutVfio()] : [];
  const requestedIds = new Set(spec.pci.map(idOf));
  // Cards before their companions: a card brings its own audio, and not the other way round.
  const requests = [...spec.pci].sort((a, b) => rank(host, a) - rank(host, b));
  for (const request of requests) {
    const missing = chooseFor(request, { spec, host, standing, chosen, requestedIds });
    if (missing !== null) obstacles.push(missing);
  }
  const members = [...chosen.values()].sort((a, b) => (a.device.address < b.device.address ? -1 : 1));
  return { members, obstacles, warnings: warningsOf(members) };
}

function withoutVfio(): Obstacle {
  const message =
    'The kernel of this host has no driver vfio-pci, without which no device can be passed to a VM.';
  const fix = 'Install the full kernel of the distribution (linux-image-amd64 on Debian) and load vfio-pci.';
  return obstacle('vfio-missing', 'pci', message, { fix });
}

interface Choosing {
  readonly spec: Spec;
  readonly host: HostFacts;
  readonly standing: DeviceStanding;
  readonly chosen: Map<string, UnitMember>;
  readonly requestedIds: ReadonlySet<string>;
}

function rank(host: HostFacts, request: PciRequest): number {
  const [first] = hostIndex(host).devicesById.get(idOf(request)) ?? [];
  if (first === undefined) return 2;
  return isDisplay(first) || first.class.startsWith('12') ? 0 : 1;
}

/** Adds units until there are enough of the id; answers with why there are not. */
function chooseFor(request: PciRequest, choosing: Choosing): Obstacle | null {
  const { host, chosen, standing } = choosing;
  const id = idOf(request);
  const installed = hostIndex(host).devicesById.get(id) ?? [];
  if (installed.length < request.quantity) return absent(request, installed, host);
  const count = (): number => [...chosen.values()].filter(({ device }) => idOf(device) === id).length;
  for (const member of chosen.values()) {
    if (idOf(member.device) === id) chosen.set(member.device.address, { ...member, reason: 'requested' });
  }
  while (count() < request.quantity) {
    const room = request.quantity - count();
    const best = installed
      .filter(({ address }) => !chosen.has(address))
      .map((device) => ({ device, unit: unitOf(host, device) }))
      .filter(
        ({ unit }) => blockersOf(unit, standing).length === 0 && refusalOf(unit, id, room, choosing) === null,
      )
      .map((candidate) => ({ ...candidate, score: scoreOf(candidate.unit, choosing) }))
      .sort((a, b) => compareScores(a.score, b.score) || (a.device.address < b.device.address ? -1 : 1))[0];
    if (best === undefined) return tooFew(request, count(), installed, choosing);
    for (const member of best.unit.members) {
      const asked = choosing.requestedIds.has(idOf(member.device));
      chosen.set(member.device.address, asked ? { ...member, reason: 'requested' } : member);
    }
    for (const stranger of best.unit.strangers)
      chosen.set(stranger.address, { device: stranger, reason: 'requested' });
  }
  return null;
}

/** Why a unit that is free is not given out for this request; null: it may be. */
function refusalOf(unit: DeviceUnit, id: string, room: number, { spec, standing }: Choosing): Blocker | null {
  const unasked = unit.strangers.filter((device) => idOf(device) !== id);
  const twins = unit.strangers.length - unasked.length;
  const own = unit.members.filter(({ device }) => idOf(device) === id).length;
  const unfit = unit.strangers.find(
    ({ address, users }) =>
      users.length > 0 || standing.holders.has(address) || standing.conditions.has(address),
  );
  if (unasked.length > 0 || unfit !== undefined || own + twins > room) return groupRefusal(unit);
  const extra = unit.members.filter(({ reason }) => reason !== 'requested');
  const companions = extra.filter(({ device }) => !spec.pci.some((asked) => idOf(asked) === idOf(device)));
  if (!spec.tuning.strictPci || companions.length === 0) return null;
  return {
    code: 'companions-refused',
    message: `${unit.members.map(({ device }) => nameOf(device)).join(' and ')} can only go together`,
    fix: 'Ask for all of them, or leave protium.strictPci out.',
    addresses: companions.map(({ device }) => device.address),
  };
}

function groupRefusal({ members, strangers }: DeviceUnit): Blocker {
  const [first] = members;
  const group = String(first?.device.iommuGroup);
  const list = [...members.map(({ device }) => device), ...strangers];
  const described = list.map(
    (device) =>
      `${nameOf(device)}, class ${device.class}, ${device.driver === null ? 'no driver' : `driver ${device.driver}`}` +
      device.users.map(({ description }) => `, ${description}`).join(''),
  );
  return {
    code: 'group-not-assignable',
    message: `IOMMU group ${group} must go to the VM as a whole, and holds more than was asked for: ${described.join('; ')}`,
    fix: 'Put the card into another slot (one that hangs on the processor), turn on ACS in the BIOS, or update it.',
    addresses: list.map(({ address }) => address),
  };
}

type Score = readonly [unasked: number, distance: number, size: number];

function scoreOf(unit: DeviceUnit, { chosen, requestedIds }: Choosing): Score {
  const unasked = unit.members.filter(({ device }) => !requestedIds.has(idOf(device))).length;
  const node = unit.members[0]?.device.numaNode ?? null;
  const nodes = [...chosen.values()].map(({ device }) => device.numaNode);
  const distance = nodes.length === 0 || nodes.includes(node) ? 0 : 1;
  return [unasked, distance, unit.members.length + unit.strangers.length];
}

function compareScores(a: Score, b: Score): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function absent(request: PciRequest, installed: readonly PciFacts[], host: HostFacts): Obstacle {
  const id = idOf(request);
  const displays = hostIndex(host).displays.map(nameOf);
  const message =
    installed.length === 0
      ? `This host has no device ${id}.`
      : `The config wants ${request.quantity} of ${id}; this host has ${installed.length}: ${installed.map(nameOf).join(', ')}.`;
  const fix = displays.length === 0 ? undefined : `Its display adapters are ${displays.join(', ')}.`;
  return obstacle('device-absent', `pci ${id}`, message, {
    fix,
    details: { wanted: request.quantity, installed: installed.length },
  });
}

/** What stands against each device that was not chosen; the most telling of them gives the code. */
function tooFew(
  request: PciRequest,
  found: number,
  installed: readonly PciFacts[],
  choosing: Choosing,
): Obstacle {
  const id = idOf(request);
  const room = request.quantity - found;
  const blockers = installed
    .filter(({ address }) => !choosing.chosen.has(address))
    .flatMap((device) => {
      const unit = unitOf(choosing.host, device);
      const standing = blockersOf(unit, choosing.standing);
      const refusal = unit.members.length === 0 ? null : refusalOf(unit, id, room, choosing);
      return refusal === null ? standing : [refusal, ...standing];
    });
  const messages = [...new Set(blockers.map(({ message }) => message))];
  const first = [...blockers].sort((a, b) => telling.indexOf(a.code) - telling.indexOf(b.code))[0];
  return obstacle(
    first?.code ?? 'device-taken',
    `pci ${id}`,
    `The config wants ${request.quantity} of ${id}, ${found} can be given. ${messages.join('. ')}.`,
    {
      fix: first?.fix ?? undefined,
      details: {
        wanted: request.quantity,
        available: found,
        addresses: [...new Set(blockers.flatMap(({ addresses }) => addresses))],
      },
    },
  );
}

/** Which code a refusal gets when several devices are refused for several reasons: what lasts shortest comes first. */
const telling: readonly string[] = [
  'device-taken',
  'device-in-use',
  'companions-refused',
  'group-not-assignable',
  'device-unhealthy',
  'device-essential',
  'device-not-assignable',
  'iommu-off',
];

function warningsOf(members: readonly UnitMember[]): readonly string[] {
  const added = members.filter(({ reason }) => reason !== 'requested');
  const unresettable = members.filter(
    ({ device, reason }) => reason === 'requested' && device.resetMethods.length === 0,
  );
  return [
    ...added.map(({ device, reason }) =>
      reason === 'same-slot'
        ? `${nameOf(device)} goes along: it shares a slot with a device that was asked for.`
        : `${nameOf(device)} goes along: it shares IOMMU group ${String(device.iommuGroup)} with a device that was asked for.`,
    ),
    ...unresettable.map(
      ({ device }) =>
        `${nameOf(device)} cannot be reset: it may not work for the next VM before the host is rebooted.`,
    ),
  ];
}
