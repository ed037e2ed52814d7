import { describe, expect, it } from 'vitest';
import { computationsService, type ComputationsSource } from '../../../../internal/api/v1/computations.ts';
import {
  ComputationState,
  ComputationsServiceClient,
  type GetComputationResponse,
  type ListComputationsResponse,
} from '../../../../internal/api/grpc/generated/protium/v1/computations.ts';
import type { Computation, ComputationQuery } from '../../../../internal/computations/model.ts';
import { grpcService } from '../../../../internal/api/grpc/v1.ts';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import { answered, connect, refused, serve, silent } from './harness.ts';

const manifest = {
  name: 'mean',
  description: 'a mean',
  owner: 'ann',
  datasets: ['d1'],
  algorithms: ['a1'],
  datasetProviders: ['bob'],
  algorithmProviders: ['eve'],
  resultConsumers: ['ann'],
  ttlSeconds: 60,
};

const failed: Computation = {
  id: 'c1',
  form: 'structured',
  manifest,
  payloadBytes: 3,
  state: 'failed',
  agentAnswer: null,
  failure: { code: 'agent-unavailable', message: 'The agent cannot be reached.' },
  createdAt: 1000,
  updatedAt: 2000,
  expiresAt: 61_000,
  deliverBy: 31_000,
};

const delivered: Computation = {
  ...failed,
  id: 'c2',
  form: 'blob',
  manifest: null,
  state: 'delivered',
  agentAnswer: '',
  failure: null,
  expiresAt: null,
};

async function computations() {
  const queries: ComputationQuery[] = [];
  const removed: string[] = [];
  const source: ComputationsSource = {
    list: (query = {}) => {
      queries.push(query);
      return { computations: [failed, delivered], next: '7' };
    },
    get: (id) => [failed, delivered].find((each) => each.id === id),
    payload: () => Buffer.from('abc'),
    remove: (id) => {
      if (id === 'no-such') throw new ProtiumError('not-found', 'There is none.');
      removed.push(id);
    },
  };
  const { address } = await serve([grpcService(computationsService(source), { log: silent })]);
  return { client: connect(ComputationsServiceClient, address), queries, removed };
}

describe('ListComputations', () => {
  it('gives every field', async () => {
    const { client, queries } = await computations();
    const { response } = await answered<ListComputationsResponse>((done) =>
      client.listComputations({ states: [], pageSize: 0, pageToken: '' }, done),
    );
    expect(queries).toEqual([{ states: [] }]);
    expect(response).toEqual({
      nextPageToken: '7',
      computations: [
        {
          id: 'c1',
          state: ComputationState.COMPUTATION_STATE_FAILED,
          manifest,
          payloadBytes: 3n,
          agentAnswer: undefined,
          failure: { code: 'agent-unavailable', message: 'The agent cannot be reached.' },
          createTime: new Date(1000),
          updateTime: new Date(2000),
          expireTime: new Date(61_000),
        },
        {
          id: 'c2',
          state: ComputationState.COMPUTATION_STATE_DELIVERED,
          manifest: undefined,
          payloadBytes: 3n,
          agentAnswer: '',
          failure: undefined,
          createTime: new Date(1000),
          updateTime: new Date(2000),
          expireTime: undefined,
        },
      ],
    });
  });

  it('hands page and states over', async () => {
    const { client, queries } = await computations();
    const states = [ComputationState.COMPUTATION_STATE_STORED, ComputationState.COMPUTATION_STATE_EXPIRED];
    await answered((done) => client.listComputations({ states, pageSize: 9, pageToken: '7' }, done));
    expect(queries).toEqual([{ states: ['stored', 'expired'], limit: 9, after: '7' }]);
  });
});

describe('GetComputation', () => {
  it('gives the payload too', async () => {
    const { client } = await computations();
    const { response } = await answered<GetComputationResponse>((done) =>
      client.getComputation({ id: 'c2' }, done),
    );
    expect(response.computation?.id).toBe('c2');
    expect(response.payload.toString()).toBe('abc');
  });

  it('answers NOT_FOUND', async () => {
    const { client } = await computations();
    expect((await refused(answered((done) => client.getComputation({ id: 'x' }, done)))).code).toBe(5);
  });
});

describe('DeleteComputation', () => {
  it('removes nothing in a dry run', async () => {
    const { client, removed } = await computations();
    await answered((done) => client.deleteComputation({ id: 'c2', validateOnly: true }, done));
    const error = await refused(
      answered((done) => client.deleteComputation({ id: 'no-such', validateOnly: true }, done)),
    );
    expect(error.code).toBe(5);
    expect(removed).toEqual([]);
  });

  it('removes it, or answers NOT_FOUND', async () => {
    const { client, removed } = await computations();
    await answered((done) => client.deleteComputation({ id: 'c1', validateOnly: false }, done));
    expect(removed).toEqual(['c1']);
    const error = await refused(
      answered((done) => client.deleteComputation({ id: 'no-such', validateOnly: false }, done)),
    );
    expect(error.code).toBe(5);
  });
});
