import type { PlacementAnswer } from '../placement/plan.ts';

/** A size of VM that can be had on this host, with the devices that come with it. GPUEater calls it a product. */
export interface Flavor {
  /** The same as its name, which stays as long as the host has what it stands for. */
  readonly id: string;
  /** `c1.small` without devices; `n1.…` with a card of NVIDIA, `a1.…` of AMD, `i1.…` of Intel. */
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly rootStorageGib: number;
  /** Host devices, by four lower-case hexadecimal digits each; what must go along with them goes along unnamed. */
  readonly devices: readonly FlavorDevice[];
  /** For a person: `GeForce RTX 3060 (12GB)`; `-` without devices. */
  readonly deviceDescription: string;
  readonly pricePerHour: number;
  /** Kept back by the settings: shown, and not given out. */
  readonly limited: boolean;
}

export interface FlavorDevice {
  readonly vendorId: string;
  readonly deviceId: string;
  readonly count: number;
}

/** The flavors of this host. All reject as reading the host does, and with what is wrong in the settings. */
export interface Flavors {
  /** In the order in which they are worked out: by the letter of the kind, then from small to large. */
  list(): Promise<readonly Flavor[]>;
  get(id: string): Promise<Flavor | undefined>;
  /** What placing one now comes to, claims of others counted. */
  outlook(flavor: Flavor): Promise<PlacementAnswer>;
  /** Whether one could be had now: it is not limited, and it can be placed. */
  available(flavor: Flavor): Promise<boolean>;
}
