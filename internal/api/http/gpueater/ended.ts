import { fromOperationError } from '../../../operations/operation-error.ts';
import type { OperationRecord } from '../../../operations/model.ts';
import type { Operations } from '../../../operations/operations.ts';
import { ProtiumError } from '../../../errors/protium-error.ts';

/**
 * Waits for the end of an operation, whether or not its client does.
 *
 * @throws ProtiumError that with which it failed
 */
export async function succeeded(
  operations: Pick<Operations, 'wait'>,
  id: string | null,
): Promise<OperationRecord> {
  if (id === null) throw new ProtiumError('internal', 'Nothing was begun.');
  const record = await operations.wait(id);
  if (record.state === 'succeeded') return record;
  if (record.error !== null) throw fromOperationError(record.error);
  throw new ProtiumError('cancelled', 'The operation was cancelled.');
}
