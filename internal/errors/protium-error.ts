import { catalogue, type ErrorCode } from './catalogue.ts';
import { cutText } from './cut-text.ts';

export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Messages quote what somebody sent: never so much that an answer's header or the log cannot hold it. */
const longestMessage = 2000;

/**
 * An error of the catalogue. The message says what is wrong and what to do about it, for the person who asked;
 * `details` are the facts behind it (libvirt's code and text, the path, the members of a group ...).
 */
export class ProtiumError extends Error {
  override readonly name = 'ProtiumError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(
      cutText(message, longestMessage),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.details = options.details ?? {};
  }

  get retryable(): boolean {
    return catalogue[this.code].retryable;
  }
}
