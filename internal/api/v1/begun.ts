import { invalidArgument } from '../../errors/invalid-argument.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Operations } from '../../operations/operations.ts';
import type { Operation } from '../grpc/generated/protium/v1/operations.ts';
import { encodeOperation } from './operations.ts';

/** The answer of a method that has begun an operation. @param id null: it was a dry run */
export function begun(
  operations: Pick<Operations, 'get'>,
  id: string | null,
): { readonly operation: Operation | undefined } {
  if (id === null) return { operation: undefined };
  const record = operations.get(id);
  if (record === undefined) throw new ProtiumError('internal', `The operation ${id} is gone.`);
  return { operation: encodeOperation(record) };
}

/** What a request says of how it is to be done. Throws `argument-invalid`. */
export function changeOf(request: { readonly validateOnly: boolean; readonly idempotencyKey?: string }): {
  readonly validateOnly: boolean;
  readonly idempotencyKey?: string;
} {
  const { validateOnly, idempotencyKey = '' } = request;
  if (idempotencyKey === '') return { validateOnly };
  if (!/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    throw invalidArgument('idempotency_key', 'A key has 1 to 255 visible ASCII characters.');
  }
  return { validateOnly, idempotencyKey };
}

/** How old the live view is, as answers tell it. */
export function viewAge(ageMs: number | null): bigint | undefined {
  return ageMs === null ? undefined : BigInt(Math.round(ageMs));
}
