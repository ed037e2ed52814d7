import { ProtiumError } from '../errors/protium-error.ts';
import type { Logger } from '../observability/log.ts';
import type { Database } from '../store/database.ts';
import type { AuditStore, Draft } from './audit-store.ts';

/** Writes entries in the order that they are given; those that come together share one commit. */
export interface AuditWriter {
  /** Resolves with its sequence when it is on disk. Rejects with `audit-failed` when it cannot be written. */
  demand(draft: Draft): Promise<number>;
  /**
   * What has happened already. Resolves when it is on disk, or when that fails: it is then kept, and written before anything
   * that comes later.
   */
  tell(draft: Draft): Promise<void>;
  /** Writes what is left, if it can. */
  stop(): void;
}

interface Waiting {
  readonly draft: Draft;
  readonly demanded: boolean;
  readonly settle: (sequence: number) => void;
  readonly fail: (error: unknown) => void;
}

const retryMs = 1000;

export function createAuditWriter({
  store,
  database,
  log,
}: {
  readonly store: Pick<AuditStore, 'append'>;
  readonly database: Pick<Database, 'spendReserve' | 'restoreReserve'>;
  readonly log: Pick<Logger, 'error' | 'warn'>;
}): AuditWriter {
  let waiting: Waiting[] = [];
  /** Of events that have happened, not yet on disk. */
  let kept: Draft[] = [];
  let turn: NodeJS.Immediate | undefined;
  let retry: NodeJS.Timeout | undefined;
  let failing = false;

  const recovered = (): void => {
    clearInterval(retry);
    retry = undefined;
    if (!failing) return;
    failing = false;
    database.restoreReserve();
    log.warn({}, 'the audit record is written again');
  };

  /** @returns null: written, also with what was set aside for a full disk */
  const writeKept = (): unknown => {
    try {
      store.append(kept);
      kept = [];
      return null;
    } catch (error) {
      if (!database.spendReserve()) return error;
      return writeKept();
    }
  };

  const flush = (): void => {
    turn = undefined;
    const batch = waiting;
    waiting = [];
    const drafts = [...kept, ...batch.map(({ draft }) => draft)];
    if (drafts.length === 0) return;
    try {
      const sequences = store.append(drafts).slice(kept.length);
      kept = [];
      recovered();
      for (const [index, { settle }] of batch.entries()) settle(sequences[index] ?? 0);
    } catch (error) {
      failing = true;
      kept.push(...batch.filter(({ demanded }) => !demanded).map(({ draft }) => draft));
      const still = kept.length === 0 ? null : writeKept();
      if (still !== null) {
        log.error(
          { err: still, entries: kept.length },
          'the audit record cannot be written; changes are refused',
        );
        retry ??= setInterval(flush, retryMs).unref();
      }
      for (const { demanded, settle, fail } of batch) {
        if (demanded) fail(auditFailed(error));
        else settle(0);
      }
    }
  };

  const add = (draft: Draft, demanded: boolean): Promise<number> =>
    new Promise((settle, fail) => {
      waiting.push({ draft, demanded, settle, fail });
      turn ??= setImmediate(flush);
    });

  return {
    demand: (draft) => add(draft, true),
    async tell(draft) {
      await add(draft, false);
    },
    stop() {
      clearImmediate(turn);
      flush();
      clearInterval(retry);
    },
  };
}

function auditFailed(cause: unknown): ProtiumError {
  const why = cause instanceof ProtiumError ? cause.message : 'The log of the daemon says why.';
  return new ProtiumError(
    'audit-failed',
    `Nothing was changed, since it could not be written to the audit record. ${why}`,
    { cause },
  );
}
