import { imageMap, type ImageParts } from '../../internal/api/http/gpueater/images/shown-image.ts';
import type { InstanceGroupParts } from '../../internal/api/http/gpueater/instances/functions.ts';
import { createHostId } from '../../internal/api/http/gpueater/instances/host-id.ts';
import { createLatestOperations } from '../../internal/api/http/gpueater/instances/latest-operations.ts';
import { createLaunch } from '../../internal/api/http/gpueater/instances/launch.ts';
import { createPower } from '../../internal/api/http/gpueater/instances/power.ts';
import type { LaunchListParts } from '../../internal/api/http/gpueater/products/launch-list.ts';
import { sshKeysOf } from '../../internal/api/http/gpueater/ssh-keys/functions.ts';
import type { Flavors } from '../../internal/flavors/flavor.ts';
import type { FloatingAddresses } from '../../internal/floating-addresses/floating-address.ts';
import type { Images } from '../../internal/images/image.ts';
import type { Instances } from '../../internal/instances/instance.ts';
import type { Lifecycle } from '../../internal/instances/lifecycle/lifecycle.ts';
import type { UpdateInstance } from '../../internal/instances/update.ts';
import type { KeyPairs } from '../../internal/key-pairs/key-pair.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Migrations } from '../../internal/migration/migrations.ts';
import type { Reservations } from '../../internal/networks/reservations/reservations.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { Operations } from '../../internal/operations/operations.ts';

/** What the groups of products and of instances work with. */
export function gpueaterInstances(parts: {
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly operations: Operations;
  readonly instances: Instances;
  readonly lifecycle: Lifecycle;
  readonly update: UpdateInstance;
  readonly flavors: Flavors;
  readonly images: Images;
  readonly ownership: ImageParts['ownership'];
  readonly keyPairs: KeyPairs;
  readonly floating: FloatingAddresses;
  readonly reservations: Pick<Reservations, 'reserve'>;
  readonly migrations: Migrations;
  readonly log: Logger;
}): { readonly products: LaunchListParts; readonly instances: InstanceGroupParts; stop(): void } {
  const { client, operations, flavors, images, ownership, keyPairs } = parts;
  const hostId = createHostId(client);
  const latest = createLatestOperations(operations);
  const imagesOf = (owner: string) => imageMap({ images, ownership, operations }, owner);
  return {
    products: { flavors, hostId, images: imagesOf, sshKeys: (owner) => sshKeysOf(keyPairs, owner) },
    instances: {
      ...parts,
      imagesOf,
      latest,
      launch: createLaunch(parts),
      power: createPower(parts),
      hostId,
    },
    stop: () => latest.stop(),
  };
}
