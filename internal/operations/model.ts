import type { ErrorCode } from '../errors/catalogue.ts';
import type { ErrorDetails } from '../errors/protium-error.ts';
import type { JsonObject, JsonValue } from './json.ts';

/**
 * queued: journalled, waits for its resources. running: steps are being done. undoing: steps are being taken back.
 * The other three are final.
 */
export type OperationState = 'queued' | 'running' | 'undoing' | 'succeeded' | 'failed' | 'cancelled';

/**
 * pending: not begun. started: journalled with its intent, so the effect may exist, in part or in full.
 * done: the effect exists. undone: nothing of it is left. undo-failed: taking it back failed; retried by recover().
 */
export type StepState = 'pending' | 'started' | 'done' | 'undone' | 'undo-failed';

export interface StepRecord {
  readonly name: string;
  readonly title: string;
  readonly state: StepState;
  /** The step's intent, merged with the facts it returned once it is done. */
  readonly data: JsonObject;
  /** ISO 8601, UTC. */
  readonly startedAt: string | null;
  /** When it became done, undone or undo-failed; ISO 8601, UTC. */
  readonly endedAt: string | null;
}

export interface OperationError {
  readonly code: ErrorCode;
  readonly message: string;
  /** `leftBehind` (string[]): what could not be taken back, and how to remove it. */
  readonly details: ErrorDetails;
}

export interface OperationProgress {
  readonly completedSteps: number;
  readonly totalSteps: number;
  /** 0 to 1, the current step's own progress included; never falls while the operation is running. */
  readonly fraction: number;
  /** What is being done now. */
  readonly message: string;
}

/** An operation as it stands: a copy that does not change. */
export interface OperationRecord {
  /** UUID. */
  readonly id: string;
  readonly kind: string;
  readonly state: OperationState;
  /** The keys that it locks, sorted, e.g. `domain/NAME`. */
  readonly resources: readonly string[];
  readonly input: JsonObject;
  readonly result: JsonValue;
  readonly error: OperationError | null;
  readonly steps: readonly StepRecord[];
  readonly progress: OperationProgress;
  readonly cancelRequested: boolean;
  readonly owner: string | null;
  /** ISO 8601, UTC; so are the next two. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly endedAt: string | null;
}

export function isFinal(state: OperationState): state is 'succeeded' | 'failed' | 'cancelled' {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}
