import path from 'node:path';
import type { Config } from '../../internal/config/config.ts';
import { createAssociationStore } from '../../internal/floating-addresses/association-store.ts';
import type { FloatingAddresses } from '../../internal/floating-addresses/floating-address.ts';
import { createFloatingAddresses } from '../../internal/floating-addresses/floating-addresses.ts';
import type { HeldAddress } from '../../internal/floating-addresses/held-address.ts';
import { createHostAddressStore } from '../../internal/floating-addresses/host-address-store.ts';
import { bindOrFail } from '../../internal/floating-addresses/bind-or-fail.ts';
import { createHostAddresses } from '../../internal/floating-addresses/host-addresses.ts';
import { poolProblem } from '../../internal/floating-addresses/pool-problem.ts';
import { createFloatingReconciler } from '../../internal/floating-addresses/reconciler.ts';
import { requireRouted } from '../../internal/floating-addresses/require-routed.ts';
import { names } from '../../internal/floating-addresses/ruleset.ts';
import type { AddressBinding } from '../../internal/instances/register/bind-address-step.ts';
import type { ReleaseOf } from '../../internal/instances/unregister/release.ts';
import { sweepVanished } from '../../internal/instances/unregister/sweep-vanished.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { KeyedLock } from '../../internal/operations/keyed-lock.ts';
import { createKernelRules } from '../../internal/port-forwards/kernel/kernel-rules.ts';
import type { Database } from '../../internal/store/database.ts';
import type { NetworkRoom } from './network-room.ts';

export interface FloatingRoom {
  /** For the removal of an instance. */
  readonly releaseOf: ReleaseOf;
  /** For the making of an instance. */
  readonly binding: AddressBinding;
  open(parts: {
    readonly ready: () => Promise<void>;
    /** What is kept for owners. */
    readonly held: () => readonly HeldAddress[];
  }): {
    readonly floatingAddresses: FloatingAddresses;
    /** Takes up what is to lead to instances, and looks after what vanished ones leave. */
    start(): void;
    stop(): Promise<void>;
  };
}

/** Wires the room of floating addresses. */
export function createFloatingRoom(parts: {
  readonly config: Pick<Config, 'floating' | 'hostRoot' | 'stateDirectory'>;
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly database: Database;
  readonly locks: KeyedLock;
  readonly networkRoom: Pick<NetworkRoom, 'reservations' | 'hostRoutes'>;
  readonly log: Logger;
}): FloatingRoom {
  const { config, client, view, database, locks, networkRoom, log } = parts;
  const { pool, device } = config.floating;
  const store = createAssociationStore(database);
  const added = createHostAddressStore(database);
  const hostAddresses = createHostAddresses();
  const problem = (): string | null =>
    poolProblem(
      pool,
      store.all().map(({ address }) => address),
      device,
      { networks: view.networks(), routes: networkRoom.hostRoutes() },
    );
  const reconciler = createFloatingReconciler({
    store,
    added,
    hostAddresses,
    rules: createKernelRules(names, path.join(config.stateDirectory, 'floating-addresses.nft.json')),
    pool: pool ?? [],
    device,
    poolProblem: problem,
    view,
    log,
  });
  let releaseOf: ReleaseOf = () => Promise.resolve();
  let bind: AddressBinding['bind'] = () =>
    Promise.reject(new Error('no address is bound before all is wired'));
  return {
    binding: {
      bind: (uuid, owner) => bind(uuid, owner),
      async release(uuid) {
        await releaseOf(uuid);
        await networkRoom.reservations.releaseOf(uuid);
      },
    },
    releaseOf: (uuid) => releaseOf(uuid),
    open({ ready, held }) {
      const floatingAddresses = createFloatingAddresses({
        store,
        added,
        hostAddresses,
        reconciler,
        reservations: networkRoom.reservations,
        pool,
        poolProblem: problem,
        requireNetwork: (name) => requireRouted(view, config.hostRoot, name),
        held,
        locks,
        ready,
      });
      releaseOf = (uuid) => floatingAddresses.release(uuid);
      bind = (uuid, owner) => bindOrFail(floatingAddresses, uuid, owner);
      let endSweep: () => void = () => undefined;
      return {
        floatingAddresses,
        start() {
          reconciler.start();
          endSweep = sweepVanished({
            client,
            view,
            holders: () => store.all().map(({ instance }) => instance),
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
