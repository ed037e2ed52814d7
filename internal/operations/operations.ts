import type { ProtiumError } from '../errors/protium-error.ts';
import type {
  AnyOperationDefinition,
  OperationDefinition,
  OperationLog,
  OperationShape,
} from './definition.ts';
import type { Json } from './json.ts';
import type { KeyedLock } from './keyed-lock.ts';
import type { OperationRecord, OperationState } from './model.ts';

/** The operation engine: journals, runs, watches, recovers. Made by `createOperations` (engine.ts). */
export interface Operations {
  /** The locks that operations take; shared with callers that change a resource outside an operation. */
  readonly locks: KeyedLock;
  /**
   * Journals a new operation and runs it when its resources are free. `definition` must be one that the engine was made with.
   * `idempotencyKey` (per owner): the same key with the same kind and input answers with the same operation; with others it
   * rejects with `definition-conflict`. After stop(): `interrupted`.
   */
  start<S extends OperationShape>(
    definition: OperationDefinition<S>,
    input: Json<S['input']>,
    options?: StartOptions,
  ): Promise<OperationHandle<S['result']>>;
  /** undefined: there is no such operation (any more). */
  get(id: string): OperationRecord | undefined;
  /** Newest first. */
  list(query?: OperationQuery): OperationPage;
  /**
   * Asks for a cancel: a queued operation ends at once, a running one at the end of the step or when the step heeds its signal;
   * then it is undone. Rejects with `not-found`, or `state-conflict` when it has ended otherwise or there is no way back.
   */
  cancel(id: string): Promise<OperationRecord>;
  /** Throws as cancel() would reject now, and asks for nothing. */
  requireCancellable(id: string): void;
  /** Resolves with the record when the operation has ended; rejects with `not-found`, `interrupted` or the signal's reason. */
  wait(id: string, options?: { signal?: AbortSignal }): Promise<OperationRecord>;
  /** Calls `listener` after every change of operation `id` (null: of any). Returns the function that ends it. */
  watch(id: string | null, listener: (record: OperationRecord) => void): () => void;
  /**
   * The changes from the first read on. With an id: the record as it stands, then each change, to the final one. Several changes
   * of one operation between two reads come as one. Ends when `signal` is aborted and on stop(); throws `not-found`.
   */
  changes(id: string | null, options?: { signal?: AbortSignal }): AsyncIterable<OperationRecord>;
  /**
   * Carries on or takes back what the journal holds unfinished, and tries again to undo what could not be undone. Call it at
   * start, before any start(): the resources are queued for before it returns. Call it again when what stood in the way may be
   * gone (libvirt is back): what this engine is running is left alone. Resolves when all of it has ended.
   */
  recover(): Promise<RecoveryReport>;
  /**
   * For SIGTERM: no new operations; waits up to `graceMs` for the running ones. What is then unfinished stays in the journal
   * for the next recover(); its promises reject with `interrupted`.
   */
  stop(options: { graceMs: number }): Promise<void>;
}

export interface OperationsOptions {
  readonly definitions: readonly AnyOperationDefinition[];
  readonly log: OperationLog;
  readonly clock?: () => Date;
  readonly locks?: KeyedLock;
  /** How long ended operations are kept. Defaults: 30 days, 10 000 operations. */
  readonly retention?: { readonly days?: number; readonly count?: number };
  /**
   * Asked when libvirt was gone in the middle of what would be resumed after a restart: true when it answers again, and the
   * operation goes on; false when it stays away, and the operation fails. Default: false at once.
   */
  readonly libvirtReturns?: (signal: AbortSignal) => Promise<boolean>;
  /** Called when an operation has ended, for metrics. `durationMs`: since it was asked for, waiting included. */
  readonly observe?: (event: OperationEvent) => void;
}

export interface OperationEvent {
  readonly kind: string;
  readonly state: OperationState;
  readonly durationMs: number;
}

export interface StartOptions {
  readonly owner?: string;
  readonly idempotencyKey?: string;
}

export interface OperationHandle<Result> {
  readonly id: string;
  /** Rejects with the ProtiumError that the operation failed with. Need not be awaited. */
  readonly done: Promise<Result>;
}

export interface OperationQuery {
  readonly state?: OperationState | readonly OperationState[];
  readonly kind?: string;
  readonly resource?: string;
  readonly owner?: string;
  /** Any of them; none: of nobody there are any. */
  readonly owners?: readonly string[];
  /** 1 to 1000; default 100. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

export interface OperationPage {
  readonly operations: readonly OperationRecord[];
  /** Given as `after`, it leads to the next page; null on the last. */
  readonly next: string | null;
}

export interface RecoveryReport {
  readonly resumed: readonly string[];
  readonly undone: readonly string[];
  /** What is still unfinished, or of which something is still left behind (`details.leftBehind`), with the reason. */
  readonly unresolved: readonly { readonly id: string; readonly error: ProtiumError }[];
}
