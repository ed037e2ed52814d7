import type { HostSituation, Instance } from '../../../instances/instance.ts';
import { hostUsage } from '../../../placement/usage.ts';

/**
 * The host in the form of AtomOS's `/host/status`. Slots count VMs on cores: an empty core has ten, an occupied one as
 * many as the smallest overprovision on it allows. What Protium's VMs do not have (`direct_interfaces`, ports of displays
 * chosen by libvirt) is empty.
 *
 * @param instances all that Protium made
 */
export function hostStatus(
  { facts, claims, conditions, policy }: HostSituation,
  instances: readonly Instance[],
): object {
  const { cores } = hostUsage(facts, claims, conditions, policy);
  const onCore = new Map<number, string[]>();
  for (const { cores: ids, holder, kind } of claims) {
    // What is held for an owner takes slots, but is no VM.
    if (kind === 'subscription' || kind === 'lease') continue;
    for (const id of ids) onCore.set(id, [...(onCore.get(id) ?? []), holder]);
  }
  const allocatedCores = cores.filter(({ count }) => count > 0).length;
  const allocatedSlots = sum(cores.map(({ count }) => count));
  const totalSlots = sum(cores.map(({ limit }) => limit));
  const running = new Set(instances.filter(({ state }) => state !== 'shutoff').map(({ uuid }) => uuid));
  const storages = storagesOf(instances);
  return {
    allocated_cores_count: allocatedCores,
    allocated_slots_count: allocatedSlots,
    total_cores_count: cores.length,
    total_slots_count: totalSlots,
    core_allocation_percentage: percentage(allocatedCores, cores.length),
    slot_allocation_percentage: percentage(allocatedSlots, totalSlots),
    core_provisioning: cores.map(({ id, count, limit }) => ({
      core_id: id,
      max_overprovision: limit,
      available_slots: Math.max(0, limit - count),
      provisioned_vms: onCore.get(id) ?? [],
      provisioned_vms_count: onCore.get(id)?.length ?? 0,
    })),
    bridge_interfaces: unique(instances.flatMap(({ plan }) => plan.networks.map(({ network }) => network))),
    direct_interfaces: [],
    client_id_count: new Set(instances.map(({ owner }) => owner)).size,
    dom_displays: { ports: [], protocols: instances.length === 0 ? [] : ['vnc'] },
    nic_count: sum(instances.map(({ plan }) => plan.networks.length)),
    os_families: osFamilies(instances),
    storage_count: storages.length,
    storages: storages.map(({ sizeBytes, ...storage }) => ({
      ...storage,
      sizeGB: (sizeBytes / 1e9).toFixed(3),
    })),
    total_allocated_ram_mib: sum(claims.map(({ memoryMib }) => memoryMib)),
    total_used_ram_mib: sum(
      claims
        .filter(({ kind, holder }) => kind === 'foreign' || running.has(holder))
        .map(({ memoryMib }) => memoryMib),
    ),
    total_allocated_storage_size_gb: sum(storages.map(({ sizeBytes }) => sizeBytes)) / 1e9,
    vm_count: instances.length,
  };
}

interface Storage {
  readonly volume_id: string;
  readonly bus: string;
  readonly format: string;
  readonly vm_uuids: string[];
  readonly sizeBytes: number;
}

/** Every volume once, with the VMs that have it; one whose size was not said counts as empty. */
function storagesOf(instances: readonly Instance[]): readonly Storage[] {
  const found = new Map<string, Storage>();
  for (const { uuid, plan } of instances) {
    for (const { id, existing, bus, format, sizeBytes } of plan.volumes) {
      const volume = id ?? existing?.name;
      if (volume === undefined) continue;
      const known = found.get(volume);
      if (known === undefined) {
        found.set(volume, { volume_id: volume, bus, format, vm_uuids: [uuid], sizeBytes: sizeBytes ?? 0 });
      } else known.vm_uuids.push(uuid);
    }
  }
  return [...found.values()];
}

function osFamilies(instances: readonly Instance[]): object {
  const families = new Map<string, Map<string, number>>();
  for (const { spec } of instances) {
    const flavours = families.get(spec.os.family) ?? new Map<string, number>();
    const name = spec.os.flavour ?? 'unknown';
    families.set(spec.os.family, flavours.set(name, (flavours.get(name) ?? 0) + 1));
  }
  return Object.fromEntries(
    [...families].map(([family, flavours]) => [
      family,
      {
        count: sum([...flavours.values()]),
        flavours: [...flavours].map(([name, count]) => ({ name, count })),
      },
    ]),
  );
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** To two decimals. */
function percentage(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100;
}
