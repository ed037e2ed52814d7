import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NetworksSource } from '../../internal/api/v1/networks.ts';
import type { PortForwardsSource } from '../../internal/api/v1/port-forwards.ts';
import type { Config } from '../../internal/config/config.ts';
import { createAssociationStore } from '../../internal/floating-addresses/association-store.ts';
import { subnetsOfRanges } from '../../internal/floating-addresses/pool.ts';
import { ProtiumError } from '../../internal/errors/protium-error.ts';
import type { Instances } from '../../internal/instances/instance.ts';
import { releaseAll, type ReleaseOf } from '../../internal/instances/unregister/release.ts';
import { sweepVanished } from '../../internal/instances/unregister/sweep-vanished.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import { createNetwork } from '../../internal/networks/create-network.ts';
import { deleteNetwork } from '../../internal/networks/delete-network.ts';
import { routedSubnets, type RouteOfHost } from '../../internal/networks/free-subnet.ts';
import { leaseRelease, type ReleaseLeases } from '../../internal/networks/leases/release-leases.ts';
import { createNetworks } from '../../internal/networks/networks.ts';
import { createReservationStore } from '../../internal/networks/reservations/reservation-store.ts';
import { createReservations, type Reservations } from '../../internal/networks/reservations/reservations.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { AnyOperationDefinition } from '../../internal/operations/definition.ts';
import type { KeyedLock } from '../../internal/operations/keyed-lock.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import { createForwardStore } from '../../internal/port-forwards/forward-store.ts';
import { createPacketFilter } from '../../internal/port-forwards/kernel/packet-filter.ts';
import { createPortForwards } from '../../internal/port-forwards/port-forwards.ts';
import { createReconciler } from '../../internal/port-forwards/reconciler.ts';
import type { Database } from '../../internal/store/database.ts';

export interface NetworkRoom {
  readonly definitions: readonly AnyOperationDefinition[];
  /** For the removal of an instance. */
  readonly releaseOf: ReleaseOf;
  /** For the same, when its domain is gone. */
  readonly releaseLeases: ReleaseLeases;
  readonly reservations: Pick<Reservations, 'reserve' | 'releaseOf'>;
  /** But for the default route. */
  readonly hostRoutes: () => readonly RouteOfHost[];
  /** The use cases, once there is an engine for the definitions. */
  open(parts: {
    readonly operations: Operations;
    readonly instances: Pick<Instances, 'get'>;
    readonly ready: () => Promise<void>;
  }): {
    readonly networks: NetworksSource;
    readonly portForwards: PortForwardsSource;
    /** Takes up forwarding. */
    start(): void;
    stop(): Promise<void>;
  };
}

/** Wires the room of networks, reserved addresses and forwarded ports. */
export function createNetworkRoom(parts: {
  readonly config: Config;
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly database: Database;
  readonly locks: KeyedLock;
  readonly log: Logger;
}): NetworkRoom {
  const { config, client, view, database, locks, log } = parts;
  const hostRoutes = (): readonly RouteOfHost[] => {
    try {
      return routedSubnets(readFileSync(path.join(config.hostRoot, 'proc/net/route'), 'utf8'));
    } catch {
      return [];
    }
  };
  const floating = subnetsOfRanges(config.floating.pool ?? []).map((subnet) => ({
    ...subnet,
    by: 'the floating addresses (PROTIUM_FLOATING_ADDRESSES)',
  }));
  const routes = () => [...hostRoutes(), ...floating];
  const definitions = { create: createNetwork(client, view, routes), remove: deleteNetwork(client, view) };
  const owners = createReservationStore(database);
  const forwards = createForwardStore(database);
  const associations = createAssociationStore(database);
  const reservations = createReservations({
    client,
    store: owners,
    locks,
    requireUnneeded(instance, address) {
      const association = associations.of(instance);
      if (association?.guestAddress === address) {
        throw new ProtiumError(
          'resource-in-use',
          `The floating address ${association.address} leads to ${address}. Release it first.`,
        );
      }
      const needing = forwards.of(instance).find(({ guestAddress }) => guestAddress === address);
      if (needing === undefined) return;
      throw new ProtiumError(
        'resource-in-use',
        `The ${needing.protocol} port ${needing.hostPort} of the host leads to ${address}. Close it first.`,
        { details: { portForward: needing.id } },
      );
    },
  });
  const filter = createPacketFilter(path.join(config.stateDirectory, 'port-forwards.nft.json'));
  const reconciler = createReconciler({ store: forwards, view, filter, log });
  let closeOf: ReleaseOf = () => Promise.resolve();
  const releaseOf = releaseAll([(uuid) => closeOf(uuid), (uuid) => reservations.releaseOf(uuid)]);
  return {
    definitions: [definitions.create, definitions.remove],
    releaseOf,
    releaseLeases: leaseRelease({ client, root: config.hostRoot, log }),
    reservations,
    hostRoutes,
    open({ operations, instances, ready }) {
      const instanceOf = (named: string): string => {
        const uuid = view.domain(named.toLowerCase())?.uuid ?? view.domain(named)?.uuid;
        if (uuid !== undefined && instances.get(uuid) !== undefined) return uuid;
        throw new ProtiumError('not-found', `There is no instance "${named}".`);
      };
      const ownerOf = (named: string): string | null => {
        const uuid = view.domain(named.toLowerCase())?.uuid ?? view.domain(named)?.uuid;
        return (uuid === undefined ? undefined : instances.get(uuid))?.owner ?? null;
      };
      const portForwards = createPortForwards({
        store: forwards,
        reconciler,
        reservations,
        view,
        locks,
        settings: config.forwards,
        hostRoot: config.hostRoot,
        ready,
      });
      closeOf = (uuid) => portForwards.closeOf(uuid);
      let endSweep: () => void = () => undefined;
      return {
        networks: {
          networks: createNetworks({ client, view, operations, definitions, routes, ready }),
          reservations,
          operations,
          view,
          instanceOf,
          ownerOf,
        },
        portForwards: { portForwards, instanceOf, ownerOf },
        start() {
          reconciler.start();
          ready()
            .then(() => reservations.mend())
            .catch((error: unknown) => {
              log.warn({ err: error }, 'the reservations of addresses could not be looked at');
            });
          endSweep = sweepVanished({
            client,
            view,
            holders: () => [...owners.all(), ...forwards.all()].map(({ instance }) => instance),
            release: releaseOf,
            ready,
            log,
          });
        },
        async stop() {
          endSweep();
          await reconciler.stop();
        },
      };
    },
  };
}
