import type { Config } from '../../internal/config/config.ts';
import type { CallReport } from '../../internal/libvirt/call-report.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { createLiveView } from '../../internal/libvirt/live-view/create.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { tracedClient } from '../../internal/libvirt/traced-client.ts';
import type { Logger } from '../../internal/observability/log.ts';
import { Metrics } from '../../internal/observability/metrics.ts';

export interface LibvirtRoom {
  /** For what is done for requests. */
  readonly client: LibvirtClient;
  /** For what is part of no request, even where a request's call made the connection. */
  readonly untraced: LibvirtClient;
  readonly view: LiveView;
  readonly metrics: Metrics;
}

/** Wires the connection to libvirt, what is seen through it, and what is counted of it. The client and the view are to be ended. */
export async function createLibvirtRoom(parts: {
  readonly config: Pick<Config, 'libvirt' | 'tracing'>;
  readonly log: Logger;
}): Promise<LibvirtRoom> {
  const { config, log } = parts;
  const metrics: Metrics = new Metrics({
    domainsByState: () => countByState(view),
    eventLagMs: () => view.status().eventLagMs.now,
    connected: () => view.status().connected,
  });
  const untraced = await createClient(config, (report) => metrics.libvirtCall(report));
  const view: LiveView = createLiveView({ client: untraced, log });
  const client = config.tracing.tracesEndpoint === null ? untraced : tracedClient(untraced);
  return { client, untraced, view, metrics };
}

async function createClient(
  { libvirt }: Pick<Config, 'libvirt'>,
  observe: (report: CallReport) => void,
): Promise<LibvirtClient> {
  const options = { uri: libvirt.uri, observe };
  if (libvirt.driver === 'rpc') return createRpcClient(options);
  const { createVirshClient } = await import('../../internal/libvirt/virsh/client.ts');
  return createVirshClient(options);
}

function countByState(view: LiveView): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { state } of view.domains()) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}
