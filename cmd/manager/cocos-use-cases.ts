import type { CocosUseCases } from '../../internal/api/cocos-use-cases.ts';
import type { Computations } from '../../internal/computations/computations.ts';
import {
  createDomainFromDocuments,
  type CreateFromDocumentsOptions,
} from '../../internal/instances/from-documents/create.ts';
import type { Metrics } from '../../internal/observability/metrics.ts';
import { withSpan } from '../../internal/observability/tracing.ts';

export interface CocosUseCaseOptions {
  readonly createOptions: CreateFromDocumentsOptions;
  readonly computations: Computations;
  readonly metrics: Metrics;
  /** Resolves when what an earlier daemon left unfinished is settled; rejects when libvirt cannot be reached. */
  readonly ready: () => Promise<void>;
}

/** What the Cocos dialects call, over HTTP and gRPC alike: counted and traced once, here. */
export function createCocosUseCases(options: CocosUseCaseOptions): CocosUseCases {
  const { createOptions, computations, metrics, ready } = options;
  return {
    createDomain: (request, { requestId }) =>
      counted(metrics, 'CreateDomain', () =>
        withSpan('create_domain', { 'protium.request_id': requestId, ...request }, async () => {
          await ready();
          return createDomainFromDocuments(createOptions, request);
        }),
      ),
    run: (input, context) =>
      counted(metrics, 'Run', () =>
        withSpan('run', { 'protium.request_id': context.requestId }, () => computations.run(input, context)),
      ),
  };
}

async function counted<T>(
  metrics: Metrics,
  method: 'CreateDomain' | 'Run',
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    metrics.apiRequest(method, performance.now() - started);
  }
}
