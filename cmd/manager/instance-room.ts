import type { Inventory } from '../../internal/api/http/inventory.ts';
import { instanceFinder } from '../../internal/api/v1/find-instance.ts';
import type { V1Sources } from '../../internal/api/v1/services.ts';
import type { Config } from '../../internal/config/config.ts';
import type { Images } from '../../internal/images/image.ts';
import { createInstances } from '../../internal/instances/create-instances.ts';
import { createLifecycle } from '../../internal/instances/lifecycle/lifecycle.ts';
import { powerChanges } from '../../internal/instances/lifecycle/power.ts';
import { startInstance } from '../../internal/instances/lifecycle/start.ts';
import { stopInstance } from '../../internal/instances/lifecycle/stop.ts';
import { createMediaReader } from '../../internal/instances/media.ts';
import type { InstanceRecords } from '../../internal/instances/records.ts';
import { GuestSetups } from '../../internal/instances/register/guest-setups.ts';
import { registerInstance } from '../../internal/instances/register/operation.ts';
import { unregisterInstance } from '../../internal/instances/unregister/operation.ts';
import { createUpdate } from '../../internal/instances/update.ts';
import { createWait } from '../../internal/instances/wait.ts';
import type { KeyPairs } from '../../internal/key-pairs/key-pair.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { AnyOperationDefinition } from '../../internal/operations/definition.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import { createSeedMaker } from '../../internal/seed/seed-maker.ts';
import { secretKey } from '../../internal/store/secret-key.ts';
import type { SubscriptionHolds } from '../../internal/subscriptions/holds.ts';
import type { AddressRooms } from './address-rooms.ts';
import type { DeviceRoom } from './device-room.ts';
import type { LeaseRoom } from './lease-room.ts';
import { createLifecycleRoom } from './lifecycle-room.ts';
import type { createMigrationRoom } from './migration-room.ts';
import type { ProjectsRoom } from './projects-room.ts';

/** What is done with instances, once the room is open. */
export type InstanceUseCases = ReturnType<ReturnType<typeof createInstanceRoom>['open']>;

/** Wires the room of instances: what makes and removes them, switches them on and off, and changes them. */
export function createInstanceRoom(parts: {
  readonly config: Config;
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly records: InstanceRecords;
  readonly devices: Pick<DeviceRoom, 'host' | 'care'>;
  readonly addresses: Pick<AddressRooms, 'binding' | 'releaseOf' | 'releaseLeases'>;
  readonly projects: Pick<ProjectsRoom, 'limits' | 'volumeOwners' | 'guard'>;
  /** What is held for owners. */
  readonly holds: SubscriptionHolds;
  readonly keyPairs: KeyPairs;
  readonly migration: Pick<ReturnType<typeof createMigrationRoom>, 'migrate'>;
  readonly log: Logger;
}) {
  const { config, client, view, records, addresses, projects, holds, keyPairs, log } = parts;
  const { host, care } = parts.devices;
  const { hostRoot } = config;
  const seeds = createSeedMaker(config.stateDirectory);
  seeds.removeStale();
  const setups = new GuestSetups();
  const definitions = {
    register: registerInstance({
      client,
      view,
      care,
      host,
      seeds,
      setups,
      addresses: addresses.binding,
      hostRoot,
    }),
    unregister: unregisterInstance(client, view, care, hostRoot, addresses),
    start: startInstance({ client, view, care, host }),
    stop: stopInstance(client, view, care),
    power: powerChanges(client, view),
  };
  const lifecycleRoom = createLifecycleRoom({
    client,
    view,
    care,
    host,
    pool: config.storage.pool,
    imagePool: config.images.pool,
    hostRoot,
    guard: projects.guard,
    migrate: parts.migration.migrate,
    log,
  });
  const engineDefinitions: readonly AnyOperationDefinition[] = [
    definitions.register,
    definitions.unregister,
    definitions.start,
    definitions.stop,
    ...Object.values(definitions.power),
    ...lifecycleRoom.definitions,
  ];
  return {
    definitions: engineDefinitions,
    /** The use cases, once there is an engine for the definitions. */
    open(others: {
      readonly operations: Operations;
      readonly images: Images;
      readonly leases: Pick<LeaseRoom, 'holds' | 'reclaim'>;
      readonly ready: () => Promise<void>;
    }) {
      const { operations, images, leases, ready } = others;
      const instances = createInstances({
        client,
        view,
        operations,
        definitions,
        host,
        care,
        booking: lifecycleRoom.booking,
        limits: projects.limits,
        subscriptions: holds,
        leases: leases.holds,
        setups,
        pool: { name: config.storage.pool, directory: config.storage.directory },
        volumeBytes: (of, owner) => projects.volumeOwners.bytesOf(of, owner),
        reservedMemoryMib: config.reservedMemoryMib,
        retryWindowMs: config.registerRetrySeconds * 1000,
        ready,
        records,
        images,
        readMedia: createMediaReader(config.allowedPaths),
        requestKey: secretKey(config.stateDirectory),
        log,
      });
      const lifecycle = createLifecycle({
        client,
        instances,
        view,
        host,
        operations,
        definitions,
        ready,
        reclaim: leases.reclaim(instances),
      });
      const update = createUpdate({ client, view, instances, records, locks: operations.locks, ready });
      const wait = createWait({ view, instances });
      const changes = lifecycleRoom.open(operations, instances, ready);
      const uuidOf = (named: string) => view.domain(named)?.uuid;
      const ownerOf = (uuid: string) => instances.get(uuid)?.owner ?? null;
      const domains: Inventory & V1Sources['domains'] = {
        domains: () => view.domains(),
        domain: (named) => view.domain(named),
        nodeDevices: () => view.nodeDevices(),
        status: () => view.status(),
        ownerOf,
      };
      const naming = { instances, operations, uuidOf };
      const services: Pick<V1Sources, 'domains' | 'instances' | 'attachments' | 'snapshots'> = {
        domains,
        instances: { ...naming, lifecycle, update, changes, wait, keyPairs },
        attachments: { ...naming, parts: changes },
        snapshots: { ...naming, parts: changes },
      };
      return {
        instances,
        lifecycle,
        update,
        wait,
        changes,
        /** The instance that a request names; throws `not-found`. */
        find: instanceFinder(instances, uuidOf),
        ownerOf,
        domains,
        services,
        stop: () => changes.stop(),
      };
    },
  };
}
