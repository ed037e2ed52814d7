import type {
  BookedLease,
  LeaseCapacity,
  LeaseDemand,
  LeaseDemandAt,
} from '../../../internal/leases/lease.ts';

/** Two classes of cards: four of the one, two of the other. */
export const cards = [
  ...[1, 2, 3, 4].map((bus) => ({ address: `0000:0${bus}:00.0`, vendor: '10de', model: '2489' })),
  ...[5, 6].map((bus) => ({ address: `0000:0${bus}:00.0`, vendor: '1002', model: '73bf' })),
];

export function capacity(parts: Partial<LeaseCapacity> = {}): LeaseCapacity {
  return {
    cores: 8,
    threadsPerCore: 2,
    memoryMib: 16_384,
    hugepagesMib: 4096,
    overheadMib: 256,
    devices: cards,
    standing: [],
    ...parts,
  };
}

export function demand(parts: Partial<LeaseDemand> = {}): LeaseDemand {
  return {
    slots: 0,
    allowSmt: false,
    overprovision: 1,
    topology: 'host',
    memoryMib: 0,
    hugepages: false,
    devices: [],
    namedDevices: [],
    ...parts,
  };
}

export const gpus = (quantity: number) => [{ vendor: '10de', model: '2489', quantity }];

export function booked(
  id: string,
  start: number,
  end: number,
  parts: Partial<LeaseDemand> = {},
  devices: readonly string[] = [],
): BookedLease {
  return { id, interval: { start, end }, demand: demand(parts), devices };
}

export function standing(parts: Partial<LeaseDemand>, devices: readonly string[] = []): LeaseDemandAt {
  return { demand: demand(parts), devices };
}
