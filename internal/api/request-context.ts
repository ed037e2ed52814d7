import type { Caller } from '../identity/caller.ts';

/** What every request brings, whichever protocol it came by. */
export interface RequestContext {
  /** Stands in the log lines and in the answer's metadata. */
  readonly requestId: string;
  readonly caller: Caller;
  /** Aborted when the client went away, its deadline passed or the server stops. */
  readonly signal: AbortSignal;
  /** When the client gives up; undefined: it did not say. */
  readonly deadline?: Date | undefined;
}
