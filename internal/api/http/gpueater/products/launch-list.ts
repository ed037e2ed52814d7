import type { Flavor, Flavors } from '../../../../flavors/flavor.ts';
import type { ShownImage } from '../images/shown-image.ts';

/** A flavor as GPUEater's clients read it. */
export interface ShownProduct {
  readonly id: string;
  readonly name: string;
  /** $ an hour; nothing is charged here. */
  readonly price: number;
  readonly cpu: number;
  /** MB. */
  readonly memory: number;
  /** GB. */
  readonly root_storage: number;
  readonly device_desc: string;
  /** Not given out. */
  readonly limited: boolean;
  /** Hosts that could give one now; none: out of stock. */
  readonly pool: readonly string[];
}

/** What a launch chooses from. Images are a map and the others lists: the clients insist on it. */
export interface LaunchList {
  readonly images: Readonly<Record<string, ShownImage>>;
  readonly ssh_keys: readonly object[];
  readonly products: readonly ShownProduct[];
}

export interface LaunchListParts {
  readonly flavors: Pick<Flavors, 'list' | 'available'>;
  readonly hostId: () => Promise<string>;
  /** Of everybody and of that owner, by alias. */
  readonly images: (owner: string) => Readonly<Record<string, ShownImage>>;
  readonly sshKeys: (owner: string) => readonly object[];
}

/** Pure. */
export function shownProduct(flavor: Flavor, pool: readonly string[]): ShownProduct {
  return {
    id: flavor.id,
    name: flavor.name,
    price: flavor.pricePerHour,
    cpu: flavor.vcpus,
    memory: flavor.memoryMib,
    root_storage: flavor.rootStorageGib,
    device_desc: flavor.deviceDescription,
    limited: flavor.limited,
    pool,
  };
}

/** What that owner could launch on demand now. */
export async function launchList(parts: LaunchListParts, owner: string): Promise<LaunchList> {
  const [flavors, hostId] = await Promise.all([parts.flavors.list(), parts.hostId()]);
  const products = await Promise.all(
    flavors.map(async (flavor) =>
      shownProduct(flavor, (await parts.flavors.available(flavor)) ? [hostId] : []),
    ),
  );
  return { images: parts.images(owner), ssh_keys: parts.sshKeys(owner), products };
}
