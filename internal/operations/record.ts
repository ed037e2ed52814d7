import { isFinal, type OperationProgress, type OperationRecord, type StepRecord } from './model.ts';

/** What can change in a record; `steps`: by position. */
export type RecordChange = Partial<
  Pick<OperationRecord, 'state' | 'result' | 'error' | 'cancelRequested' | 'endedAt'>
> & {
  readonly steps?: ReadonlyMap<number, Partial<StepRecord>>;
  /** Of the current step. */
  readonly stepProgress?: { readonly fraction: number; readonly message: string | undefined };
};

/** The record after a change, with its progress. */
export function changedRecord(
  before: OperationRecord,
  change: RecordChange,
  updatedAt: string,
): OperationRecord {
  const { steps: stepChanges, stepProgress, ...rest } = change;
  const steps =
    stepChanges === undefined
      ? before.steps
      : before.steps.map((step, index) => {
          const changed = stepChanges.get(index);
          return changed === undefined ? step : { ...step, ...changed };
        });
  const after = { ...before, ...rest, steps, updatedAt };
  const progress = progressOf(after, stepProgress);
  const holdsBack = after.state === 'running' && before.progress.fraction > progress.fraction;
  return { ...after, progress: holdsBack ? { ...progress, fraction: before.progress.fraction } : progress };
}

/** The progress of a record whose current step has done `fraction` of its work. */
export function progressOf(
  record: Pick<OperationRecord, 'state' | 'steps'>,
  current: RecordChange['stepProgress'] = { fraction: 0, message: undefined },
): OperationProgress {
  const completedSteps = record.steps.filter(({ state }) => state === 'done').length;
  const totalSteps = record.steps.length;
  const within = Math.min(Math.max(Number.isFinite(current.fraction) ? current.fraction : 0, 0), 1);
  const fraction =
    record.state === 'succeeded' ? 1 : Math.min(1, (completedSteps + within) / Math.max(totalSteps, 1));
  return { completedSteps, totalSteps, fraction, message: current.message ?? messageOf(record) };
}

function messageOf({ state, steps }: Pick<OperationRecord, 'state' | 'steps'>): string {
  if (isFinal(state)) return state;
  if (state === 'queued') return 'waiting for other operations';
  if (state === 'undoing') {
    const next = steps.findLast((step) => step.state === 'done' || step.state === 'started');
    return next === undefined ? 'undo' : `undo: ${next.title}`;
  }
  return steps.find((step) => step.state !== 'done')?.title ?? 'finish';
}
