import type { FindInstance } from '../../internal/api/v1/find-instance.ts';
import type { V1Sources } from '../../internal/api/v1/services.ts';
import type { Config } from '../../internal/config/config.ts';
import type { FloatingAddresses } from '../../internal/floating-addresses/floating-address.ts';
import type { HeldAddress } from '../../internal/floating-addresses/held-address.ts';
import type { Instances } from '../../internal/instances/instance.ts';
import { releaseAll, type ReleaseOf } from '../../internal/instances/unregister/release.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { AnyOperationDefinition } from '../../internal/operations/definition.ts';
import type { KeyedLock } from '../../internal/operations/keyed-lock.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import type { Database } from '../../internal/store/database.ts';
import { ClosingStack } from './closing-stack.ts';
import { createFirewallRoom } from './firewall-room.ts';
import { createFloatingRoom, type FloatingRoom } from './floating-room.ts';
import { createNetworkRoom, type NetworkRoom } from './network-room.ts';

/** The rooms of networks, of firewalls and of floating addresses: what an instance has of them goes with it. */
export interface AddressRooms extends Pick<NetworkRoom, 'releaseLeases' | 'reservations'> {
  readonly definitions: readonly AnyOperationDefinition[];
  /** For the removal of an instance. */
  readonly releaseOf: ReleaseOf;
  /** For the making of an instance. */
  readonly binding: FloatingRoom['binding'];
  /** The use cases, once there is an engine for the definitions. */
  open(parts: {
    readonly operations: Operations;
    readonly instances: Pick<Instances, 'get'>;
    readonly find: FindInstance;
    /** Addresses that are kept for owners. */
    readonly held: () => readonly HeldAddress[];
    readonly ready: () => Promise<void>;
  }): OpenAddressRooms;
}

export interface OpenAddressRooms {
  readonly floatingAddresses: FloatingAddresses;
  readonly portForwards: V1Sources['portForwards']['portForwards'];
  readonly services: Pick<V1Sources, 'networks' | 'portForwards' | 'firewall' | 'floatingAddresses'>;
  start(): void;
  stop(): Promise<void>;
}

/** Wires these rooms. */
export function createAddressRooms(parts: {
  readonly config: Config;
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly database: Database;
  readonly locks: KeyedLock;
  readonly log: Logger;
}): AddressRooms {
  const networkRoom = createNetworkRoom(parts);
  const firewallRoom = createFirewallRoom(parts);
  const floatingRoom = createFloatingRoom({ ...parts, networkRoom });
  return {
    definitions: [...networkRoom.definitions, ...firewallRoom.definitions],
    releaseOf: releaseAll([floatingRoom.releaseOf, networkRoom.releaseOf, firewallRoom.releaseOf]),
    releaseLeases: networkRoom.releaseLeases,
    reservations: networkRoom.reservations,
    binding: floatingRoom.binding,
    open({ operations, instances, find, held, ready }) {
      const closing = new ClosingStack();
      const floating = floatingRoom.open({ ready, held });
      closing.add(() => floating.stop());
      const network = networkRoom.open({ operations, instances, ready });
      closing.add(() => network.stop());
      const firewall = firewallRoom.open({ operations, instances, ready });
      closing.add(() => firewall.stop());
      const { floatingAddresses } = floating;
      return {
        floatingAddresses,
        portForwards: network.portForwards.portForwards,
        services: {
          networks: network.networks,
          portForwards: network.portForwards,
          firewall: firewall.firewall,
          floatingAddresses: { floatingAddresses, instanceOf: find },
        },
        start() {
          network.start();
          firewall.start();
          floating.start();
        },
        stop: () => closing.close(),
      };
    },
  };
}
