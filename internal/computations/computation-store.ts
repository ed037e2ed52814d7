import type { ErrorCode } from '../errors/catalogue.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { Database } from '../store/database.ts';
import type { Computation, ComputationPage, ComputationQuery, ComputationState } from './model.ts';

/** What changes when a computation goes from one state to another. */
interface Settlement {
  readonly state: ComputationState;
  readonly agentAnswer?: string;
  readonly failure?: Computation['failure'];
  readonly updatedAt: number;
}

/** Where computations are kept. Every change is durable when the call returns. */
export interface ComputationStore {
  insert(computation: Computation, payload: Uint8Array): void;
  get(id: string): Computation | undefined;
  payload(id: string): Uint8Array | undefined;
  /** Newest first. Throws `argument-invalid` for an `after` that is no `next` of a page. */
  list(query: ComputationQuery): ComputationPage;
  delivering(): readonly Computation[];
  /** Makes the change only when the computation is still in state `from`; tells whether it was. */
  settle(id: string, from: ComputationState, change: Settlement): boolean;
  /** Expires all that are due at `now`; their ids. */
  expireDue(now: number): readonly string[];
  /** Removes what expired at or before that time. */
  pruneExpired(before: number): void;
  /** The earliest expiry of what is not expired yet; null: there is none. */
  nextExpiry(): number | null;
  /** The earliest expiry of what is expired and still listed; null: there is none. */
  oldestExpired(): number | null;
  /** Tells whether there was one. */
  remove(id: string): boolean;
}

interface Row {
  readonly sequence: number;
  readonly id: string;
  readonly form: Computation['form'];
  readonly manifest: string | null;
  readonly payload_bytes: number;
  readonly state: ComputationState;
  readonly agent_answer: string | null;
  readonly failure_code: ErrorCode | null;
  readonly failure_message: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly expires_at: number | null;
  readonly deliver_by: number | null;
}

const columns = `sequence, id, form, manifest, length(payload) AS payload_bytes, state, agent_answer, failure_code,
  failure_message, created_at, updated_at, expires_at, deliver_by`;

const defaultLimit = 100;

/** The table of the migration 0002-computations. */
export function createComputationStore(database: Database): ComputationStore {
  const insert = database.prepare(
    `INSERT INTO computation (id, form, manifest, payload, state, created_at, updated_at, expires_at, deliver_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = database.prepare<Row>(`SELECT ${columns} FROM computation WHERE id = ?`);
  const payload = database.prepare<{ payload: Uint8Array }>('SELECT payload FROM computation WHERE id = ?');
  const page = database.prepare<Row>(
    `SELECT ${columns} FROM computation
     WHERE sequence < :before AND (:states = '[]' OR state IN (SELECT value FROM json_each(:states)))
     ORDER BY sequence DESC LIMIT :limit`,
  );
  const delivering = database.prepare<Row>(
    `SELECT ${columns} FROM computation WHERE state = 'delivering' ORDER BY sequence`,
  );
  const settle = database.prepare(
    `UPDATE computation SET state = :state, agent_answer = :answer, failure_code = :code, failure_message = :message,
       updated_at = :at WHERE id = :id AND state = :from`,
  );
  const expire = database.prepare<{ id: string }>(
    `UPDATE computation SET state = 'expired', updated_at = :now
     WHERE state <> 'expired' AND expires_at <= :now RETURNING id`,
  );
  const prune = database.prepare("DELETE FROM computation WHERE state = 'expired' AND expires_at <= ?");
  const next = database.prepare<{ at: number | null }>(
    "SELECT min(expires_at) AS at FROM computation WHERE state <> 'expired' AND expires_at IS NOT NULL",
  );
  const oldest = database.prepare<{ at: number | null }>(
    "SELECT min(expires_at) AS at FROM computation WHERE state = 'expired'",
  );
  const remove = database.prepare('DELETE FROM computation WHERE id = ?');

  return {
    insert: (computation, bytes) => {
      const { id, form, manifest, state, createdAt, updatedAt, expiresAt, deliverBy } = computation;
      const json = manifest === null ? null : JSON.stringify(manifest);
      insert.run([id, form, json, bytes, state, createdAt, updatedAt, expiresAt, deliverBy]);
    },
    get: (id) => {
      const row = byId.get([id]);
      return row === undefined ? undefined : decode(row);
    },
    payload: (id) => payload.get([id])?.payload,
    list: ({ states = [], limit = defaultLimit, after }) => {
      const before = after === undefined ? Number.MAX_SAFE_INTEGER : sequenceOf(after);
      // One more than asked for, to know whether there is a next page.
      const rows = page.all({ before, states: JSON.stringify(states), limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        computations: shown.map(decode),
        next: rows.length > limit && last !== undefined ? String(last.sequence) : null,
      };
    },
    delivering: () => delivering.all().map(decode),
    settle: (id, from, { state, agentAnswer, failure, updatedAt }) =>
      settle.run({
        id,
        from,
        state,
        answer: agentAnswer ?? null,
        code: failure?.code ?? null,
        message: failure?.message ?? null,
        at: updatedAt,
      }) > 0,
    expireDue: (now) => expire.all({ now }).map(({ id }) => id),
    pruneExpired: (before) => void prune.run([before]),
    nextExpiry: () => next.get()?.at ?? null,
    oldestExpired: () => oldest.get()?.at ?? null,
    remove: (id) => remove.run([id]) > 0,
  };
}

function decode(row: Row): Computation {
  return {
    id: row.id,
    form: row.form,
    manifest: row.manifest === null ? null : (JSON.parse(row.manifest) as Computation['manifest']),
    payloadBytes: row.payload_bytes,
    state: row.state,
    agentAnswer: row.agent_answer,
    failure:
      row.failure_code === null ? null : { code: row.failure_code, message: row.failure_message ?? '' },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
    deliverBy: row.deliver_by,
  };
}

function sequenceOf(after: string): number {
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new ProtiumError(
    'argument-invalid',
    'There is no such page: give the token of the page before, unchanged.',
    {
      details: { field: 'after' },
    },
  );
}
