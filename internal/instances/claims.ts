import type { DomainView } from '../libvirt/live-view/views.ts';
import type { Claim } from '../placement/claim.ts';
import type { Plan } from '../placement/plan.ts';
import type { InstanceRecord } from './documents/metadata.ts';

/** Elemento's largest overprovision: a domain that Protium did not make sets no limit of its own. */
const noLimit = 10;

/** What a plan takes of the host. */
export function claimOfPlan(
  holder: { readonly uuid: string; readonly name: string },
  kind: Claim['kind'],
  { cpu, memory, pci }: Pick<Plan, 'cpu' | 'memory' | 'pci'>,
): Claim {
  const ordinary = memory.overheadMib + (memory.hugepages === null ? memory.mib : 0);
  return {
    holder: holder.uuid,
    name: holder.name,
    kind,
    cores: cpu.cores,
    overprovision: cpu.overprovision,
    slots: cpu.slots,
    memoryMib: ordinary,
    memoryNodes:
      memory.cells.length > 0
        ? memory.cells.map(({ node: id, mib }) => ({ node: id, mib: memory.hugepages === null ? mib : 0 }))
        : // One node, or page by page from several in turn (numatune's mode "interleave").
          memory.nodes.map((node) => ({ node, mib: Math.ceil(ordinary / memory.nodes.length) })),
    hugepages: memory.hugepages,
    pci: pci.map(({ address }) => address),
  };
}

/**
 * What a domain takes. An instance holds what it was promised while it exists, running or not, and the devices and memory
 * that somebody gave it since; another domain holds what it has while it is active. null: nothing.
 */
export function claimOfDomain(
  domain: DomainView,
  record: InstanceRecord | null,
  overheadMib: number,
): Claim | null {
  const memoryMib = Math.ceil(domain.maxMemoryKiB / 1024) + overheadMib;
  if (record === null) {
    if (domain.id === null) return null;
    return {
      holder: domain.uuid,
      name: domain.name,
      kind: 'foreign',
      cores: [],
      overprovision: noLimit,
      slots: domain.vcpus,
      memoryMib,
      memoryNodes: [],
      hugepages: null,
      pci: domain.hostPciAddresses,
    };
  }
  const claim = claimOfPlan(domain, 'instance', record.plan);
  return {
    ...claim,
    memoryMib: claim.hugepages === null ? Math.max(claim.memoryMib, memoryMib) : claim.memoryMib,
    pci: [...new Set([...claim.pci, ...domain.hostPciAddresses])],
  };
}
