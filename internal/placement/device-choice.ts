import type { HostFacts, PciFacts } from '../host/facts.ts';
import type { PciRequest, Spec } from '../spec/spec.ts';
import { bundlesOf, type DeviceBundle } from './device-bundles.ts';
import { absent, tooFew, unableToPass } from './device-refusal.ts';
import type { UnitMember } from './device-units.ts';
import type { DeviceStanding } from './device-standing.ts';
import { hostIndex, idOf, isCard, nameOf } from './host-index.ts';
import type { NodeRoom } from './nodes.ts';
import { pickExactly } from './pick-exactly.ts';
import type { Obstacle } from './refusal.ts';

export interface DeviceChoice {
  readonly members: readonly UnitMember[];
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly string[];
}

/**
 * Devices for every request, with all that must go along: those that bring the fewest devices nobody asked for, then those
 * of one NUMA node, of nodes where the VM fits, that have the fewest other cards and the least room left; then by address.
 */
export function chooseDevices(
  spec: Spec,
  host: HostFacts,
  standing: DeviceStanding,
  rooms: readonly NodeRoom[],
): DeviceChoice {
  if (spec.pci.length === 0) return { members: [], obstacles: [], warnings: [] };
  const choosing = { spec, host, standing, nodes: new Map(rooms.map((room) => [room.id, room])) };
  // Cards before their companions: a card brings its own audio, and not the other way round.
  let order = [...spec.pci].sort((a, b) => rank(host, a) - rank(host, b));
  const first = chooseInOrder(order, choosing);
  let attempt = first;
  // What was chosen for the others may be all that it could have had, together with one of theirs: then it goes first.
  for (let round = 1; round < order.length; round += 1) {
    const { failed } = attempt;
    if (failed === null || failed === order[0]) break;
    order = [failed, ...order.filter((request) => request !== failed)];
    attempt = chooseInOrder(order, choosing);
  }
  const { chosen, obstacles } = attempt.failed === null ? attempt : first;
  const members = [...chosen.values()].sort((a, b) => (a.device.address < b.device.address ? -1 : 1));
  return {
    members,
    obstacles: [...unableToPass(host, obstacles), ...obstacles],
    warnings: warningsOf(members),
  };
}

interface Attempt {
  readonly chosen: ReadonlyMap<string, UnitMember>;
  readonly obstacles: readonly Obstacle[];
  /** The first request that could not be met. */
  readonly failed: PciRequest | null;
}

function chooseInOrder(requests: readonly PciRequest[], choosing: Omit<Choosing, 'chosen'>): Attempt {
  const chosen = new Map<string, UnitMember>();
  const obstacles: Obstacle[] = [];
  let failed: PciRequest | null = null;
  for (const request of requests) {
    const missing = chooseFor(request, { ...choosing, chosen });
    if (missing === null) continue;
    obstacles.push(missing);
    failed ??= request;
  }
  return { chosen, obstacles, failed };
}

function rank(host: HostFacts, request: PciRequest): number {
  const [first] = hostIndex(host).devicesById.get(idOf(request)) ?? [];
  if (first === undefined) return 2;
  return isCard(first) ? 0 : 1;
}

interface Choosing {
  readonly spec: Spec;
  readonly host: HostFacts;
  readonly standing: DeviceStanding;
  readonly nodes: ReadonlyMap<number, NodeRoom>;
  readonly chosen: Map<string, UnitMember>;
}

/** Adds what is needed until there are enough of the id; answers with why there are not. */
function chooseFor(request: PciRequest, choosing: Choosing): Obstacle | null {
  const { spec, host, standing, nodes, chosen } = choosing;
  const id = idOf(request);
  const installed = hostIndex(host).devicesById.get(id) ?? [];
  if (installed.length < request.quantity) return absent(request, installed, host);
  const present = [...chosen.values()].filter(({ device }) => idOf(device) === id).length;
  const wanted = request.quantity - present;
  if (wanted <= 0) return null;
  const bundles = bundlesOf(id, spec, host, standing).filter(
    ({ members }) => !members.some(({ device }) => clashes(device, chosen)),
  );
  const free = bundles.filter(({ blockers }) => blockers.length === 0);
  const fitting = free.filter((bundle) => !overshoots(bundle, spec, chosen, id, wanted));
  const chosenNodes = new Set([...chosen.values()].flatMap(({ device }) => device.numaNode ?? []));
  const picked = pickExactly(
    fitting.map((bundle) => ({ bundle, count: bundle.counts.get(id) ?? 0 })),
    wanted,
    (candidates) =>
      costOf(
        candidates.map(({ bundle }) => bundle),
        chosenNodes,
        nodes,
      ),
  );
  if (
    picked === null ||
    overshootTogether(
      picked.map(({ bundle }) => bundle),
      spec,
      chosen,
    )
  ) {
    return tooFew(request, present, bundles, fitting);
  }
  for (const { bundle } of picked)
    for (const member of bundle.members) chosen.set(member.device.address, member);
  return null;
}

/** Whether it would give more of some id than is asked for, this one or another that it brings. */
function overshoots(
  { counts }: DeviceBundle,
  spec: Spec,
  chosen: ReadonlyMap<string, UnitMember>,
  id: string,
  wanted: number,
): boolean {
  return [...counts].some(([brought, count]) => {
    if (brought === id) return count > wanted;
    const asked = spec.pci.find((request) => idOf(request) === brought)?.quantity ?? 0;
    const present = [...chosen.values()].filter(({ device }) => idOf(device) === brought).length;
    return present + count > asked;
  });
}

/** The same of several together, for the ids that they bring along. */
function overshootTogether(
  bundles: readonly DeviceBundle[],
  spec: Spec,
  chosen: ReadonlyMap<string, UnitMember>,
): boolean {
  return spec.pci.some((request) => {
    const id = idOf(request);
    const brought = bundles.reduce((sum, { counts }) => sum + (counts.get(id) ?? 0), 0);
    const present = [...chosen.values()].filter(({ device }) => idOf(device) === id).length;
    return brought > 0 && present + brought > request.quantity;
  });
}

/** Already chosen; or a function whose physical one, or one of whose virtual ones, is: they are not there together. */
function clashes(device: PciFacts, chosen: ReadonlyMap<string, UnitMember>): boolean {
  return [device.address, device.physicalFunction, ...(device.virtualFunctions?.enabled ?? [])].some(
    (address) => address !== null && chosen.has(address),
  );
}

/**
 * Less is better: devices that nobody asked for, nodes over which it is spread, nodes where the VM does not fit, devices;
 * then what others may need of those nodes: their cards, their idle cores.
 */
function costOf(
  bundles: readonly DeviceBundle[],
  chosenNodes: ReadonlySet<number>,
  nodes: ReadonlyMap<number, NodeRoom>,
): readonly number[] {
  const touched = new Set(chosenNodes);
  let [unasked, size] = [0, 0];
  for (const bundle of bundles) {
    unasked += bundle.unasked;
    size += bundle.members.length;
    if (bundle.node !== null) touched.add(bundle.node);
  }
  let [cramped, cards, idleCores] = [0, 0, 0];
  for (const id of touched) {
    const node = nodes.get(id);
    if (node?.fits !== true) cramped += 1;
    cards += node?.freeCards ?? 0;
    idleCores += node?.idleCores ?? 0;
  }
  return [unasked, touched.size, cramped, size, cards, idleCores];
}

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
