import { ProtiumError } from '../errors/protium-error.ts';
import type { Database } from '../store/database.ts';
import type { SqlValue } from '../store/sqlite.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { OperationError, OperationRecord, OperationState, StepRecord, StepState } from './model.ts';
import type { OperationPage, OperationQuery } from './operations.ts';
import { progressOf } from './record.ts';

/** The operations on disk. Every writing method is one transaction, and durable when it returns. */
export interface Journal {
  insert(record: OperationRecord, idempotencyKey: string | null): void;
  /** Writes what differs between two states of one operation. */
  update(before: OperationRecord, after: OperationRecord): void;
  get(id: string): OperationRecord | undefined;
  findByIdempotencyKey(key: string, owner: string | null): OperationRecord | undefined;
  /** Newest first. */
  list(query: OperationQuery): OperationPage;
  /** Those that have not ended, and those that have left something behind; oldest first. */
  unsettled(): OperationRecord[];
  /** Has an operation that began later and holds one of the same resources succeeded? */
  isSuperseded(id: string): boolean;
  /** Removes the operations that ended before `endedBefore`, and all but the newest `count` ended ones. */
  prune(endedBefore: string, count: number): void;
}

interface OperationRow {
  readonly sequence: number;
  readonly id: string;
  readonly kind: string;
  readonly state: OperationState;
  readonly input: string;
  readonly result: string;
  readonly error: string | null;
  readonly cancel_requested: number;
  readonly owner: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly ended_at: string | null;
}

interface StepRow {
  readonly name: string;
  readonly title: string;
  readonly state: StepState;
  readonly data: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
}

export function createJournal(database: Database): Journal {
  const insertOperation = database.prepare<{ sequence: number }>(
    `INSERT INTO operation (id, kind, state, input, result, error, cancel_requested, owner, idempotency_key,
       created_at, updated_at, ended_at)
     VALUES (:id, :kind, :state, :input, :result, :error, :cancel_requested, :owner, :idempotency_key,
       :created_at, :updated_at, :ended_at)
     RETURNING sequence`,
  );
  const insertStep = database.prepare(
    'INSERT INTO operation_step (operation, position, name, title, state, data) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const insertResource = database.prepare('INSERT INTO operation_resource (operation, key) VALUES (?, ?)');
  const updateOperation = database.prepare(
    `UPDATE operation SET state = :state, result = :result, error = :error, cancel_requested = :cancel_requested,
       updated_at = :updated_at, ended_at = :ended_at WHERE id = :id`,
  );
  const updateStep = database.prepare(
    `UPDATE operation_step SET state = :state, data = :data, started_at = :started_at, ended_at = :ended_at
     WHERE position = :position AND operation = (SELECT sequence FROM operation WHERE id = :id)`,
  );
  const byId = database.prepare<OperationRow>('SELECT * FROM operation WHERE id = ?');
  const byKey = database.prepare<OperationRow>(
    "SELECT * FROM operation WHERE idempotency_key = ? AND ifnull(owner, '') = ifnull(?, '')",
  );
  const unsettled = database.prepare<OperationRow>(
    `SELECT * FROM operation WHERE ended_at IS NULL
       OR sequence IN (SELECT operation FROM operation_step WHERE state = 'undo-failed') ORDER BY sequence`,
  );
  const stepsOf = database.prepare<StepRow>(
    'SELECT * FROM operation_step WHERE operation = ? ORDER BY position',
  );
  const resourcesOf = database.prepare<{ key: string }>(
    'SELECT key FROM operation_resource WHERE operation = ? ORDER BY key',
  );
  const superseded = database.prepare(
    `SELECT 1 FROM operation AS this
       JOIN operation_resource AS own ON own.operation = this.sequence
       JOIN operation_resource AS same ON same.key = own.key AND same.operation > own.operation
       JOIN operation AS later ON later.sequence = same.operation AND later.state = 'succeeded'
     WHERE this.id = ? LIMIT 1`,
  );
  const deleteOld = database.prepare(
    `DELETE FROM operation WHERE ended_at IS NOT NULL
       AND (ended_at < :endedBefore OR sequence <= (
         SELECT sequence FROM operation WHERE ended_at IS NOT NULL ORDER BY sequence DESC LIMIT 1 OFFSET :count))
       AND sequence NOT IN (SELECT operation FROM operation_step WHERE state = 'undo-failed')`,
  );

  function read(row: OperationRow): OperationRecord {
    const steps = stepsOf.all([row.sequence]).map(readStep);
    return {
      id: row.id,
      kind: row.kind,
      state: row.state,
      resources: resourcesOf.all([row.sequence]).map(({ key }) => key),
      input: JSON.parse(row.input) as JsonObject,
      result: JSON.parse(row.result) as JsonValue,
      error: row.error === null ? null : (JSON.parse(row.error) as OperationError),
      steps,
      progress: progressOf({ state: row.state, steps }),
      cancelRequested: row.cancel_requested === 1,
      owner: row.owner,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      endedAt: row.ended_at,
    };
  }

  return {
    insert(record, idempotencyKey) {
      database.transaction(() => {
        const inserted = insertOperation.get({
          ...changing(record),
          kind: record.kind,
          input: JSON.stringify(record.input),
          owner: record.owner,
          idempotency_key: idempotencyKey,
          created_at: record.createdAt,
        });
        const sequence = inserted?.sequence ?? null;
        for (const [position, { name, title, state, data }] of record.steps.entries())
          insertStep.run([sequence, position, name, title, state, JSON.stringify(data)]);
        for (const key of record.resources) insertResource.run([sequence, key]);
      });
    },

    update(before, after) {
      database.transaction(() => {
        updateOperation.run(changing(after));
        for (const [position, step] of after.steps.entries()) {
          if (step === before.steps[position]) continue;
          updateStep.run({
            id: after.id,
            position,
            state: step.state,
            data: JSON.stringify(step.data),
            started_at: step.startedAt,
            ended_at: step.endedAt,
          });
        }
      });
    },

    get(id) {
      const row = byId.get([id]);
      return row && read(row);
    },

    findByIdempotencyKey(key, owner) {
      const row = byKey.get([key, owner]);
      return row && read(row);
    },

    list(query) {
      const { where, values, limit } = conditions(query);
      // One more than asked for tells whether there is a next page.
      const rows = database
        .prepare<OperationRow>(`SELECT * FROM operation WHERE ${where} ORDER BY sequence DESC LIMIT ?`)
        .all([...values, limit + 1]);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        operations: page.map(read),
        next: rows.length > limit && last !== undefined ? String(last.sequence) : null,
      };
    },

    unsettled: () => unsettled.all().map(read),
    isSuperseded: (id) => superseded.get([id]) !== undefined,
    prune: (endedBefore, count) => void deleteOld.run({ endedBefore, count }),
  };
}

/** The columns of an operation that change, and its id. */
function changing(record: OperationRecord): Record<string, SqlValue> {
  return {
    id: record.id,
    state: record.state,
    result: JSON.stringify(record.result),
    error: record.error === null ? null : JSON.stringify(record.error),
    cancel_requested: record.cancelRequested ? 1 : 0,
    updated_at: record.updatedAt,
    ended_at: record.endedAt,
  };
}

function readStep(row: StepRow): StepRecord {
  return {
    name: row.name,
    title: row.title,
    state: row.state,
    data: JSON.parse(row.data) as JsonObject,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** The number of different texts is small, so the statements stay few. */
function conditions(query: OperationQuery): { where: string; values: SqlValue[]; limit: number } {
  const { limit = 100, after } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new ProtiumError('argument-invalid', 'The limit must be a whole number from 1 to 1000.', {
      details: { limit },
    });
  if (after !== undefined && !/^[1-9]\d{0,14}$/.test(after))
    throw new ProtiumError('argument-invalid', '"after" must be the "next" of the page before.', {
      details: { after },
    });
  const states = query.state === undefined ? undefined : [query.state].flat();
  const parts: [string, readonly SqlValue[]][] = [['true', []]];
  if (states !== undefined)
    parts.push(['state IN (SELECT value FROM json_each(?))', [JSON.stringify(states)]]);
  if (query.kind !== undefined) parts.push(['kind = ?', [query.kind]]);
  if (query.owner !== undefined) parts.push(['owner = ?', [query.owner]]);
  if (query.owners !== undefined)
    parts.push(['owner IN (SELECT value FROM json_each(?))', [JSON.stringify(query.owners)]]);
  if (query.resource !== undefined)
    parts.push(['sequence IN (SELECT operation FROM operation_resource WHERE key = ?)', [query.resource]]);
  if (after !== undefined) parts.push(['sequence < ?', [Number(after)]]);
  return {
    where: parts.map(([sql]) => sql).join(' AND '),
    values: parts.flatMap(([, values]) => values),
    limit,
  };
}
