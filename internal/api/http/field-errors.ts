import type { Response } from 'express';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { FieldError } from '../../spec/spec.ts';
import { sendProblem } from './problem.ts';

/**
 * 400 with one entry in `errors` for each field that is wrong. The member `error` is what Elemento's newer hosts answer
 * with.
 */
export function sendFieldErrors(response: Response, errors: readonly FieldError[]): void {
  const paths = errors.map(({ path }) => (path === '' ? 'body' : path));
  const detail = errors.map(({ message }, i) => `${paths[i] ?? 'body'}: ${message}`).join(' ');
  sendProblem(response, new ProtiumError('argument-invalid', detail), 400, {
    error: `request was badly formatted. '${paths[0] ?? 'body'}'`,
    errors,
  });
}
