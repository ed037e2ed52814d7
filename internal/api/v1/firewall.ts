import { readFirewallRequest } from '../../firewall/firewall.ts';
import type { InstanceFirewall, ShownFirewall } from '../../firewall/instance-firewall.ts';
import type { Operations } from '../../operations/operations.ts';
import {
  FirewallServiceClient,
  type Firewall,
  type FirewallServiceServer,
} from '../grpc/generated/protium/v1/firewall.ts';
import { begun } from './begun.ts';
import { v1Service, type V1Service } from './service.ts';

export interface FirewallSource {
  readonly firewalls: InstanceFirewall;
  readonly operations: Pick<Operations, 'get'>;
  /** The uuid of an instance of that uuid or name; throws `not-found`. */
  readonly instanceOf: (named: string) => string;
}

/** protium.v1.FirewallService. */
export function firewallService({ firewalls, operations, instanceOf }: FirewallSource): V1Service {
  return v1Service<FirewallServiceServer>(FirewallServiceClient, {
    getFirewall: async ({ instance }) => ({
      firewall: encodeFirewall(await firewalls.get(instanceOf(instance))),
    }),
    replaceFirewall: async (request) => {
      const { instance, etag, validateOnly } = request;
      const uuid = instanceOf(instance);
      const firewall = readFirewallRequest(request);
      const options = { etag: etag === '' ? null : etag, validateOnly };
      return begun(operations, await firewalls.replace(uuid, firewall, options));
    },
  });
}

function encodeFirewall(firewall: ShownFirewall): Firewall {
  return {
    instance: firewall.instance,
    enabled: firewall.enabled,
    defaultIn: firewall.defaultIn,
    defaultOut: firewall.defaultOut,
    rules: firewall.rules.map(({ direction, action, protocol, ports, remote }) => ({
      direction,
      action,
      protocol,
      portFirst: ports?.first ?? 0,
      portLast: ports?.last ?? 0,
      remote: remote ?? '',
    })),
    includedFilter: firewall.included ?? undefined,
    changedByOthers: firewall.changedByOthers,
    unfilteredMacs: [...firewall.unfiltered],
    etag: firewall.etag,
  };
}
