import type { Exit } from './exit-codes.ts';

export interface FailureOptions {
  readonly exit?: Exit;
  /** Shown as a list below the sentence. */
  readonly reasons?: readonly string[];
  /** Facts, for JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Why a command could not be done, for the person who gave it. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** Of the error catalogue, or one of the program's own. */
  readonly code: string;
  readonly exit: Exit;
  readonly reasons: readonly string[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exit = options.exit ?? 'failed';
    this.reasons = options.reasons ?? [];
    this.details = options.details ?? {};
  }
}
