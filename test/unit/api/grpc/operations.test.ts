import { describe, expect, it } from 'vitest';
import {
  OperationState,
  OperationStepState,
  OperationsServiceClient,
  type CancelOperationResponse,
  type GetOperationResponse,
  type ListOperationsResponse,
  type WatchOperationResponse,
} from '../../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { operationsService, type OperationsSource } from '../../../../internal/api/v1/operations.ts';
import { grpcService } from '../../../../internal/api/grpc/v1.ts';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import type { OperationRecord } from '../../../../internal/operations/model.ts';
import type { OperationQuery } from '../../../../internal/operations/operations.ts';
import { answered, connect, refused, serve, silent } from './harness.ts';

const failed: OperationRecord = {
  id: 'op-1',
  kind: 'domain.create',
  state: 'failed',
  resources: ['domain/alpine', 'pool/images'],
  input: {},
  result: null,
  error: {
    code: 'libvirt-failed',
    message: 'it broke',
    details: { leftBehind: ['volume boot.img: virsh vol-delete boot.img images'], libvirtCode: 38 },
  },
  steps: [
    {
      name: 'pool',
      title: 'Create the pool',
      state: 'undone',
      data: {},
      startedAt: '2026-01-02T03:04:05.678Z',
      endedAt: '2026-01-02T03:04:06.000Z',
    },
    {
      name: 'volume',
      title: 'Create the volume',
      state: 'undo-failed',
      data: {},
      startedAt: null,
      endedAt: null,
    },
  ],
  progress: { completedSteps: 1, totalSteps: 2, fraction: 0.5, message: 'Create the volume' },
  cancelRequested: false,
  owner: null,
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt: '2026-01-02T03:04:07.000Z',
  endedAt: '2026-01-02T03:04:07.000Z',
};

const running: OperationRecord = {
  ...failed,
  id: 'op-2',
  state: 'running',
  error: null,
  endedAt: null,
  owner: 'ann',
};

async function operations(source: Partial<OperationsSource> = {}) {
  const queries: OperationQuery[] = [];
  const all: OperationsSource = {
    get: (id) => [failed, running].find((record) => record.id === id),
    list: (query = {}) => {
      queries.push(query);
      return { operations: [running, failed], next: 'page-2' };
    },
    cancel: (id) => Promise.resolve({ ...running, id, cancelRequested: true }),
    requireCancellable: (id) => {
      if (id !== running.id) throw new ProtiumError('state-conflict', 'It has ended.');
    },
    wait: () => Promise.resolve({ ...running, state: 'succeeded' }),
    changes: async function* () {
      await Promise.resolve();
      yield running;
      yield { ...running, state: 'succeeded', result: { name: 'alpine', sizes: [1, null] } };
    },
    ...source,
  };
  const { address, reports } = await serve([grpcService(operationsService(all), { log: silent })]);
  return { client: connect(OperationsServiceClient, address), queries, reports };
}

const firstPage = { states: [], kind: '', resource: '', pageSize: 0, pageToken: '' };

describe('GetOperation', () => {
  it('gives every field', async () => {
    const { client } = await operations();
    const { response } = await answered<GetOperationResponse>((done) =>
      client.getOperation({ id: 'op-1' }, done),
    );
    expect(response.operation).toEqual({
      id: 'op-1',
      kind: 'domain.create',
      state: OperationState.OPERATION_STATE_FAILED,
      resources: ['domain/alpine', 'pool/images'],
      owner: undefined,
      progress: { completedSteps: 1, totalSteps: 2, fraction: 0.5, message: 'Create the volume' },
      steps: [
        {
          name: 'pool',
          title: 'Create the pool',
          state: OperationStepState.OPERATION_STEP_STATE_UNDONE,
          startTime: new Date('2026-01-02T03:04:05.678Z'),
          endTime: new Date('2026-01-02T03:04:06.000Z'),
        },
        {
          name: 'volume',
          title: 'Create the volume',
          state: OperationStepState.OPERATION_STEP_STATE_UNDO_FAILED,
          startTime: undefined,
          endTime: undefined,
        },
      ],
      error: {
        code: 'libvirt-failed',
        message: 'it broke',
        leftBehind: ['volume boot.img: virsh vol-delete boot.img images'],
        details: { libvirtCode: 38 },
      },
      result: undefined,
      cancelRequested: false,
      createTime: new Date('2026-01-02T03:04:05.000Z'),
      updateTime: new Date('2026-01-02T03:04:07.000Z'),
      endTime: new Date('2026-01-02T03:04:07.000Z'),
    });
  });

  it('answers NOT_FOUND', async () => {
    const { client } = await operations();
    const error = await refused(answered((done) => client.getOperation({ id: 'no-such' }, done)));
    expect(error).toMatchObject({ code: 5, details: 'There is no operation "no-such".' });
  });
});

describe('ListOperations', () => {
  it('asks for all by default', async () => {
    const { client, queries } = await operations();
    const { response } = await answered<ListOperationsResponse>((done) =>
      client.listOperations(firstPage, done),
    );
    expect(response.operations.map(({ id, owner }) => [id, owner])).toEqual([
      ['op-2', 'ann'],
      ['op-1', undefined],
    ]);
    expect(response.nextPageToken).toBe('page-2');
    expect(queries).toEqual([{}]);
  });

  it('hands the filters over', async () => {
    const { client, queries } = await operations();
    const request = {
      states: [OperationState.OPERATION_STATE_QUEUED, OperationState.OPERATION_STATE_UNDOING],
      kind: 'domain.create',
      resource: 'domain/alpine',
      pageSize: 5,
      pageToken: 'page-2',
    };
    await answered((done) => client.listOperations(request, done));
    expect(queries).toEqual([
      {
        state: ['queued', 'undoing'],
        kind: 'domain.create',
        resource: 'domain/alpine',
        limit: 5,
        after: 'page-2',
      },
    ]);
  });

  it('refuses a page that is too large', async () => {
    const { client } = await operations();
    const error = await refused(
      answered((done) => client.listOperations({ ...firstPage, pageSize: 1001 }, done)),
    );
    expect(error.code).toBe(3);
  });
});

describe('CancelOperation', () => {
  it('gives the operation as it stands', async () => {
    const { client } = await operations();
    const { response } = await answered<CancelOperationResponse>((done) =>
      client.cancelOperation({ id: 'op-2', validateOnly: false }, done),
    );
    expect(response.operation).toMatchObject({ id: 'op-2', cancelRequested: true });
  });

  it('asks for nothing in a dry run, and answers without operation', async () => {
    const cancelled: string[] = [];
    const { client } = await operations({
      cancel: (id) => {
        cancelled.push(id);
        return Promise.resolve(running);
      },
    });
    const { response } = await answered<CancelOperationResponse>((done) =>
      client.cancelOperation({ id: running.id, validateOnly: true }, done),
    );
    expect(response.operation).toBeUndefined();
    const error = await refused(
      answered((done) => client.cancelOperation({ id: failed.id, validateOnly: true }, done)),
    );
    expect(error).toMatchObject({ code: 9, details: 'It has ended.' });
    expect(cancelled).toEqual([]);
  });

  it('answers FAILED_PRECONDITION when there is no way back', async () => {
    const cancel = () => Promise.reject(new ProtiumError('state-conflict', 'It has ended.'));
    const { client } = await operations({ cancel });
    const error = await refused(
      answered((done) => client.cancelOperation({ id: 'op-1', validateOnly: false }, done)),
    );
    expect(error).toMatchObject({ code: 9, details: 'It has ended.' });
  });
});

describe('WatchOperation', () => {
  it('sends each change and ends after the last', async () => {
    const { client } = await operations();
    const seen: WatchOperationResponse[] = [];
    for await (const message of client.watchOperation({ id: 'op-2' }))
      seen.push(message as WatchOperationResponse);
    expect(seen.map(({ operation }) => operation?.state)).toEqual([
      OperationState.OPERATION_STATE_RUNNING,
      OperationState.OPERATION_STATE_SUCCEEDED,
    ]);
    expect(seen[1]?.operation?.result).toEqual({ name: 'alpine', sizes: [1, null] });
  });

  it('answers NOT_FOUND', async () => {
    const { client } = await operations();
    const stream = client.watchOperation({ id: 'no-such' });
    const error = new Promise((resolve) => stream.on('error', resolve));
    stream.resume();
    expect(await error).toMatchObject({ code: 5 });
  });

  it('ends the subscription when the client goes away', async () => {
    let ended = false;
    const changes = async function* (_id: string | null, options: { signal?: AbortSignal } = {}) {
      yield running;
      await new Promise((resolve) => options.signal?.addEventListener('abort', resolve));
      ended = true;
    };
    const { client } = await operations({ changes });
    const stream = client.watchOperation({ id: 'op-2' });
    stream.on('error', () => undefined);
    await new Promise((resolve) => stream.once('data', resolve));
    stream.cancel();
    await expect.poll(() => ended).toBe(true);
  });

  it('waits for a client that reads slowly, and loses nothing', async () => {
    let made = 0;
    const message = 'x'.repeat(100_000);
    const changes = async function* () {
      for (; made < 50; made += 1) {
        await Promise.resolve();
        yield { ...running, progress: { ...running.progress, completedSteps: made, message } };
      }
    };
    const { client } = await operations({ changes });
    const stream = client.watchOperation({ id: 'op-2' });
    const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<WatchOperationResponse>;
    const steps: (number | undefined)[] = [];
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      steps.push(next.value.operation?.progress?.completedSteps);
    }
    expect(steps).toEqual(Array.from({ length: 50 }, (_, step) => step));
  });
});
