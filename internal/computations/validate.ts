import { ProtiumError } from '../errors/protium-error.ts';
import type { RunInput } from './model.ts';

/** `field` is the name on the wire, the same in JSON and in protobuf. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

const int32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** Every reason why this cannot be taken; none: it can. The rules are those of the Cocos manager. */
export function problemsOf(input: RunInput): readonly FieldProblem[] {
  if (input.form === 'blob') {
    return input.computation.length > 0 ? [] : [{ field: 'computation', message: 'must not be empty' }];
  }
  const { name, owner, datasets, algorithms, ttlSeconds } = input.manifest;
  const problems: FieldProblem[] = [];
  if (name === '') problems.push({ field: 'name', message: 'must not be empty' });
  if (owner === '') problems.push({ field: 'owner', message: 'must not be empty' });
  if (datasets.length === 0) problems.push({ field: 'datasets', message: 'must have at least one entry' });
  if (algorithms.length === 0)
    problems.push({ field: 'algorithms', message: 'must have at least one entry' });
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < int32.min || ttlSeconds > int32.max) {
    problems.push({ field: 'ttl', message: 'must be a whole number of seconds in 32 bits' });
  } else if (input.ttlRequired && ttlSeconds <= 0) {
    problems.push({ field: 'ttl', message: 'must be above 0' });
  }
  return problems;
}

/** Throws `argument-invalid` with all problems; the details name the fields. */
export function validate(input: RunInput): void {
  const problems = problemsOf(input);
  if (problems.length === 0) return;
  const sentences = problems.map(({ field, message }) => `${field} ${message}`);
  throw new ProtiumError('argument-invalid', `The computation cannot be taken: ${sentences.join('; ')}.`, {
    details: { fields: problems.map(({ field }) => field), problems: sentences },
  });
}
