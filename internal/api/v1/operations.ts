import { ProtiumError } from '../../errors/protium-error.ts';
import type { OperationRecord, OperationState as State, StepState } from '../../operations/model.ts';
import type { OperationQuery, Operations } from '../../operations/operations.ts';
import {
  OperationState,
  OperationStepState,
  OperationsServiceClient,
  type OperationsServiceServer,
  type ListOperationsRequest,
  type Operation,
} from '../grpc/generated/protium/v1/operations.ts';
import { pageOf } from './page.ts';
import { v1Service, type V1Service } from './service.ts';
import { stateNames } from './state-names.ts';

/** What the service needs of the operation engine. */
export type OperationsSource = Pick<
  Operations,
  'get' | 'list' | 'cancel' | 'requireCancellable' | 'wait' | 'changes'
>;

const longestWaitSeconds = 600;

const states = stateNames<State, OperationState>({
  queued: OperationState.OPERATION_STATE_QUEUED,
  running: OperationState.OPERATION_STATE_RUNNING,
  undoing: OperationState.OPERATION_STATE_UNDOING,
  succeeded: OperationState.OPERATION_STATE_SUCCEEDED,
  failed: OperationState.OPERATION_STATE_FAILED,
  cancelled: OperationState.OPERATION_STATE_CANCELLED,
});

const stepStates = stateNames<StepState, OperationStepState>({
  pending: OperationStepState.OPERATION_STEP_STATE_PENDING,
  started: OperationStepState.OPERATION_STEP_STATE_STARTED,
  done: OperationStepState.OPERATION_STEP_STATE_DONE,
  undone: OperationStepState.OPERATION_STEP_STATE_UNDONE,
  'undo-failed': OperationStepState.OPERATION_STEP_STATE_UNDO_FAILED,
});

/** protium.v1.OperationsService, from the operation engine. */
export function operationsService(source: OperationsSource): V1Service {
  const recordOf = (id: string): OperationRecord => {
    const record = source.get(id);
    if (record === undefined) throw new ProtiumError('not-found', `There is no operation "${id}".`);
    return record;
  };
  return v1Service<OperationsServiceServer>(OperationsServiceClient, {
    listOperations: (request, { caller }) => {
      const owners = caller.administrator ? {} : { owners: [...caller.roles.keys()] };
      const page = source.list({ ...queryOf(request), ...owners });
      return { operations: page.operations.map(encodeOperation), nextPageToken: page.next ?? '' };
    },
    getOperation: ({ id }) => ({ operation: encodeOperation(recordOf(id)) }),
    cancelOperation: async ({ id, validateOnly }) => {
      if (!validateOnly) return { operation: encodeOperation(await source.cancel(id)) };
      source.requireCancellable(id);
      return { operation: undefined };
    },
    waitOperation: async ({ id, timeoutSeconds }, { signal }) => {
      if (timeoutSeconds > longestWaitSeconds) {
        throw new ProtiumError('argument-invalid', `timeout_seconds is at most ${longestWaitSeconds}.`, {
          details: { field: 'timeout_seconds', value: timeoutSeconds },
        });
      }
      const timeout = AbortSignal.timeout((timeoutSeconds === 0 ? 60 : timeoutSeconds) * 1000);
      try {
        await source.wait(id, { signal: AbortSignal.any([signal, timeout]) });
      } catch (error) {
        if (!timeout.aborted) throw error;
      }
      return { operation: encodeOperation(recordOf(id)) };
    },
    watchOperation: async function* ({ id }, { signal }) {
      recordOf(id);
      for await (const record of source.changes(id, { signal })) yield { operation: encodeOperation(record) };
    },
  });
}

function queryOf(request: ListOperationsRequest): OperationQuery {
  return {
    ...pageOf(request),
    ...(request.states.length > 0 && { state: states.decodeAll(request.states) }),
    ...(request.kind !== '' && { kind: request.kind }),
    ...(request.resource !== '' && { resource: request.resource }),
  };
}

/** For all services that answer with an operation. */
export function encodeOperation(record: OperationRecord): Operation {
  return {
    id: record.id,
    kind: record.kind,
    state: states.encode(record.state),
    resources: [...record.resources],
    owner: record.owner ?? undefined,
    progress: record.progress,
    steps: record.steps.map((step) => ({
      name: step.name,
      title: step.title,
      state: stepStates.encode(step.state),
      startTime: dateOf(step.startedAt),
      endTime: dateOf(step.endedAt),
    })),
    error: record.error === null ? undefined : encodeError(record.error),
    result: record.state === 'succeeded' ? record.result : undefined,
    cancelRequested: record.cancelRequested,
    createTime: new Date(record.createdAt),
    updateTime: new Date(record.updatedAt),
    endTime: dateOf(record.endedAt),
  };
}

function encodeError({ code, message, details }: NonNullable<OperationRecord['error']>): Operation['error'] {
  const { leftBehind, ...more } = details;
  return { code, message, leftBehind: typeof leftBehind === 'object' ? [...leftBehind] : [], details: more };
}

function dateOf(iso: string | null): Date | undefined {
  return iso === null ? undefined : new Date(iso);
}
