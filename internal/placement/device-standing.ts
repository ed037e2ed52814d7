import type { HostFacts, PciFacts } from '../host/facts.ts';
import { blocker, type Blocker } from './device-blockers.ts';
import type { Claim, DeviceCondition } from './claim.ts';
import { unitOf, type DeviceUnit } from './device-units.ts';
import { hostIndex, nameOf } from './host-index.ts';

/** What is taken or unwell at the moment. */
export interface DeviceStanding {
  /** Who has the device, by address. */
  readonly holders: ReadonlyMap<string, string>;
  /** Who has opened the group, by its number: a group belongs to one VM. */
  readonly groupHolders: ReadonlyMap<number, string>;
  readonly conditions: ReadonlyMap<string, DeviceCondition>;
  /** Whether use by processes counts; not when it is asked whether a device could be given on another day. */
  readonly useCounts: boolean;
}

const known = new WeakMap<
  HostFacts,
  WeakMap<readonly Claim[], Pick<DeviceStanding, 'holders' | 'groupHolders'>>
>();

export function deviceStanding(
  host: HostFacts,
  claims: readonly Claim[],
  conditions: readonly DeviceCondition[],
  useCounts = true,
): DeviceStanding {
  let ofHost = known.get(host);
  if (ofHost === undefined) {
    ofHost = new WeakMap();
    known.set(host, ofHost);
  }
  let held = ofHost.get(claims);
  if (held === undefined) {
    held = heldBy(host, claims);
    ofHost.set(claims, held);
  }
  return {
    ...held,
    conditions: new Map(conditions.map((condition) => [condition.address, condition])),
    useCounts,
  };
}

/** Of two that name the same device, as a foreign domain may, the first by name: the order of claims says nothing. */
function heldBy(host: HostFacts, claims: readonly Claim[]): Pick<DeviceStanding, 'holders' | 'groupHolders'> {
  const { deviceByAddress } = hostIndex(host);
  const holders = new Map<string, string>();
  const groupHolders = new Map<number, string>();
  const put = <K>(map: Map<K, string>, key: K, name: string): void => {
    const present = map.get(key);
    if (present === undefined || name < present) map.set(key, name);
  };
  for (const { pci, name } of claims) {
    for (const address of pci) {
      put(holders, address, name);
      const group = deviceByAddress.get(address)?.iommuGroup ?? null;
      if (group !== null) put(groupHolders, group, name);
    }
  }
  return { holders, groupHolders };
}

/** All that stands against giving out a unit now, in the order in which a person would ask. */
export function blockersOf(unit: DeviceUnit, standing: DeviceStanding): readonly Blocker[] {
  const { holders, groupHolders, useCounts } = standing;
  const own = unit.blockers.filter(
    ({ code, addresses }) =>
      // A device in a VM shows that VM among its users: who holds it says it better.
      code !== 'device-in-use' || (useCounts && !addresses.some((address) => holders.has(address))),
  );
  const concerned = [...unit.members.map(({ device }) => device), ...unit.dependents];
  const found = [...own, ...concerned.flatMap((device) => conditionOf(device, standing))];
  const taken = concerned.filter((device) => takenBy(device, standing) !== null);
  for (const device of taken) {
    found.push(takenBlocker(`${nameOf(device)} is taken by "${takenBy(device, standing) ?? ''}"`, [device]));
  }
  if (taken.length === 0) {
    for (const group of unit.groups) {
      const holder = groupHolders.get(group);
      if (holder === undefined) continue;
      const [first] = unit.members;
      const devices = first === undefined ? [] : [first.device];
      found.push(
        takenBlocker(`IOMMU group ${group} belongs to "${holder}", who has another device of it`, devices),
      );
    }
  }
  return found;
}

/** How many cards (displays, accelerators) could be given out now, by NUMA node. */
export function freeCards(host: HostFacts, standing: DeviceStanding): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const card of hostIndex(host).cards) {
    if (card.numaNode === null) continue;
    const unit = unitOf(host, card);
    if (unit.strangers.length > 0 || blockersOf(unit, standing).length > 0) continue;
    counts.set(card.numaNode, (counts.get(card.numaNode) ?? 0) + 1);
  }
  return counts;
}

/** Its holder; of a virtual function also that of its physical one, without which it is not there. */
export function takenBy(device: PciFacts, { holders }: DeviceStanding): string | null {
  return (
    holders.get(device.address) ??
    (device.physicalFunction === null ? null : (holders.get(device.physicalFunction) ?? null))
  );
}

function takenBlocker(message: string, devices: readonly PciFacts[]): Blocker {
  return blocker('device-taken', message, devices, 'Wait until that VM is gone, or unregister it.');
}

function conditionOf(device: PciFacts, { conditions }: DeviceStanding): readonly Blocker[] {
  const condition = conditions.get(device.address);
  if (condition === undefined) return [];
  if (condition.condition === 'withheld') {
    const fix = 'Ask an administrator to put it on the list: protium quota set --allow.';
    return [
      blocker(
        'device-withheld',
        `${nameOf(device)} is not for this project: ${condition.reason}`,
        [device],
        fix,
      ),
    ];
  }
  const message = `${nameOf(device)} is ${condition.condition} since ${condition.since}: ${condition.reason}`;
  return [
    blocker(
      'device-unhealthy',
      message,
      [device],
      condition.condition === 'stuck' ? 'Reboot the host.' : null,
    ),
  ];
}
