import type { Response } from 'express';
import { catalogue } from '../../errors/catalogue.ts';
import { escapedFromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { sendJson } from './json.ts';

/** RFC 9457 problem details, with our stable `code`. */
interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly instance: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An unexpected error that is not libvirt's is hidden from the caller: its text belongs in the log only. */
export function asProtiumError(error: unknown): ProtiumError {
  if (error instanceof ProtiumError) return error;
  return (
    escapedFromLibvirt(error) ??
    new ProtiumError('internal', 'Protium failed; the log entry of this request says why.', { cause: error })
  );
}

/**
 * Sends an error as problem+json. `status` overrides the catalogue's, for a dialect that has its own; `members` are added
 * to the problem's own.
 */
export function sendProblem(
  response: Response,
  error: ProtiumError,
  status: number = catalogue[error.code].http,
  members: Readonly<Record<string, unknown>> = {},
): void {
  const entry = catalogue[error.code];
  const problem: Problem = {
    type: `https://protium.dev/errors#${error.code}`,
    title: entry.title,
    status,
    detail: error.message,
    code: error.code,
    retryable: entry.retryable,
    instance: `urn:protium:request:${String(response.locals['requestId'])}`,
    ...(Object.keys(error.details).length > 0 ? { details: error.details } : {}),
  };
  // The rest of a body that was too large is not read: the connection cannot be used again.
  if (error.code === 'body-too-large') response.set('Connection', 'close');
  sendJson(response, status, { ...problem, ...members }, 'application/problem+json');
}
