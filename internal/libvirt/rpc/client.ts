import type { CallReport } from '../call-report.ts';
import type { LibvirtClient } from '../client.ts';
import { domainBlockCalls } from './calls/domain-block.ts';
import { domainConfigurationCalls } from './calls/domain-configuration.ts';
import { domainGuestCalls } from './calls/domain-guest.ts';
import { domainLifeCycleCalls } from './calls/domains.ts';
import { hostCalls } from './calls/host.ts';
import { networkCalls } from './calls/networks.ts';
import { nodeDeviceCalls } from './calls/node-devices.ts';
import { nwfilterCalls } from './calls/nwfilters.ts';
import { poolCalls } from './calls/pools.ts';
import { secretCalls } from './calls/secrets.ts';
import { snapshotCalls } from './calls/snapshots.ts';
import { volumeCalls } from './calls/volumes.ts';
import type { ReconnectOptions } from './events.ts';
import { defaultKeepalive, type KeepaliveOptions } from './keepalive.ts';
import { Session } from './session.ts';
import { parseUri } from './transport/uri.ts';

export interface RpcClientOptions {
  /** libvirt connection URI with the transport unix, tcp, tls or ssh (https://libvirt.org/uri.html). */
  readonly uri: string;
  /** Called after each call. It must not throw. */
  readonly observe?: ((report: CallReport) => void) | undefined;
  /** How long the events wait before they connect again. Default: 200 ms to 10 s. */
  readonly reconnect?: ReconnectOptions | undefined;
  /** When a silent connection counts as dead. Default: five unanswered pings, 5 s apart, as in libvirt. */
  readonly keepalive?: KeepaliveOptions | undefined;
}

const defaultReconnect: ReconnectOptions = { minMs: 200, maxMs: 10_000 };

/**
 * A client that speaks libvirt's own protocol. Nothing connects before the first call or `events.start()`.
 *
 * @throws LibvirtConnectionError if this driver cannot open such a URI.
 */
export function createRpcClient(options: RpcClientOptions): LibvirtClient {
  const session = new Session({
    uri: parseUri(options.uri),
    observe: options.observe,
    reconnect: options.reconnect ?? defaultReconnect,
    keepalive: options.keepalive ?? defaultKeepalive,
  });
  return {
    uri: options.uri,
    driver: 'rpc',
    host: hostCalls(session),
    domains: {
      ...domainLifeCycleCalls(session),
      ...domainConfigurationCalls(session),
      ...domainBlockCalls(session),
      ...domainGuestCalls(session),
    },
    snapshots: snapshotCalls(session),
    pools: poolCalls(session),
    volumes: volumeCalls(session),
    networks: networkCalls(session),
    nodeDevices: nodeDeviceCalls(session),
    secrets: secretCalls(session),
    nwfilters: nwfilterCalls(session),
    events: session.events,
    close: () => session.close(),
  };
}
