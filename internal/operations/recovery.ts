import { ProtiumError } from '../errors/protium-error.ts';
import type { AnyOperationDefinition } from './definition.ts';
import { forward } from './forward.ts';
import { LiveOperation, type EngineParts } from './live-operation.ts';
import type { OperationRecord } from './model.ts';
import { cancelled, interruptedByRestart, stepError } from './operation-error.ts';
import { noteDone, rewind } from './resume.ts';
import { finishTakingBack, retryUndo, takeBack } from './take-back.ts';

/** A journalled operation, ready to be worked on again by settleRecovered. */
export function revive(
  parts: EngineParts,
  definition: AnyOperationDefinition,
  record: OperationRecord,
): LiveOperation {
  const known = new Map(definition.steps(record.input).map((step) => [step.name, step]));
  return new LiveOperation(
    parts,
    definition,
    record.steps.map(({ name }) => known.get(name)),
    record,
  );
}

/**
 * Carries on or takes back, as the definition says. Returns the error that the operation ended with; undefined: it succeeded.
 *
 * @throws ProtiumError when it cannot be told how far the operation came: it stays as it is, for the next recover().
 */
export async function settleRecovered(live: LiveOperation): Promise<ProtiumError | undefined> {
  const { record, definition } = live;
  if (record.endedAt !== null) return retryUndo(live);
  if (record.state === 'undoing') return finishTakingBack(live);
  const findOut = `find out how far "${definition.kind}" came before the restart`;
  try {
    await noteDone(live);
  } catch (error) {
    throw stepError(error, findOut);
  }
  if (!live.hasNoWayBack) {
    if (record.cancelRequested) return takeBack(live, cancelled());
    if (definition.onRestart === 'undo' || !knowsItsSteps(live))
      return takeBack(live, interruptedByRestart());
  }
  try {
    await rewind(live);
  } catch (error) {
    throw stepError(error, findOut);
  }
  return complete(live);
}

/** So often is waited for libvirt while one operation goes on. */
const mostReturns = 5;

/**
 * Does what is left to do; on failure takes everything back. A loss of libvirt in the middle leads where a restart would lead: what
 * is resumed then, or has no way back, goes on when libvirt is there again. Returns the error; undefined: it succeeded.
 */
export async function complete(live: LiveOperation): Promise<ProtiumError | undefined> {
  let lost: ProtiumError | undefined;
  for (let returns = 0; ; returns += 1) {
    try {
      if (lost !== undefined) {
        await noteDone(live);
        if (!live.hasNoWayBack && live.definition.onRestart === 'undo') return await takeBack(live, lost);
        await rewind(live);
      }
      await forward(live);
      return undefined;
    } catch (error) {
      if (live.abandoned) throw error;
      const failure = stepError(error, `complete "${live.definition.kind}"`);
      if (returns === mostReturns || !(await live.canGoOn(failure))) return takeBack(live, failure);
      lost = failure;
    }
  }
}

function knowsItsSteps(live: LiveOperation): boolean {
  const names = live.definition.steps(live.record.input).map(({ name }) => name);
  return (
    names.length === live.record.steps.length &&
    names.every((name, index) => name === live.record.steps[index]?.name)
  );
}

export function unknownKind(kind: string): ProtiumError {
  return new ProtiumError(
    'unsupported',
    `This version of Protium does not know operations of the kind "${kind}"; the one that began it must settle it.`,
    { details: { kind } },
  );
}
