import { memoryStanding } from '../placement/memory.ts';
import type { CapacityInput } from './holds.ts';
import type { LeaseCapacity } from './lease.ts';

/** What there is for leases. */
export function leaseCapacity({ host, claims, policy }: CapacityInput): LeaseCapacity {
  const { giveableMib } = memoryStanding(host, [], { ...policy, pool: { name: '', availableBytes: null } }, false);
  const classes = new Map(host.pci.map(({ address, vendor, model }) => [address, { vendor, model }]));
  return {
    cores: host.cpu.cores.length,
    threadsPerCore: 1,
    memoryMib: giveableMib,
    hugepagesMib: 0,
    overheadMib: policy.overheadMib,
    devices: [...classes].map(([address, of]) => ({ address, ...of })),
    standing: claims.map(({ cores, overprovision, memoryMib, pci }) => ({
      demand: {
        slots: cores.length,
        allowSmt: false,
        overprovision,
        topology: 'host',
        memoryMib: Math.max(0, memoryMib - policy.overheadMib),
        hugepages: false,
        devices: [],
        namedDevices: [],
      },
      devices: pci.filter((address) => classes.has(address)),
    })),
  };
}
