import type { CoreFacts, HostFacts, PciFacts } from '../host/facts.ts';

/** What is looked up again and again in the facts, worked out once for each reading of the host. */
export interface HostIndex {
  readonly coreById: ReadonlyMap<number, CoreFacts>;
  readonly deviceByAddress: ReadonlyMap<string, PciFacts>;
  /** By `vendor:model`, sorted by address. */
  readonly devicesById: ReadonlyMap<string, readonly PciFacts[]>;
  /** By `domain:bus:slot`. */
  readonly devicesBySlot: ReadonlyMap<string, readonly PciFacts[]>;
  readonly devicesByGroup: ReadonlyMap<number, readonly PciFacts[]>;
  /** Display adapters. */
  readonly displays: readonly PciFacts[];
  /** Display adapters and accelerators. */
  readonly cards: readonly PciFacts[];
  readonly coresOfNode: ReadonlyMap<number, readonly CoreFacts[]>;
}

const indexes = new WeakMap<HostFacts, HostIndex>();

/** The index of these facts; the same object for the same facts. */
export function hostIndex(host: HostFacts): HostIndex {
  const known = indexes.get(host);
  if (known !== undefined) return known;
  const grouped = host.pci.filter(({ iommuGroup }) => iommuGroup !== null);
  const index: HostIndex = {
    coreById: new Map(host.cpu.cores.map((core) => [core.id, core])),
    deviceByAddress: new Map(host.pci.map((device) => [device.address, device])),
    devicesById: groupBy(host.pci, idOf),
    devicesBySlot: groupBy(host.pci, ({ address }) => slotOf(address)),
    devicesByGroup: groupBy(grouped, ({ iommuGroup }) => iommuGroup ?? -1),
    displays: host.pci.filter(isDisplay),
    cards: host.pci.filter(isCard),
    coresOfNode: groupBy(host.cpu.cores, ({ node }) => node),
  };
  indexes.set(host, index);
  return index;
}

/** `vendor:model` */
export function idOf({ vendor, model }: { readonly vendor: string; readonly model: string }): string {
  return `${vendor}:${model}`;
}

/** `0000:01:00` of `0000:01:00.0` */
export function slotOf(address: string): string {
  return address.slice(0, address.lastIndexOf('.'));
}

export function functionOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf('.') + 1), 16);
}

function isDisplay({ class: deviceClass }: Pick<PciFacts, 'class'>): boolean {
  return deviceClass.startsWith('03');
}

/** Display adapters and accelerators: what is scarce, and what people pass. */
export function isCard(device: Pick<PciFacts, 'class'>): boolean {
  return isDisplay(device) || device.class.startsWith('12');
}

/** `0000:01:00.0 GA104 [GeForce RTX 3060 Ti] (10de:2489)` */
export function nameOf(device: PciFacts): string {
  const id = `(${idOf(device)})`;
  return device.modelName === null
    ? `${device.address} ${id}`
    : `${device.address} ${device.modelName} ${id}`;
}

/** The same with its class, its driver and who uses it. */
export function describeDevice(device: PciFacts): string {
  const driver = device.driver === null ? 'no driver' : `driver ${device.driver}`;
  const users = device.users.map(({ description }) => `, ${description}`).join('');
  return `${nameOf(device)}, class ${device.class}, ${driver}${users}`;
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
