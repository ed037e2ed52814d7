import { sees } from '../../authorization/decide.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import type { ForwardRequest, PortForwards, ShownForward } from '../../port-forwards/port-forwards.ts';
import {
  PortForwardsServiceClient,
  type OpenPortForwardRequest,
  type PortForward,
  type PortForwardsServiceServer,
} from '../grpc/generated/protium/v1/port_forwards.ts';
import { changeOf } from './begun.ts';
import { listPage } from './list-page.ts';
import { v1Service, type V1Service } from './service.ts';

export interface PortForwardsSource {
  readonly portForwards: Pick<PortForwards, 'list' | 'get' | 'open' | 'close'>;
  /** The uuid of an instance of that uuid or name; throws `not-found`. */
  readonly instanceOf: (named: string) => string;
  /** Of the instance of that uuid; null: there is none. */
  readonly ownerOf: (uuid: string) => string | null;
}

/** protium.v1.PortForwardsService. */
export function portForwardsService({ portForwards, instanceOf, ownerOf }: PortForwardsSource): V1Service {
  return v1Service<PortForwardsServiceServer>(PortForwardsServiceClient, {
    listPortForwards: (request, { caller }) => {
      const found = portForwards
        .list(request.instance === '' ? null : instanceOf(request.instance))
        .filter(({ instance }) => sees(caller, ownerOf(instance)));
      const { items, nextPageToken } = listPage(found, keyOf, request);
      return { portForwards: items.map(encodeForward), nextPageToken };
    },
    getPortForward: ({ id }) => ({ portForward: encodeForward(portForwards.get(id)) }),
    openPortForward: async (request) => ({
      portForward: encodeForward(
        await portForwards.open(requestOf(request, instanceOf(request.instance)), changeOf(request)),
      ),
    }),
    closePortForward: async ({ id, validateOnly }) => {
      await portForwards.close(id, { validateOnly });
      return {};
    },
  });
}

function keyOf({ protocol, hostPort, hostAddress, id }: ShownForward): string {
  return `${protocol} ${String(hostPort).padStart(5, '0')} ${hostAddress} ${id}`;
}

function requestOf(request: OpenPortForwardRequest, instance: string): ForwardRequest {
  const { protocol, guestPort, hostPort, hostAddress, network, sources } = request;
  if (protocol !== '' && protocol !== 'tcp' && protocol !== 'udp') {
    throw invalidArgument('protocol', 'A protocol is tcp or udp.');
  }
  return {
    instance,
    guestPort,
    protocol: protocol === '' ? 'tcp' : protocol,
    hostPort: hostPort === 0 ? null : hostPort,
    hostAddress: hostAddress === '' ? null : hostAddress,
    sources: [...sources],
    network: network === '' ? null : network,
  };
}

function encodeForward(forward: ShownForward): PortForward {
  const { status } = forward;
  return {
    id: forward.id,
    instance: forward.instance,
    protocol: forward.protocol,
    hostAddress: forward.hostAddress,
    hostPort: forward.hostPort,
    network: forward.network,
    guestAddress: forward.guestAddress,
    guestPort: forward.guestPort,
    sources: [...forward.sources],
    mechanism: status.mechanism,
    state: status.state,
    problem: status.problem ?? undefined,
    createTime: new Date(forward.createdAt),
  };
}
