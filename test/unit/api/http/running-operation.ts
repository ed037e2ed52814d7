import type { OperationRecord } from '../../../../internal/operations/model.ts';

/** An operation that has just begun. */
export function runningOperation(id: string): OperationRecord {
  return {
    id,
    kind: 'image.import',
    state: 'running',
    resources: [],
    input: {},
    result: null,
    error: null,
    steps: [],
    progress: { completedSteps: 0, totalSteps: 1, fraction: 0, message: '' },
    cancelRequested: false,
    owner: null,
    createdAt: '2026-01-02T03:04:05.000Z',
    updatedAt: '2026-01-02T03:04:05.000Z',
    endedAt: null,
  };
}
