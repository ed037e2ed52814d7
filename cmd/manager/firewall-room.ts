import type { FirewallSource } from '../../internal/api/v1/firewall.ts';
import type { Config } from '../../internal/config/config.ts';
import { ProtiumError } from '../../internal/errors/protium-error.ts';
import { coverNewInterfaces } from '../../internal/firewall/coverage.ts';
import { createFilterStore } from '../../internal/firewall/filter-store.ts';
import { createInstanceFirewall } from '../../internal/firewall/instance-firewall.ts';
import { releaseFirewall } from '../../internal/firewall/release-firewall.ts';
import { replaceFirewall } from '../../internal/firewall/replace-firewall.ts';
import type { Instances } from '../../internal/instances/instance.ts';
import type { ReleaseOf } from '../../internal/instances/unregister/release.ts';
import { sweepVanished } from '../../internal/instances/unregister/sweep-vanished.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { AnyOperationDefinition } from '../../internal/operations/definition.ts';
import type { Operations } from '../../internal/operations/operations.ts';

export interface FirewallRoom {
  readonly definitions: readonly AnyOperationDefinition[];
  /** For the removal of an instance. */
  readonly releaseOf: ReleaseOf;
  /** The use cases, once there is an engine for the definitions. */
  open(parts: {
    readonly operations: Operations;
    readonly instances: Pick<Instances, 'get'>;
    readonly ready: () => Promise<void>;
  }): {
    readonly firewall: FirewallSource;
    /** Begins to look after new interfaces, and after what vanished instances leave. */
    start(): void;
    stop(): Promise<void>;
  };
}

/** Wires the room of firewalls. */
export function createFirewallRoom(parts: {
  readonly config: Pick<Config, 'hostRoot'>;
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly log: Logger;
}): FirewallRoom {
  const { config, client, view, log } = parts;
  const { hostRoot } = config;
  const filters = createFilterStore(client);
  const definition = replaceFirewall(client, view, filters);
  const releaseOf = releaseFirewall(filters, log);
  return {
    definitions: [definition],
    releaseOf,
    open({ operations, instances, ready }) {
      const firewalls = createInstanceFirewall({
        client,
        filters,
        instances,
        operations,
        definition,
        hostRoot,
        ready,
      });
      const ends: (() => Promise<void> | void)[] = [];
      return {
        firewall: {
          firewalls,
          operations,
          instanceOf(named) {
            const uuid = view.domain(named.toLowerCase())?.uuid ?? view.domain(named)?.uuid;
            if (uuid !== undefined && instances.get(uuid) !== undefined) return uuid;
            throw new ProtiumError('not-found', `There is no instance "${named}".`);
          },
        },
        start() {
          const coverage = coverNewInterfaces({ client, view, filters, locks: operations.locks, log });
          ends.push(
            () => coverage.end(),
            sweepVanished({
              client,
              view,
              holders: () => filters.owners(),
              release: releaseOf,
              ready: async () => {
                await ready();
                await filters.load();
                // What was plugged in while the daemon was away.
                for (const uuid of filters.owners()) {
                  const domain = view.domain(uuid);
                  if (domain !== undefined) coverage.look(uuid, domain.name);
                }
              },
              log,
            }),
          );
        },
        async stop() {
          for (const end of ends) await end();
        },
      };
    },
  };
}
