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
import { VirshEvents } from './events/events.ts';
import { Runner } from './runner.ts';

export interface VirshClientOptions {
  /** libvirt connection URI, anything that virsh takes (https://libvirt.org/uri.html). */
  readonly uri: string;
  /** The virsh to run. Default: `virsh` of the PATH. */
  readonly virshPath?: string | undefined;
  /** Called after each call. It must not throw. */
  readonly observe?: ((report: CallReport) => void) | undefined;
}

/** A client that runs virsh for every call. Nothing runs before the first call or `events.start()`. */
export function createVirshClient(options: VirshClientOptions): LibvirtClient {
  const location = { uri: options.uri, virshPath: options.virshPath ?? 'virsh' };
  const runner = new Runner(location, options.observe);
  const events = new VirshEvents(runner);
  return {
    uri: options.uri,
    driver: 'virsh',
    host: hostCalls(runner),
    domains: {
      ...domainLifeCycleCalls(runner),
      ...domainConfigurationCalls(runner),
      ...domainBlockCalls(runner),
      ...domainGuestCalls(runner),
    },
    snapshots: snapshotCalls(runner),
    pools: poolCalls(runner),
    volumes: volumeCalls(runner),
    networks: networkCalls(runner),
    nodeDevices: nodeDeviceCalls(runner),
    secrets: secretCalls(runner),
    nwfilters: nwfilterCalls(runner),
    events,
    close: async () => {
      runner.close();
      await events.close();
    },
  };
}
