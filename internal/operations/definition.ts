import type { Json } from './json.ts';

/**
 * The types of one kind of operation: what it takes, what it gives, and what each step keeps in the journal.
 *
 *     interface CreateDisk extends OperationShape {
 *       input: { name: string; bytes: number };
 *       result: { path: string };
 *       steps: {
 *         'create-volume': { intent: { volume: string }; facts: { path: string } };
 *         'write-label': {};
 *       };
 *     }
 *
 * `intent` is what a step journals before it acts, `facts` what it learns by acting; leave out what there is none of.
 * Write `steps` as a type literal (or a type alias), not as a named interface.
 */
export interface OperationShape {
  readonly input: object;
  readonly result: unknown;
  readonly steps: Readonly<Record<string, StepShape>>;
}

export interface StepShape {
  readonly intent?: object;
  readonly facts?: object;
}

type NoData = object;
export type StepName<S extends OperationShape> = keyof S['steps'] & string;
export type IntentOf<S extends OperationShape, K extends StepName<S>> = S['steps'][K] extends {
  readonly intent: infer T extends object;
}
  ? T
  : NoData;
export type FactsOf<S extends OperationShape, K extends StepName<S>> = S['steps'][K] extends {
  readonly facts: infer T extends object;
}
  ? T
  : NoData;
/** What a done step has kept. */
export type DataOf<S extends OperationShape, K extends StepName<S>> = IntentOf<S, K> & FactsOf<S, K>;
/** What is known of a step that may have been cut short: its facts may be missing. */
export type KnownDataOf<S extends OperationShape, K extends StepName<S>> = IntentOf<S, K> &
  Partial<FactsOf<S, K>>;

/** pino's methods, as far as operations use them. */
export interface OperationLog {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** What a step sees of the operation that it belongs to. */
export interface StepRun<S extends OperationShape> {
  readonly operationId: string;
  readonly owner: string | null;
  readonly input: S['input'];
  /** Aborted by a cancel while the step is done (its undo is not disturbed), and when the daemon's grace period is over. */
  readonly signal: AbortSignal;
  /**
   * What an earlier step has kept; still there while the operation is undone. Throws a ProtiumError `internal` if that step
   * was never done.
   */
  data<K extends StepName<S>>(step: K): DataOf<S, K>;
  isDone(step: StepName<S>): boolean;
  /** How much of this step is done, 0 to 1; watchers see it, the journal does not keep it. */
  progress(fraction: number, message?: string): void;
  readonly log: OperationLog;
}

/**
 * One step. The engine calls `intent`, journals its answer, then calls `do`.
 * A step without `undo` leaves nothing to take back; without `undo` and `verify` it must bear being done twice.
 * `undo`, `verify` and `leftBehind` may be called in a later process: they may use the journalled data and nothing else.
 */
export interface Step<S extends OperationShape, K extends StepName<S> = StepName<S>> {
  readonly name: K;
  /** Imperative, lower case: the progress message, and the end of "Could not ..."; e.g. `create the disk`. */
  readonly title: string;
  /**
   * No way back from here, as in a deletion: once it has started, a cancel is refused, a failure is not undone, and after
   * a restart the operation is resumed whatever `onRestart` says.
   */
  readonly irreversible?: boolean;
  /**
   * No way back once it is done, as from a VM that has moved away: a cancel is obeyed while it is done and is too late
   * afterwards. Needs `verify`: after a crash it is asked before anything is taken back.
   */
  readonly irreversibleOnceDone?: boolean;
  /**
   * What undo and verify will need: chosen names and ids, the state before. Written to the journal before `do` runs. Must have
   * no effect. It may refuse: an error here fails the operation, and this step is not undone.
   */
  intent?(run: StepRun<S>): Json<IntentOf<S, K>> | Promise<Json<IntentOf<S, K>>>;
  /** Makes the effect; returns facts to be kept with the step. Throw `withoutEffect(error)` when surely nothing was done. */
  do(run: StepRun<S>, intent: IntentOf<S, K>): DoneFacts<FactsOf<S, K>> | Promise<DoneFacts<FactsOf<S, K>>>;
  /**
   * After a crash: is the whole effect there? Answers with the facts that `do` would have returned (`'done'` if there are none),
   * or `'absent'`. An effect that is there in part is `'absent'`: the engine undoes it and does it again.
   */
  verify?(run: StepRun<S>, data: KnownDataOf<S, K>): Promise<Verdict<FactsOf<S, K>>>;
  /** Takes the effect back. Must bear being called twice and with no effect there, and remove only what this step made. */
  undo?(run: StepRun<S>, data: KnownDataOf<S, K>): Promise<void> | void;
  /** For a person, when undo fails: what is left and how to remove it. */
  leftBehind?(run: StepRun<S>, data: KnownDataOf<S, K>): string;
}

type HasNoFacts<F> = NoData extends F ? true : false;
// A step without facts may be an async function that returns nothing, which only `void` admits.
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type
type DoneFacts<F extends object> = HasNoFacts<F> extends true ? Json<F> | void : Json<F>;
export type Verdict<F extends object> = 'absent' | (HasNoFacts<F> extends true ? 'done' : never) | Json<F>;

/** Any one of the steps of `S`; its `name` tells which. */
export type AnyStep<S extends OperationShape> = { [K in StepName<S>]: Step<S, K> }[StepName<S>];

export interface OperationDefinition<S extends OperationShape> {
  /** Names the kind in the journal, for ever; e.g. `instance.create`. */
  readonly kind: string;
  /** What a restart of the daemon, or of libvirt, in the middle leads to: carry on, or take back. */
  readonly onRestart: 'resume' | 'undo';
  /**
   * Its steps use what they find there, so also what an earlier operation failed to undo. Once a later operation on one of
   * the resources has succeeded, such a failed undo is not tried again: it could remove what is in use by now.
   */
  readonly reusesWhatIsThere?: boolean;
  /** Keys to hold while the operation is under way, e.g. `domain/NAME`. */
  resources(input: S['input']): readonly string[];
  /** In the order of doing. The same input must always give the same steps. Names must not repeat. */
  steps(input: S['input']): readonly AnyStep<S>[];
  /** The result, from what the steps have kept. Must have no effect. */
  result(run: StepRun<S>): Json<S['result']> | Promise<Json<S['result']>>;
}

/** A definition of whatever shape: what the engine works on. */
export type AnyOperationDefinition = OperationDefinition<OperationShape>;

/** Wraps the error of a step that surely made no effect (the name was taken, the request was refused): it is not undone. */
export class StepWithoutEffect extends Error {
  override readonly name = 'StepWithoutEffect';

  constructor(cause: unknown) {
    super('The step had no effect', { cause });
  }
}

/** `throw withoutEffect(error)` in `do`: fail with `error`, and do not call this step's `undo`. */
export function withoutEffect(error: unknown): StepWithoutEffect {
  return new StepWithoutEffect(error);
}
