import type { Computations } from '../../computations/computations.ts';
import type { Computation as Kept } from '../../computations/model.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import {
  ComputationState,
  ComputationsServiceClient,
  type ComputationsServiceServer,
  type Computation,
} from '../grpc/generated/protium/v1/computations.ts';
import { pageOf } from './page.ts';
import { v1Service, type V1Service } from './service.ts';
import { stateNames } from './state-names.ts';

/** What the service needs of the computations. */
export type ComputationsSource = Pick<Computations, 'list' | 'get' | 'payload' | 'remove'>;

const states = stateNames<Kept['state'], ComputationState>({
  stored: ComputationState.COMPUTATION_STATE_STORED,
  delivering: ComputationState.COMPUTATION_STATE_DELIVERING,
  delivered: ComputationState.COMPUTATION_STATE_DELIVERED,
  failed: ComputationState.COMPUTATION_STATE_FAILED,
  expired: ComputationState.COMPUTATION_STATE_EXPIRED,
});

/** protium.v1.ComputationsService: what Run has taken. */
export function computationsService(source: ComputationsSource): V1Service {
  return v1Service<ComputationsServiceServer>(ComputationsServiceClient, {
    listComputations: (request) => {
      const page = source.list({ ...pageOf(request), states: states.decodeAll(request.states) });
      return { computations: page.computations.map(encodeComputation), nextPageToken: page.next ?? '' };
    },
    getComputation: ({ id }) => {
      const computation = source.get(id);
      const payload = source.payload(id);
      if (computation === undefined || payload === undefined) {
        throw new ProtiumError('not-found', `There is no computation with the id "${id}".`);
      }
      return { computation: encodeComputation(computation), payload: Buffer.from(payload) };
    },
    deleteComputation: ({ id, validateOnly }) => {
      if (!validateOnly) source.remove(id);
      else if (source.get(id) === undefined) {
        throw new ProtiumError('not-found', `There is no computation with the id "${id}".`);
      }
      return {};
    },
  });
}

function encodeComputation(kept: Kept): Computation {
  return {
    id: kept.id,
    state: states.encode(kept.state),
    manifest: kept.manifest === null ? undefined : encodeManifest(kept.manifest),
    payloadBytes: BigInt(kept.payloadBytes),
    agentAnswer: kept.agentAnswer ?? undefined,
    failure: kept.failure ?? undefined,
    createTime: new Date(kept.createdAt),
    updateTime: new Date(kept.updatedAt),
    expireTime: kept.expiresAt === null ? undefined : new Date(kept.expiresAt),
  };
}

function encodeManifest(manifest: NonNullable<Kept['manifest']>): Computation['manifest'] {
  return {
    ...manifest,
    datasets: [...manifest.datasets],
    algorithms: [...manifest.algorithms],
    datasetProviders: [...manifest.datasetProviders],
    algorithmProviders: [...manifest.algorithmProviders],
    resultConsumers: [...manifest.resultConsumers],
  };
}
