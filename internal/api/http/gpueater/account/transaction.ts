import type { OperationRecord, OperationState } from '../../../../operations/model.ts';

/** An operation as GPUEater's clients are told of it. */
export interface Transaction {
  readonly transaction_id: string;
  readonly kind: string;
  readonly state: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED';
  /** 0 to 100. */
  readonly progress: number;
  readonly message: string;
  readonly error: string | null;
  readonly created_at: string;
  readonly instance_id: string | null;
}

const states: Readonly<Record<OperationState, Transaction['state']>> = {
  queued: 'PENDING',
  running: 'RUNNING',
  undoing: 'RUNNING',
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  cancelled: 'CANCELED',
};

/** Pure. */
export function transactionOf(record: OperationRecord): Transaction {
  const { id, kind, state, progress, error, createdAt, resources } = record;
  const instance = resources.find((resource) => resource.startsWith('instance/'));
  return {
    transaction_id: id,
    kind,
    state: states[state],
    progress: state === 'succeeded' ? 100 : Math.floor(progress.fraction * 100),
    message: progress.message,
    error: error?.message ?? null,
    created_at: createdAt,
    instance_id: instance?.slice('instance/'.length) ?? null,
  };
}
