import { fromLibvirt } from '../errors/from-libvirt.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { OperationError } from './model.ts';

export function cancelled(cause?: unknown): ProtiumError {
  return new ProtiumError('cancelled', 'The operation was cancelled, as asked.', { cause });
}

export function interrupted(): ProtiumError {
  return new ProtiumError(
    'interrupted',
    'The daemon is stopping. What is unfinished is settled when it starts again; then ask again.',
  );
}

/** For an operation that a restart has taken back. */
export function interruptedByRestart(): ProtiumError {
  return new ProtiumError(
    'interrupted',
    'The daemon stopped before the operation was complete, and took it back when it started again. Ask again.',
  );
}

/** What a step has thrown, as one of the catalogue. `title` as in Step. */
export function stepError(error: unknown, title: string): ProtiumError {
  return fromLibvirt(error, title);
}

export function toOperationError(error: ProtiumError): OperationError {
  return { code: error.code, message: error.message, details: error.details };
}

export function fromOperationError(error: OperationError, cause?: unknown): ProtiumError {
  return new ProtiumError(error.code, error.message, { cause, details: error.details });
}

/** The error with what is left behind, in place of what it said about that before. */
export function withLeftBehind(error: OperationError, leftBehind: readonly string[]): OperationError {
  const { leftBehind: _before, ...details } = error.details;
  return { ...error, details: leftBehind.length === 0 ? details : { ...details, leftBehind } };
}
