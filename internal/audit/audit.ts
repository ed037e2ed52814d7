import type { ProtiumError } from '../errors/protium-error.ts';
import type { Operations } from '../operations/operations.ts';
import type { ChainPlace } from './chain.ts';
import type { Action, Subject } from './entry.ts';
import type { AuditPage, AuditQuery } from './query.ts';

/** The record of who did what to which object, with which result. */
export interface Audit {
  /**
   * Does something that is recorded: that it is tried is on disk before it is, how it ended before this returns. Operations that
   * are begun on the way are told with it.
   *
   * @param told what the answer tells of the object, where the request could not; and how it ended, if not well
   * @throws ProtiumError `audit-failed` when it cannot be recorded: nothing was done then; and what the work throws
   */
  recorded<Answer>(
    action: Action,
    work: () => Answer | Promise<Answer>,
    told?: (answer: Answer) => Told,
  ): Promise<Answer>;
  /** Who was turned away. Where the record cannot be written, they are none the less. Many of one address are counted. */
  refused(action: Action, error: ProtiumError): Promise<void>;
  /** A read, where these are recorded; else nothing. @throws ProtiumError `audit-failed` */
  read(action: Action): Promise<void>;
  /** Whether this error stands in the record already. */
  knows(error: unknown): boolean;
  list(query: AuditQuery): AuditPage;
  /** Reads the whole record and follows its chain. @param known a place that was noted earlier, which it must lead through */
  verify(known?: ChainPlace, signal?: AbortSignal): Promise<AuditVerification>;
  /**
   * Moves the entries that were written before into a file.
   *
   * @param before ISO 8601, UTC
   * @throws ProtiumError `state-conflict` where the record is damaged or there is none that old
   */
  archive(action: Action, before: string, options: { readonly validateOnly: boolean }): Promise<AuditArchive>;
  /** Records from now on how operations begin and end, and what ended while nobody did. */
  follow(operations: Pick<Operations, 'watch' | 'get'>): void;
  stop(): void;
}

export interface Told extends Partial<Subject> {
  readonly result?: string;
}

export interface AuditVerification {
  /** How many are left in the database, and were read. */
  readonly entries: number;
  /** What the oldest of them follows; sequence 0: none was archived. */
  readonly base: ChainPlace;
  /** Where the chain ends, or breaks: note it elsewhere, and nobody can change what led there unseen. */
  readonly head: ChainPlace;
  /** What is wrong; null: nothing. */
  readonly problem: string | null;
}

export interface AuditArchive {
  /** Null: a dry run. */
  readonly file: string | null;
  readonly sha256: string;
  readonly entries: number;
  readonly first: number;
  readonly last: number;
}
