import { ProtiumError } from '../errors/protium-error.ts';
import type { Database } from '../store/database.ts';
import type { AnyOperationDefinition } from './definition.ts';
import { createJournal } from './journal.ts';
import { canonicalJson, jsonObjectCopy, type JsonValue } from './json.ts';
import { createKeyedLock } from './keyed-lock.ts';
import { createLauncher } from './launcher.ts';
import { LiveOperation, type EngineParts } from './live-operation.ts';
import { isFinal, type OperationRecord } from './model.ts';
import { newRecord } from './new-record.ts';
import { fromOperationError, interrupted, stepError } from './operation-error.ts';
import type {
  OperationHandle,
  Operations,
  OperationsOptions,
  RecoveryReport,
  StartOptions,
} from './operations.ts';
import { revive, unknownKind } from './recovery.ts';
import { createWatchers } from './watchers.ts';

const day = 24 * 3600 * 1000;
/** Ended operations are pruned each time that so many more have ended. */
const pruneEvery = 100;

/**
 * The engine of one database. One process has one engine; the database's directory is locked for it.
 *
 * @throws ProtiumError `internal` when two definitions have the same kind.
 */
export function createOperations(options: OperationsOptions & { readonly database: Database }): Operations {
  const { database, log } = options;
  const clock = options.clock ?? (() => new Date());
  const locks = options.locks ?? createKeyedLock();
  const { days = 30, count = 10_000 } = options.retention ?? {};
  const definitions = byKind(options.definitions);
  log.debug({ kinds: [...definitions.keys()] }, 'operations that this version knows');
  const journal = createJournal(database);
  const watchers = createWatchers(log);
  let stopped: Promise<void> | undefined;
  /** Aborted when stop() is through. */
  const stopping = new AbortController();
  let ended = 0;

  const parts: EngineParts = {
    database,
    journal,
    watchers,
    clock,
    log,
    onUnwritten: (operation) => launcher.keepUnwritten(operation),
    libvirtReturns: options.libvirtReturns ?? (() => Promise.resolve(false)),
  };
  const launcher = createLauncher({
    locks,
    parts,
    observe: options.observe,
    onEnd() {
      ended += 1;
      if (ended % pruneEvery === 0) prune();
    },
  });
  const { live } = launcher;

  function prune(): void {
    try {
      journal.prune(new Date(clock().getTime() - days * day).toISOString(), count);
    } catch (error) {
      log.warn({ err: error }, 'could not remove old operations from the journal');
    }
  }

  function get(id: string): OperationRecord | undefined {
    return live.get(id)?.record ?? journal.get(id);
  }

  function existing(id: string): OperationRecord {
    const record = get(id);
    if (record === undefined)
      throw new ProtiumError(
        'not-found',
        `There is no operation ${id}; ended ones are kept for ${days} days.`,
        {
          details: { operation: id },
        },
      );
    return record;
  }

  function wait(id: string, signal?: AbortSignal): Promise<OperationRecord> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const record = existing(id);
      if (isFinal(record.state)) {
        resolve(record);
        return;
      }
      if (stopping.signal.aborted) throw interrupted();
      const finish = (settle: () => void): void => {
        unwatch();
        stopping.signal.removeEventListener('abort', onStop);
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const onStop = (): void => finish(() => reject(interrupted()));
      const onAbort = (): void => finish(() => reject(signal?.reason as Error));
      const unwatch = watchers.watch(id, (changed) => {
        if (isFinal(changed.state)) finish(() => resolve(changed));
      });
      stopping.signal.addEventListener('abort', onStop);
      signal?.addEventListener('abort', onAbort);
    });
  }

  /** The handle of an operation that was started before with the same idempotency key. */
  function handleOf<Result>(record: OperationRecord): OperationHandle<Result> {
    const running = live.get(record.id);
    const done = running === undefined ? wait(record.id).then(outcomeOf) : running.done;
    done.catch(() => undefined);
    return { id: record.id, done: done as Promise<Result> };
  }

  function start<Result>(
    { kind }: { readonly kind: string },
    given: object,
    { owner = null, idempotencyKey = null }: { owner?: string | null; idempotencyKey?: string | null },
  ): OperationHandle<Result> {
    if (stopped !== undefined) throw interrupted();
    const definition = definitions.get(kind);
    if (definition === undefined)
      throw new ProtiumError('internal', `The engine was made without the operation "${kind}".`);
    const input = jsonObjectCopy(given, 'input');
    if (idempotencyKey !== null) {
      const before = journal.findByIdempotencyKey(idempotencyKey, owner);
      if (before !== undefined) {
        if (before.kind === kind && canonicalJson(before.input) === canonicalJson(input))
          return handleOf(before);
        throw new ProtiumError(
          'definition-conflict',
          `The idempotency key was used before for another request (operation ${before.id}). Use a new key for a new request.`,
          { details: { operation: before.id, kind: before.kind } },
        );
      }
    }
    const steps = definition.steps(input);
    const operation = new LiveOperation(
      parts,
      definition,
      steps,
      newRecord(definition, steps, input, owner, clock()),
    );
    journal.insert(operation.record, idempotencyKey);
    watchers.publish(operation.record);
    launcher.runNew(operation);
    return { id: operation.record.id, done: operation.done as Promise<Result> };
  }

  async function recover(): Promise<RecoveryReport> {
    if (stopped !== undefined) throw interrupted();
    prune();
    const settling = journal
      .unsettled()
      .filter(({ id }) => !live.has(id))
      .map((record) => ({ record, settled: recoverOne(record) }));
    const resumed: string[] = [];
    const undone: string[] = [];
    const unresolved: { id: string; error: ProtiumError }[] = [];
    for (const { record, settled } of settling) {
      const error = await settled;
      const now = get(record.id) ?? record;
      if (error === undefined) resumed.push(record.id);
      else if (isFinal(now.state) && !now.steps.some(({ state }) => state === 'undo-failed'))
        undone.push(record.id);
      else unresolved.push({ id: record.id, error });
    }
    return { resumed, undone, unresolved };
  }

  async function recoverOne(record: OperationRecord): Promise<ProtiumError | undefined> {
    const definition = definitions.get(record.kind);
    if (definition === undefined) return unknownKind(record.kind);
    let operation: LiveOperation;
    try {
      operation = revive(parts, definition, record);
    } catch (error) {
      return stepError(error, `read the journal of "${record.kind}"`);
    }
    log.info(
      { operation: record.id, kind: record.kind, state: record.state },
      'settling an unfinished operation',
    );
    return launcher.settle(operation);
  }

  async function stop(graceMs: number): Promise<void> {
    await launcher.stop(graceMs);
    stopping.abort();
    watchers.end();
  }

  return {
    locks,
    get,
    start: (definition, input, startOptions: StartOptions = {}) =>
      new Promise((resolve) => resolve(start(definition, input as object, startOptions))),
    list(query = {}) {
      const page = journal.list(query);
      return { ...page, operations: page.operations.map((record) => live.get(record.id)?.record ?? record) };
    },
    cancel: (id) =>
      new Promise((resolve) => {
        resolve(cancel(id));
      }),
    requireCancellable: (id) => void cancellable(id),
    wait: (id, { signal } = {}) => wait(id, signal),
    watch: (id, listener) => watchers.watch(id, listener),
    changes: (id, { signal } = {}) => ({
      [Symbol.asyncIterator]: () => watchers.changes(id === null ? null : existing(id), signal),
    }),
    recover,
    stop: ({ graceMs }) => (stopped ??= stop(graceMs)),
  };

  function cancel(id: string): OperationRecord {
    const operation = cancellable(id);
    operation?.requestCancel();
    return operation?.record ?? existing(id);
  }

  /** null: it is cancelled, or taken back, already. */
  function cancellable(id: string): LiveOperation | null {
    const record = existing(id);
    const operation = live.get(id);
    if (record.state === 'cancelled' || record.state === 'undoing') return null;
    if (isFinal(record.state) || operation?.hasNoWayBack === true) {
      const why = isFinal(record.state) ? `has ${record.state} already` : 'can no longer be taken back';
      throw new ProtiumError('state-conflict', `The operation ${id} ${why}.`, {
        details: { operation: id, state: record.state },
      });
    }
    if (operation === undefined) {
      throw new ProtiumError(
        'busy',
        `The operation ${id} waits to be settled after a restart; try again when it is under way.`,
        { details: { operation: id } },
      );
    }
    return operation;
  }
}

function byKind(definitions: readonly AnyOperationDefinition[]): ReadonlyMap<string, AnyOperationDefinition> {
  const map = new Map(definitions.map((definition) => [definition.kind, definition]));
  if (map.size !== definitions.length)
    throw new ProtiumError('internal', 'Two operation definitions have the same kind.');
  return map;
}

function outcomeOf(record: OperationRecord): JsonValue {
  if (record.error !== null) throw fromOperationError(record.error);
  return record.result;
}
