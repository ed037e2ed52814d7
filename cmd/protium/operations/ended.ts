import {
  OperationState,
  type Operation,
} from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { catalogued } from '../connection/call-error.ts';
import { Failure } from '../failure.ts';

/** Throws when an ended operation did not succeed. @param subject what it is about, for the sentence */
export function requireSuccess({ id, state, error }: Operation, subject: string): void {
  if (state === OperationState.OPERATION_STATE_SUCCEEDED) return;
  if (error === undefined) {
    const what = state === OperationState.OPERATION_STATE_CANCELLED ? 'was cancelled' : 'did not succeed';
    throw new Failure('cancelled', `${subject}: the operation ${what}.`, { details: { operation: id } });
  }
  const { code, message, leftBehind } = error;
  const details = { operation: id, ...(leftBehind.length > 0 && { leftBehind }) };
  const { exit } = catalogued(code, message, {});
  throw new Failure(code, `${subject}: ${message}`, {
    exit,
    reasons: leftBehind.map((what) => `left behind: ${what}`),
    details,
  });
}
