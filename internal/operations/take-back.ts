import type { ProtiumError } from '../errors/protium-error.ts';
import { jsonObjectCopy } from './json.ts';
import { Abandoned, type LiveOperation } from './live-operation.ts';
import type { OperationError, StepState } from './model.ts';
import {
  cancelled,
  fromOperationError,
  stepError,
  toOperationError,
  withLeftBehind,
} from './operation-error.ts';
import type { RecordChange } from './record.ts';

/**
 * Ends an operation that cannot be completed because of `error`: undoes what was done, in reverse, and journals the end.
 * Returns the error to report, which is `error` with what is left behind, if anything, in its details.
 */
export async function takeBack(live: LiveOperation, error: ProtiumError): Promise<ProtiumError> {
  const failure = toOperationError(error);
  const toUndo = live.record.steps.some(({ state }) => mayHaveEffect.has(state)) && !live.hasNoWayBack;
  if (toUndo) live.keep({ state: 'undoing', error: failure });
  const reported = toUndo
    ? await undoSteps(live, failure, mayHaveEffect, (change) => live.keep(change))
    : failure;
  live.keep({
    state: live.isCancelled ? 'cancelled' : 'failed',
    error: reported,
    endedAt: live.now(),
  });
  return reported === failure ? error : fromOperationError(reported, error);
}

/** Goes on with an undoing that was cut short; the reason stands in the record. */
export async function finishTakingBack(live: LiveOperation): Promise<ProtiumError> {
  const { error } = live.record;
  return takeBack(live, error === null ? cancelled() : fromOperationError(error));
}

/**
 * Tries the undos once more that failed when the operation ended. What a later operation may have taken over (a volume
 * that its VM runs on) is no longer ours to remove: it stays, as done, and the error goes on naming it.
 */
export async function retryUndo(live: LiveOperation): Promise<ProtiumError> {
  const failure = live.record.error ?? toOperationError(cancelled());
  if (live.definition.reusesWhatIsThere === true && live.isSuperseded) {
    const kept = live.record.steps.flatMap(({ state }, index) =>
      state === 'undo-failed' ? [[index, { state: 'done' }] as const] : [],
    );
    live.keep({ steps: new Map(kept) });
    return fromOperationError(failure);
  }
  // One write at the end, so that what is left behind and the steps never tell different things.
  const error = await undoSteps(live, failure, new Set<StepState>(['undo-failed']), (change) =>
    live.note(change),
  );
  live.keep({ error });
  return fromOperationError(error);
}

const mayHaveEffect: ReadonlySet<StepState> = new Set<StepState>(['started', 'done', 'undo-failed']);

/** Undoes the steps in these states, the last first, each whether or not the one before could be undone. */
async function undoSteps(
  live: LiveOperation,
  error: OperationError,
  states: ReadonlySet<StepState>,
  record: (change: RecordChange) => void,
): Promise<OperationError> {
  const leftBehind: string[] = [];
  for (let index = live.record.steps.length - 1; index >= 0; index -= 1) {
    if (!states.has(live.record.steps[index]?.state ?? 'pending')) continue;
    const left = await tryUndo(live, index, record);
    if (left !== undefined) leftBehind.unshift(left);
  }
  return leftBehind.length === 0 && error.details['leftBehind'] === undefined
    ? error
    : withLeftBehind(error, leftBehind);
}

/** Returns what is left behind, or undefined when nothing is. */
async function tryUndo(
  live: LiveOperation,
  index: number,
  record: (change: RecordChange) => void,
): Promise<string | undefined> {
  const step = live.record.steps[index];
  try {
    await undoStep(live, index);
    record(live.setStep(index, { state: 'undone', endedAt: live.now() }));
    return undefined;
  } catch (error) {
    if (live.abandoned) throw new Abandoned();
    live.log.error({ err: error, step: step?.name }, 'could not undo a step');
    record(live.setStep(index, { state: 'undo-failed', endedAt: live.now() }));
    const known = live.steps[index];
    const title = known?.title ?? step?.title ?? '';
    const reason = stepError(error, `undo "${title}"`).message;
    return `${describeLeftBehind(live, index) ?? `what was made to ${title}`} (${reason})`;
  }
}

/** Undoes one step and journals nothing. */
export async function undoStep(live: LiveOperation, index: number): Promise<void> {
  const step = live.steps[index];
  const record = live.record.steps[index];
  if (step === undefined || record === undefined)
    throw new Error('This version of Protium does not know the step.');
  if (step.undo === undefined) return;
  const run = live.run(index, true);
  let data = record.data;
  if (record.state === 'started' && step.verify !== undefined) {
    // The facts that a step cut short could not hand over may help to undo it; without them its intent must do.
    try {
      const verdict = await step.verify(run, data);
      if (typeof verdict === 'object') data = { ...data, ...jsonObjectCopy(verdict, 'facts') };
    } catch (error) {
      live.log.warn({ err: error, step: step.name }, 'could not verify a step that is to be undone');
    }
  }
  if (live.abandoned) throw new Abandoned();
  await step.undo(run, data);
}

function describeLeftBehind(live: LiveOperation, index: number): string | undefined {
  try {
    return live.steps[index]?.leftBehind?.(live.run(index, true), live.record.steps[index]?.data ?? {});
  } catch (error) {
    live.log.warn({ err: error }, 'could not describe what a step has left behind');
    return undefined;
  }
}
