import { ProtiumError } from '../../errors/protium-error.ts';
import type { Logger } from '../../observability/log.ts';
import {
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthClient,
  HealthService,
  type HealthCheckResponse,
  type HealthServer,
} from './generated/grpc/health/v1/health.ts';
import type { GrpcService } from './grpc-service.ts';
import { serverStream, unary } from './handle.ts';

/** Where the health service learns how things are. */
export interface HealthSource {
  /** `service`: full name; empty: the server as a whole. Only asked for services that are registered. */
  serving(service: string): boolean;
  /** Calls `listener` when any answer of `serving` may have changed. Returns the function that ends it. */
  onChange(listener: () => void): () => void;
}

/** grpc.health.v1 for the server as a whole and for each service in `services` (full names). */
export function healthService(
  source: HealthSource,
  services: readonly string[],
  { log }: { readonly log: Logger },
): GrpcService {
  const options = { log, open: true };
  const known = new Set(['', ...services]);
  const statusOf = (service: string): HealthCheckResponse => {
    if (!known.has(service)) return { status: ServingStatus.SERVICE_UNKNOWN };
    return { status: source.serving(service) ? ServingStatus.SERVING : ServingStatus.NOT_SERVING };
  };
  const implementation: HealthServer = {
    check: unary(options, ({ service }) => {
      if (!known.has(service)) throw new ProtiumError('not-found', `There is no service "${service}" here.`);
      return statusOf(service);
    }),
    list: unary(options, () => ({
      statuses: Object.fromEntries([...known].map((service) => [service, statusOf(service)])),
    })),
    watch: serverStream(options, ({ service }, { signal }) =>
      changesOf(source, () => statusOf(service), signal),
    ),
  };
  return { name: HealthClient.serviceName, definition: HealthService, implementation };
}

/** The status now, then each time that it differs from the one before; ends when aborted. */
async function* changesOf(
  source: HealthSource,
  statusNow: () => HealthCheckResponse,
  signal: AbortSignal,
): AsyncGenerator<HealthCheckResponse> {
  let wake = (): void => undefined;
  const stop = source.onChange(() => wake());
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    let sent: number | undefined;
    while (!signal.aborted) {
      // Before the look, so that a change in between is not missed.
      const change = new Promise<void>((resolve) => (wake = resolve));
      const now = statusNow();
      if (now.status !== sent) {
        sent = now.status;
        yield now;
      }
      await change;
    }
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}
