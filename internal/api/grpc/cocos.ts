import type { RunInput } from '../../computations/model.ts';
import type { Logger } from '../../observability/log.ts';
import type { CocosUseCases } from '../cocos-use-cases.ts';
import { toCocosStatus } from './cocos-status.ts';
import {
  ManagerServiceClient,
  ManagerServiceService,
  type ManagerServiceServer,
  type RunRequest,
} from './generated/manager/manager.ts';
import {
  ManagerServiceClient as EarlyManagerServiceClient,
  ManagerServiceService as EarlyManagerServiceService,
} from './generated/manager_proto/manager.ts';
import type { GrpcService } from './grpc-service.ts';
import { unary, type HandlerOptions } from './handle.ts';
import { metadataText } from './metadata-text.ts';
import { toStatus } from './status.ts';

/**
 * The Cocos manager's service under both names that it had. `emptyErrors`: errors as the original gave them (UNKNOWN
 * with one of two texts) instead of those of the catalogue.
 */
export function cocosServices(
  useCases: CocosUseCases,
  options: { readonly log: Logger; readonly emptyErrors: boolean },
): readonly GrpcService[] {
  const handlers: HandlerOptions = {
    log: options.log,
    errorStatus: options.emptyErrors ? toCocosStatus : toStatus,
  };
  // The messages of both packages are the same, so one implementation serves them.
  const implementation: ManagerServiceServer = {
    run: unary(handlers, async (request: RunRequest, context) => {
      const { id } = await useCases.run(runInput(request), context);
      return { ID: id };
    }),
    createDomain: unary(handlers, async ({ pool, volume, domain }, context) => {
      const created = await useCases.createDomain({ pool, volume, domain }, context);
      for (const notice of created.notices)
        context.initialMetadata.add('protium-notice', metadataText(notice));
      return { name: created.name };
    }),
  };
  return [
    { name: ManagerServiceClient.serviceName, definition: ManagerServiceService, implementation },
    { name: EarlyManagerServiceClient.serviceName, definition: EarlyManagerServiceService, implementation },
  ];
}

/** Field 1 is the blob dialect; clients of the structured dialect do not know it and leave it empty. */
function runInput(request: RunRequest): RunInput {
  if (request.computation.length > 0) return { form: 'blob', computation: request.computation };
  return {
    form: 'structured',
    ttlRequired: true,
    manifest: {
      name: request.name,
      description: request.description,
      owner: request.owner,
      datasets: request.datasets,
      algorithms: request.algorithms,
      datasetProviders: request.datasetProviders,
      algorithmProviders: request.algorithmProviders,
      resultConsumers: request.resultConsumers,
      ttlSeconds: request.ttl,
    },
  };
}
