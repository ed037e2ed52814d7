import type { Config } from '../../internal/config/config.ts';
import type { Logger } from '../../internal/observability/log.ts';
import { startTracing } from '../../internal/observability/tracing.ts';
import type { BuildInfo } from './build-info.ts';

/** Begins to send traces where the configuration names who takes them; resolves with what ends that. */
export async function openTracingRoom(parts: {
  readonly config: Pick<Config, 'tracing'>;
  readonly build: BuildInfo;
  readonly instanceId: string;
  readonly log: Logger;
}): Promise<() => Promise<void> | void> {
  const { config, build, instanceId, log } = parts;
  const { tracesEndpoint: endpoint, serviceName } = config.tracing;
  if (endpoint === null) return () => undefined;
  return startTracing({ endpoint, serviceName, serviceVersion: build.version, instanceId, log });
}
