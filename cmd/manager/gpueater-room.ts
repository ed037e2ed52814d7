import type { GpueaterRoutesOptions } from '../../internal/api/http/gpueater/routes.ts';
import type { InstanceGroupParts } from '../../internal/api/http/gpueater/instances/functions.ts';
import type { LaunchListParts } from '../../internal/api/http/gpueater/products/launch-list.ts';
import { allFunctions, type GpueaterParts } from '../../internal/api/http/gpueater/all-functions.ts';
import type { Config } from '../../internal/config/config.ts';
import type { MigrationGroupParts } from '../../internal/api/http/gpueater/migration/functions.ts';
import type { SnapshotGroupParts } from '../../internal/api/http/gpueater/snapshots/functions.ts';
import type { PaymentGroupParts } from '../../internal/api/http/gpueater/payment/functions.ts';
import type { SubscriptionGroupParts } from '../../internal/api/http/gpueater/subscriptions/functions.ts';
import type { VolumeFunctionParts } from '../../internal/api/http/gpueater/volumes/parts.ts';
import type { FloatingAddresses } from '../../internal/floating-addresses/floating-address.ts';
import { createIdentity } from '../../internal/identity/create-identity.ts';
import type { Identity } from '../../internal/identity/identity.ts';
import type { Images } from '../../internal/images/image.ts';
import type { Instances } from '../../internal/instances/instance.ts';
import { createDescribeSnapshot } from '../../internal/instances/snapshots/describe.ts';
import type { KeyPairs } from '../../internal/key-pairs/key-pair.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import type { Ownership } from '../../internal/ownership/ownership.ts';
import { createPreparePool } from '../../internal/storage/pools/prepare-pool.ts';
import type { Database } from '../../internal/store/database.ts';

export interface GpueaterRoom {
  readonly identity: Identity;
  /** The dialect's routes, once there is what its functions work with. */
  open(parts: GpueaterUses): Omit<GpueaterRoutesOptions, 'audit'>;
}

/** The rooms that the functions lead to. */
export interface GpueaterUses {
  readonly client: LibvirtClient;
  readonly operations: Operations;
  readonly images: Images;
  readonly instances: Instances;
  readonly keyPairs: KeyPairs;
  readonly ownership: Ownership;
  readonly metering: PaymentGroupParts & Pick<SubscriptionGroupParts, 'subscriptions'>;
  /** As gpueater-instances.ts wires them. */
  readonly rented: { readonly products: LaunchListParts; readonly instances: InstanceGroupParts };
  readonly volumes: VolumeFunctionParts['volumes'];
  readonly view: LiveView;
  readonly lifecycle: Pick<SnapshotGroupParts, 'begin' | 'snapshots'> & {
    readonly changes: SnapshotGroupParts['changes'] &
      Pick<VolumeFunctionParts, 'attach' | 'detach'> &
      Pick<MigrationGroupParts, 'migrate'>;
  };
  readonly floatingAddresses: FloatingAddresses;
  readonly migrations: MigrationGroupParts['migrations'];
}

/** Wires the dialect of GPUEater's console. */
export function createGpueaterRoom(options: {
  readonly config: Pick<Config, 'httpNames' | 'regions' | 'storage'>;
  readonly database: Database;
}): GpueaterRoom {
  const identity = createIdentity({ database: options.database });
  return {
    identity,
    open: (uses) => ({
      identity,
      names: options.config.httpNames,
      functions: allFunctions(partsOf(uses, options.config)),
    }),
  };
}

function partsOf(uses: GpueaterUses, config: Pick<Config, 'regions' | 'storage'>): GpueaterParts {
  const {
    client,
    view,
    operations,
    images,
    instances,
    keyPairs,
    ownership,
    volumes,
    lifecycle,
    floatingAddresses,
  } = uses;
  const { begin, snapshots, changes } = lifecycle;
  const describe = createDescribeSnapshot({ client, locks: operations.locks });
  return {
    images: { images, instances, ownership, operations },
    snapshots: { instances, operations, begin, snapshots, changes, describe },
    sshKeys: { keyPairs },
    subscriptions: { ...uses.rented, subscriptions: uses.metering.subscriptions },
    payment: uses.metering,
    products: uses.rented.products,
    instances: uses.rented.instances,
    volumes: {
      regions: config.regions,
      volumes,
      ownership,
      instances,
      operations,
      client,
      view,
      begin,
      attach: changes.attach,
      detach: changes.detach,
      preparePool: createPreparePool({ client, view, locks: operations.locks, storage: config.storage }),
    },
    ports: { instances, floatingAddresses },
    migration: { instances, begin, migrate: changes.migrate, migrations: uses.migrations, operations },
    account: { operations },
  };
}
