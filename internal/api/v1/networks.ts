import { sees } from '../../authorization/decide.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { NetworkView } from '../../libvirt/live-view/views.ts';
import type { NetworkRequest } from '../../networks/network-request.ts';
import type { Networks } from '../../networks/networks.ts';
import type { Reservation as Reserved, Reservations } from '../../networks/reservations/reservations.ts';
import type { Operations } from '../../operations/operations.ts';
import {
  NetworksServiceClient,
  type CreateNetworkRequest,
  type Network,
  type NetworksServiceServer,
  type Reservation,
} from '../grpc/generated/protium/v1/networks.ts';
import { begun, changeOf, viewAge } from './begun.ts';
import { v1Service, type V1Service } from './service.ts';

export interface NetworksSource {
  readonly networks: Networks;
  readonly reservations: Reservations;
  readonly operations: Pick<Operations, 'get'>;
  readonly view: Pick<LiveView, 'status'>;
  /** The uuid of an instance of that uuid or name; throws `not-found`. */
  readonly instanceOf: (named: string) => string;
  /** Of the instance of that uuid or name; null: there is none, or it is somebody else's domain. */
  readonly ownerOf: (named: string) => string | null;
}

/** protium.v1.NetworksService. */
export function networksService(source: NetworksSource): V1Service {
  const { networks, reservations, operations, view, instanceOf, ownerOf } = source;
  const shown = (network: NetworkView): { network: Network } => ({ network: encodeNetwork(network, []) });
  return v1Service<NetworksServiceServer>(NetworksServiceClient, {
    listNetworks: () => ({
      networks: networks.list().map((network) => encodeNetwork(network, [])),
      viewAgeMs: viewAge(view.status().ageMs),
    }),
    getNetwork: async ({ network }, { caller }) => {
      const domains = await networks.domainsOn(network);
      return {
        network: encodeNetwork(
          networks.get(network),
          domains.filter((domain) => sees(caller, ownerOf(domain))),
        ),
      };
    },
    createNetwork: async (request) => {
      const { operation, subnet } = await networks.create(requestOf(request), changeOf(request));
      return { ...begun(operations, operation), ipv4Subnet: subnet };
    },
    updateNetwork: async ({ network, autostart, dhcpRange, dnsHosts, validateOnly }) =>
      shown(
        await networks.update(
          network,
          {
            ...(autostart === undefined ? {} : { autostart }),
            ...(dhcpRange === undefined ? {} : { dhcpRange }),
            ...(dnsHosts === undefined ? {} : { dnsHosts: dnsHosts.hosts }),
          },
          { validateOnly },
        ),
      ),
    startNetwork: async ({ network, validateOnly }) => shown(await networks.start(network, { validateOnly })),
    stopNetwork: async ({ network, validateOnly }) => shown(await networks.stop(network, { validateOnly })),
    deleteNetwork: async ({ network, validateOnly }) =>
      begun(operations, await networks.remove(network, { validateOnly })),
    listLeases: async ({ network }) => {
      const leases = await networks.leases(network);
      return {
        leases: leases.map(({ address, family, mac, hostname, expires }) => ({
          address,
          family,
          mac: mac ?? undefined,
          hostname: hostname ?? undefined,
          expireTime: new Date(expires),
        })),
      };
    },
    listReservations: async ({ network }, { caller }) => {
      const found = await reservations.list(networks.get(network));
      return {
        reservations: found
          .filter(({ instance }) => sees(caller, instance === null ? null : ownerOf(instance)))
          .map(encodeReservation),
      };
    },
    reserveAddress: async ({ network, instance, address, validateOnly }) => ({
      reservation: encodeReservation(
        await reservations.reserve({
          network: networks.get(network).name,
          instance: instanceOf(instance),
          address: address === '' ? null : address,
          validateOnly,
        }),
      ),
    }),
    releaseAddress: async ({ network, instance, validateOnly }) => {
      await reservations.release(networks.get(network), instanceOf(instance), { validateOnly });
      return {};
    },
  });
}

function requestOf(request: CreateNetworkRequest): NetworkRequest {
  const { mode, noDhcp, dhcpRange } = request;
  if (mode !== '' && mode !== 'nat' && mode !== 'route' && mode !== 'isolated' && mode !== 'bridge') {
    throw invalidArgument('mode', 'A network is nat, route, isolated or bridge.');
  }
  if (noDhcp && dhcpRange !== undefined) {
    throw invalidArgument('dhcp_range', 'Without a DHCP server there is no range.');
  }
  const orNull = (text: string): string | null => (text === '' ? null : text);
  return {
    name: request.name,
    mode: mode === '' ? 'nat' : mode,
    bridge: orNull(request.bridge),
    ipv4Subnet: orNull(request.ipv4Subnet),
    dhcpRange: dhcpRange === undefined ? null : { start: dhcpRange.start, end: dhcpRange.end },
    dhcp: !noDhcp,
    ipv6Subnet: orNull(request.ipv6Subnet),
    domainName: orNull(request.domainName),
    dnsForwarders: [...request.dnsForwarders],
    dnsHosts: request.dnsHosts.map(({ address, hostnames }) => ({ address, hostnames: [...hostnames] })),
    forwardDevice: orNull(request.forwardDevice),
    autostart: request.autostart ?? true,
  };
}

function encodeNetwork(network: NetworkView, domains: readonly string[]): Network {
  return {
    name: network.name,
    uuid: network.uuid,
    active: network.active,
    persistent: network.persistent,
    autostart: network.autostart,
    mode: network.forwardMode ?? 'isolated',
    bridge: network.bridge ?? undefined,
    domainName: network.domainName ?? undefined,
    subnets: network.ips.map(({ family, address, prefix, dhcpRanges }) => ({
      family,
      address,
      prefix: prefix ?? undefined,
      dhcpRanges: dhcpRanges.map(({ start, end }) => ({ start, end })),
    })),
    domains: [...domains],
  };
}

function encodeReservation({ network, address, mac, hostname, instance }: Reserved): Reservation {
  return {
    network,
    address,
    mac: mac ?? undefined,
    hostname: hostname ?? undefined,
    instance: instance ?? undefined,
  };
}
