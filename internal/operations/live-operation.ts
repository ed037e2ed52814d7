import { ProtiumError } from '../errors/protium-error.ts';
import type { Database } from '../store/database.ts';
import type { AnyOperationDefinition, OperationLog, OperationShape, Step, StepRun } from './definition.ts';
import type { Journal } from './journal.ts';
import type { JsonValue } from './json.ts';
import type { OperationRecord, StepRecord } from './model.ts';
import { cancelled } from './operation-error.ts';
import { changedRecord, type RecordChange } from './record.ts';
import type { Watchers } from './watchers.ts';

export type AnyStepOf = Step<OperationShape, string>;
export type AnyStepRun = StepRun<OperationShape>;

/** What the live operations of one engine share. */
export interface EngineParts {
  readonly database: Database;
  readonly journal: Journal;
  readonly watchers: Watchers;
  readonly clock: () => Date;
  readonly log: OperationLog;
  /** Called when a change could only be kept in memory; `flush` is to be called until it succeeds. */
  readonly onUnwritten: (live: LiveOperation) => void;
  /** As in OperationsOptions. */
  readonly libvirtReturns: (signal: AbortSignal) => Promise<boolean>;
}

/** Thrown where an operation that stop() has left to the next start would have gone on. */
export class Abandoned extends Error {}

/** An operation that this process is working on. The journal is written before the effect; memory never lags behind it. */
export class LiveOperation {
  readonly definition: AnyOperationDefinition;
  /** One for each step of the record; undefined where the definition no longer has it. */
  readonly steps: readonly (AnyStepOf | undefined)[];
  /** Resolves with the result, rejects with the ProtiumError. */
  readonly done: Promise<JsonValue>;
  readonly log: OperationLog;
  /** Waits for its resources. */
  waiting = true;
  readonly #parts: EngineParts;
  readonly #cancel = new AbortController();
  readonly #stop = new AbortController();
  #record: OperationRecord;
  #journalled: OperationRecord;
  #abandoned = false;
  #settled = false;
  #resolve: (result: JsonValue) => void = () => undefined;
  #reject: (error: ProtiumError) => void = () => undefined;

  constructor(
    parts: EngineParts,
    definition: AnyOperationDefinition,
    steps: readonly (AnyStepOf | undefined)[],
    journalled: OperationRecord,
  ) {
    this.#parts = parts;
    this.definition = definition;
    this.steps = steps;
    this.#record = journalled;
    this.#journalled = journalled;
    this.log = childLog(parts.log, { operation: journalled.id, kind: journalled.kind });
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Need not be awaited by anyone.
    this.done.catch(() => undefined);
  }

  get record(): OperationRecord {
    return this.#record;
  }

  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** Aborted by a cancel and when the operation is abandoned. */
  get cancelSignal(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Aborted when the operation is abandoned. */
  get stopSignal(): AbortSignal {
    return this.#stop.signal;
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  now(): string {
    return this.#parts.clock().toISOString();
  }

  /** Changes the record in memory; the journal gets it with the next commit. */
  note(change: RecordChange): void {
    if (this.#abandoned) throw new Abandoned();
    this.#record = changedRecord(this.#record, change, this.now());
    this.#parts.watchers.publish(this.#record);
  }

  /**
   * Journals the change, then shows it. Throws, having changed nothing, when it cannot be journalled.
   *
   * @param lastWord may use the disk space that is set aside: the operation ends in order by it.
   */
  commit(change: RecordChange, lastWord = false): void {
    if (this.#abandoned) throw new Abandoned();
    const next = changedRecord(this.#record, change, this.now());
    this.#write(next, lastWord);
    this.#record = next;
    this.#parts.watchers.publish(next);
  }

  /**
   * As commit, for what is true whether it can be journalled or not: then it is kept in memory and journalled later. If the
   * process ends before that, the next recover() finds the older state, and settles it from there.
   */
  keep(change: RecordChange): void {
    try {
      this.commit(change, true);
    } catch (error) {
      if (error instanceof Abandoned) throw error;
      this.log.error({ err: error }, 'cannot write to the operation journal; trying again');
      this.note(change);
      this.#parts.onUnwritten(this);
    }
  }

  get isWritten(): boolean {
    return this.#record === this.#journalled;
  }

  /** Journals what is only in memory so far. */
  flush(): void {
    if (!this.isWritten) this.#write(this.#record, true);
  }

  #write(next: OperationRecord, lastWord: boolean): void {
    const { journal, database } = this.#parts;
    try {
      journal.update(this.#journalled, next);
    } catch (error) {
      const full = error instanceof ProtiumError && error.code === 'storage-full';
      if (!lastWord || !full || !database.spendReserve()) throw error;
      journal.update(this.#journalled, next);
    }
    this.#journalled = next;
  }

  setStep(index: number, change: Partial<StepRecord>): RecordChange {
    return { steps: new Map([[index, change]]) };
  }

  /** Something irreversible has been begun, or is done. */
  get hasNoWayBack(): boolean {
    return this.#record.steps.some(({ state }, index) => {
      const step = this.steps[index];
      return (
        ((state === 'started' || state === 'done') && step?.irreversible === true) ||
        (state === 'done' && step?.irreversibleOnceDone === true)
      );
    });
  }

  /** A cancel was asked for before it was too late for one. */
  get isCancelled(): boolean {
    return this.#record.cancelRequested && !this.hasNoWayBack;
  }

  /** Whether a later operation on one of the resources has succeeded: what this one left behind may be in use by it. */
  get isSuperseded(): boolean {
    return this.#parts.journal.isSuperseded(this.#record.id);
  }

  /** After a failure for want of libvirt, waits for it. false: it is to be taken back, or libvirt stays away. */
  async canGoOn({ code }: ProtiumError): Promise<boolean> {
    if (code !== 'libvirt-unavailable' || this.isCancelled) return false;
    const resumes =
      this.definition.onRestart === 'resume' && this.#record.steps.some(({ state }) => state === 'done');
    // Only libvirt can tell whether what it was doing has come about.
    const isUnsure = this.#record.steps.some(
      ({ state }, index) => state === 'started' && this.steps[index]?.irreversibleOnceDone === true,
    );
    if (!this.hasNoWayBack && !resumes && !isUnsure) return false;
    this.log.warn({}, 'an operation waits for libvirt, to go on');
    return this.#parts.libvirtReturns(this.cancelSignal);
  }

  throwIfCancelled(): void {
    if (this.#abandoned) throw new Abandoned();
    if (this.isCancelled) throw cancelled();
  }

  requestCancel(): void {
    if (!this.#record.cancelRequested) this.keep({ cancelRequested: true });
    this.#cancel.abort(cancelled());
  }

  /** From now on nothing is journalled: the next start begins where the journal stands. */
  abandon(reason: ProtiumError): void {
    if (this.#abandoned) return;
    this.#abandoned = true;
    this.#cancel.abort(reason);
    this.#stop.abort(reason);
    this.#reject(reason);
  }

  /** Nobody works on it any more: settles `done`. `error`: what it ended with; undefined: it succeeded. */
  settle(error: ProtiumError | undefined): void {
    this.#settled = true;
    if (error === undefined) this.#resolve(this.#record.result);
    else this.#reject(error);
  }

  /** What step `index` is given. `undoing`: a cancel must not disturb it. */
  run(index: number | null, undoing = false): AnyStepRun {
    const { id, owner, input } = this.#record;
    const step = index === null ? undefined : this.#record.steps[index];
    return {
      operationId: id,
      owner,
      input,
      signal: undoing ? this.#stop.signal : this.#cancel.signal,
      data: (name) => this.#dataOf(name),
      isDone: (name) => this.#record.steps.some((each) => each.name === name && each.state === 'done'),
      progress: (fraction, message) => {
        const current = index === null ? undefined : this.#record.steps[index];
        // A step that has ended may still have a stray report under way.
        if (this.#abandoned || current?.state !== 'started' || this.#record.state !== 'running') return;
        this.note({ stepProgress: { fraction, message } });
      },
      log: step === undefined ? this.log : childLog(this.log, { step: step.name }),
    };
  }

  #dataOf(name: string): object {
    const step = this.#record.steps.find((each) => each.name === name);
    if (step === undefined || step.state === 'pending' || step.state === 'started') {
      throw new ProtiumError(
        'internal',
        `The operation "${this.definition.kind}" asks for the data of its step "${name}", which is ${step?.state ?? 'not there'}.`,
      );
    }
    return step.data;
  }
}

function childLog(log: OperationLog, bound: object): OperationLog {
  return {
    debug: (facts, message) => log.debug({ ...bound, ...facts }, message),
    info: (facts, message) => log.info({ ...bound, ...facts }, message),
    warn: (facts, message) => log.warn({ ...bound, ...facts }, message),
    error: (facts, message) => log.error({ ...bound, ...facts }, message),
  };
}
