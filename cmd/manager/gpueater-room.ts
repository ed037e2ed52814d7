import type { GpueaterRoutesOptions } from '../../internal/api/http/gpueater/routes.ts';
import {
  allFunctions,
  type GpueaterParts as FunctionParts,
} from '../../internal/api/http/gpueater/all-functions.ts';
import type { Config } from '../../internal/config/config.ts';
import type { Flavors } from '../../internal/flavors/flavor.ts';
import { createIdentity } from '../../internal/identity/create-identity.ts';
import type { Identity } from '../../internal/identity/identity.ts';
import type { Images } from '../../internal/images/image.ts';
import { createDescribeSnapshot } from '../../internal/instances/snapshots/describe.ts';
import type { KeyPairs } from '../../internal/key-pairs/key-pair.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Migrations } from '../../internal/migration/migrations.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import type { Ownership } from '../../internal/ownership/ownership.ts';
import { createPreparePool } from '../../internal/storage/pools/prepare-pool.ts';
import type { Volumes } from '../../internal/storage/volumes/volumes.ts';
import type { Database } from '../../internal/store/database.ts';
import type { OpenAddressRooms } from './address-rooms.ts';
import { gpueaterInstances } from './gpueater-instances.ts';
import type { InstanceUseCases } from './instance-room.ts';
import type { MeteringRoom } from './metering-room.ts';
import type { NetworkRoom } from './network-room.ts';

export interface GpueaterRoom {
  readonly identity: Identity;
  /** The dialect's routes, once there is what its functions work with. */
  open(parts: GpueaterUses): {
    readonly routes: Omit<GpueaterRoutesOptions, 'audit' | 'limits'>;
    stop(): void;
  };
}

/** The rooms that the functions lead to. */
export interface GpueaterUses {
  readonly operations: Operations;
  readonly instanceUseCases: Pick<InstanceUseCases, 'instances' | 'lifecycle' | 'update' | 'changes'>;
  readonly images: Images;
  readonly flavors: Flavors;
  readonly volumes: Volumes;
  readonly floatingAddresses: OpenAddressRooms['floatingAddresses'];
  readonly reservations: NetworkRoom['reservations'];
  readonly metering: ReturnType<MeteringRoom['open']>['services'];
  readonly migrations: Migrations;
}

interface GpueaterParts {
  readonly config: Pick<Config, 'httpNames' | 'regions' | 'storage'>;
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly database: Database;
  readonly ownership: Ownership;
  readonly keyPairs: KeyPairs;
  readonly log: Logger;
}

/** Wires the dialect of GPUEater's console. */
export function createGpueaterRoom(parts: GpueaterParts): GpueaterRoom {
  const { config, client, view, database, ownership, keyPairs, log } = parts;
  const identity = createIdentity({ database });
  return {
    identity,
    open(uses) {
      const { instances, lifecycle, update } = uses.instanceUseCases;
      const { operations, images, flavors, floatingAddresses: floating, reservations, migrations } = uses;
      const rented = gpueaterInstances({
        client,
        view,
        operations,
        instances,
        lifecycle,
        update,
        flavors,
        images,
        ownership,
        keyPairs,
        floating,
        reservations,
        migrations,
        log,
      });
      const functions = allFunctions(functionParts(parts, uses, rented));
      return { routes: { identity, names: config.httpNames, functions }, stop: () => rented.stop() };
    },
  };
}

function functionParts(
  { config, client, view, ownership, keyPairs }: GpueaterParts,
  uses: GpueaterUses,
  rented: ReturnType<typeof gpueaterInstances>,
): FunctionParts {
  const { operations, images, volumes, floatingAddresses, metering } = uses;
  const { instances } = uses.instanceUseCases;
  const { begin, snapshots, changes } = uses.instanceUseCases.changes;
  const describe = createDescribeSnapshot({ client, locks: operations.locks });
  return {
    images: { images, instances, ownership, operations },
    snapshots: { instances, operations, begin, snapshots, changes, describe },
    sshKeys: { keyPairs },
    subscriptions: { ...rented, subscriptions: metering.subscriptions },
    payment: metering,
    products: rented.products,
    instances: rented.instances,
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
