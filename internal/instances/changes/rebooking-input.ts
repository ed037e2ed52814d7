import type { HostFacts } from '../../host/facts.ts';
import type { PlacementInput } from '../../placement/plan.ts';
import type { Rebooking } from './booking.ts';

/**
 * What is planned when an instance is to have something else: as if it had no cores and no memory, since what it gets is
 * instead of these; its disks and networks are not planned again. Pure.
 */
export function rebookingInput(input: PlacementInput, rebooking: Rebooking): PlacementInput {
  const { uuid, plan, spec, residentMib, onlyAt = null } = rebooking;
  const addresses = new Set(plan.pci.map(({ address }) => address));
  const { memory } = input.host;
  const host: HostFacts = {
    ...input.host,
    memory: {
      ...memory,
      availableMib: Math.min(memory.totalMib, memory.availableMib + residentMib),
      guestsMib: Math.max(0, memory.guestsMib - residentMib),
    },
    pci: onlyAt === null ? input.host.pci : withoutTwins(input.host, onlyAt),
  };
  return {
    ...input,
    host,
    spec: { ...spec, volumes: [], networks: [], guest: null },
    claims: input.claims.map((claim) =>
      claim.holder === uuid
        ? { ...claim, cores: [], slots: 0, memoryMib: 0, memoryNodes: [], hugepages: null }
        : claim,
    ),
    held: {
      cores: plan.cpu.cores,
      deviceNodes: input.host.pci.flatMap(({ address, numaNode }) =>
        addresses.has(address) ? (numaNode ?? []) : [],
      ),
    },
  };
}

/** Devices of the same kind that are elsewhere, so that none of them is chosen; what shares the group counts as ever. */
function withoutTwins({ pci }: HostFacts, at: string): HostFacts['pci'] {
  const meant = pci.find(({ address }) => address === at);
  if (meant === undefined) return pci;
  return pci.filter(
    ({ vendor, model, iommuGroup }) =>
      vendor !== meant.vendor || model !== meant.model || iommuGroup === meant.iommuGroup,
  );
}
