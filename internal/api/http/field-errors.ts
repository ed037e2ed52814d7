import type { Response } from 'express';
import { InvalidFields } from '../../errors/invalid-fields.ts';
import type { FieldError } from '../../spec/spec.ts';
import { sendProblem } from './problem.ts';

/**
 * 400 with one entry in `errors` for each field that is wrong. The member `error` is what Elemento's newer hosts answer
 * with.
 */
export function sendFieldErrors(response: Response, errors: readonly FieldError[]): void {
  const [first] = errors;
  const path = first === undefined || first.path === '' ? 'body' : first.path;
  sendProblem(response, new InvalidFields(errors), 400, {
    error: `request was badly formatted. '${path}'`,
    errors,
  });
}
