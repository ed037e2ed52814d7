import { ProtiumError } from '../../../errors/protium-error.ts';
import type { Operations } from '../../../operations/operations.ts';

/** Clients give a POST up after 300 s; what takes longer goes on, and is to be asked after. */
const answerWithinMs = 240_000;

/**
 * Waits for the end of an operation, for as long as a client waits for an answer. What is not over by then goes on.
 * Rejects with the error that it failed with.
 */
export async function awaitOperation(
  operations: Pick<Operations, 'wait' | 'get'>,
  id: string,
): Promise<void> {
  const deadline = AbortSignal.timeout(answerWithinMs);
  try {
    await operations.wait(id, { signal: deadline });
  } catch (error) {
    if (!deadline.aborted) throw error;
  }
  const { error = null, state } = operations.get(id) ?? {};
  if (error !== null) throw new ProtiumError(error.code, error.message, { details: error.details });
  if (state === 'cancelled') throw new ProtiumError('cancelled', 'It was cancelled.');
}
