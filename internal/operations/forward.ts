import { ProtiumError } from '../errors/protium-error.ts';
import { StepWithoutEffect } from './definition.ts';
import { jsonCopy, jsonObjectCopy } from './json.ts';
import { Abandoned, type AnyStepOf, type LiveOperation } from './live-operation.ts';
import { cancelled, stepError } from './operation-error.ts';

/**
 * Does every step that is not done, then journals the success. Rejects with the ProtiumError of the step that failed, or
 * `cancelled`; nothing is undone here.
 *
 * A step's end is journalled together with the beginning of the next one: one write per step.
 */
export async function forward(live: LiveOperation): Promise<void> {
  for (const [index, step] of live.steps.entries()) {
    if (step === undefined) throw missingStep(live, index);
    if (live.record.steps[index]?.state === 'done') continue;
    try {
      await doStep(live, index, step);
    } catch (error) {
      if (error instanceof Abandoned) throw error;
      // Whatever a step throws once its signal is aborted, the cancel is the reason.
      throw live.isCancelled ? cancelled(error) : stepError(error, step.title);
    }
  }
  const result: unknown = await live.definition.result(live.run(null));
  live.throwIfCancelled();
  live.commit({ state: 'succeeded', result: jsonCopy(result ?? null, 'result'), endedAt: live.now() }, true);
}

async function doStep(live: LiveOperation, index: number, step: AnyStepOf): Promise<void> {
  live.throwIfCancelled();
  const run = live.run(index);
  const intent = jsonObjectCopy((await step.intent?.(run)) ?? {}, 'intent');
  live.throwIfCancelled();
  live.commit({
    state: 'running',
    ...live.setStep(index, { state: 'started', data: intent, startedAt: live.now(), endedAt: null }),
  });
  try {
    const facts = jsonObjectCopy((await step.do(run, intent)) ?? {}, 'facts');
    live.note(live.setStep(index, { state: 'done', data: { ...intent, ...facts }, endedAt: live.now() }));
  } catch (error) {
    if (!(error instanceof StepWithoutEffect)) throw error;
    live.note(live.setStep(index, { state: 'undone', endedAt: live.now() }));
    throw error.cause;
  }
}

function missingStep(live: LiveOperation, index: number): ProtiumError {
  return new ProtiumError(
    'internal',
    `The operation was begun by another version of Protium: this one does not know its step "${String(live.record.steps[index]?.name)}".`,
  );
}
