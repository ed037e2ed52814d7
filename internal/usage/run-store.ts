import type { Database } from '../store/database.ts';
import type { Run } from './run.ts';

/** Which runs; times in milliseconds since 1970. */
export interface RunQuery {
  readonly owner?: string;
  /** Runs that were still going on then, or later. */
  readonly from?: number;
  /** Runs that had begun before. */
  readonly to?: number;
}

/** The runs of instances. Every change is durable when the call returns. */
export interface RunStore {
  /** By start. What an open one has run since it was last written is not in it. */
  list(query: RunQuery): readonly Run[];
  open(): readonly Run[];
  /** Inserts or replaces all of them, or none. */
  write(runs: readonly Run[]): void;
  /** Those of a flavor whose price is not known. */
  unpriced(): readonly Run[];
  setPrice(id: string, pricePerHour: number): void;
  /** When the last run of the instance ended; null: it has none that did. */
  lastEndOf(instance: string): number | null;
  /** What the instance cost when it was launched with this flavor; null: it was not, or nobody knew. */
  firstPriceOf(instance: string, flavor: string): number | null;
}

interface Row {
  readonly id: string;
  readonly owner: string;
  readonly instance: string;
  readonly name: string;
  readonly tag: string | null;
  readonly flavor: string | null;
  readonly subscription: string | null;
  readonly price_per_hour: number | null;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly ran: number;
  readonly boot_id: string;
  readonly domain_id: number;
  readonly seen_uptime: number;
  readonly seen_at: number;
}

/** The table of the migration 0011-usage. */
export function createRunStore(database: Database): RunStore {
  const columns = [
    'id',
    'owner',
    'instance',
    'name',
    'tag',
    'flavor',
    'subscription',
    'price_per_hour',
    'started_at',
    'ended_at',
    'ran',
    'boot_id',
    'domain_id',
    'seen_uptime',
    'seen_at',
  ];
  const list = database.prepare<Row>(
    `SELECT * FROM usage_run
     WHERE (:owner IS NULL OR owner = :owner)
       AND (:until IS NULL OR started_at < :until)
       AND (:since IS NULL OR ended_at IS NULL OR ended_at >= :since)
     ORDER BY started_at, ended_at IS NULL, ended_at, id`,
  );
  const open = database.prepare<Row>('SELECT * FROM usage_run WHERE ended_at IS NULL');
  const unpriced = database.prepare<Row>('SELECT * FROM usage_run WHERE price_per_hour IS NULL');
  const setPrice = database.prepare('UPDATE usage_run SET price_per_hour = ? WHERE id = ?');
  const put = database.prepare(
    `INSERT INTO usage_run (${columns.join(', ')}) VALUES (${columns.map((name) => `:${name}`).join(', ')})
     ON CONFLICT (id) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}`,
  );
  const lastEnd = database.prepare<{ at: number | null }>(
    'SELECT max(ended_at) AS at FROM usage_run WHERE instance = ?',
  );
  const firstPrice = database.prepare<{ price_per_hour: number }>(
    `SELECT price_per_hour FROM usage_run
     WHERE instance = ? AND flavor = ? AND subscription IS NULL AND price_per_hour IS NOT NULL
     ORDER BY started_at LIMIT 1`,
  );
  return {
    list: ({ owner = null, from = null, to = null }) =>
      list.all({ owner, since: from, until: to }).map(decode),
    open: () => open.all().map(decode),
    write: (runs) =>
      database.transaction(() => {
        for (const run of runs) put.run({ ...encode(run) });
      }),
    unpriced: () => unpriced.all().map(decode),
    setPrice: (id, pricePerHour) => void setPrice.run([pricePerHour, id]),
    lastEndOf: (instance) => lastEnd.get([instance])?.at ?? null,
    firstPriceOf: (instance, flavor) => firstPrice.get([instance, flavor])?.price_per_hour ?? null,
  };
}

function encode(run: Run): Row {
  const { moment, domainId } = run.seen;
  return {
    id: run.id,
    owner: run.owner,
    instance: run.instance,
    name: run.name,
    tag: run.tag,
    flavor: run.flavor,
    subscription: run.subscription,
    price_per_hour: run.pricePerHour,
    started_at: Math.round(run.startedAt),
    ended_at: run.endedAt === null ? null : Math.round(run.endedAt),
    ran: Math.round(run.ran),
    boot_id: moment.bootId,
    domain_id: domainId,
    seen_uptime: Math.round(moment.uptime),
    seen_at: Math.round(moment.wall),
  };
}

function decode(row: Row): Run {
  return {
    id: row.id,
    owner: row.owner,
    instance: row.instance,
    name: row.name,
    tag: row.tag,
    flavor: row.flavor,
    subscription: row.subscription,
    pricePerHour: row.price_per_hour,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    ran: row.ran,
    seen: {
      moment: { wall: row.seen_at, uptime: row.seen_uptime, bootId: row.boot_id },
      domainId: row.domain_id,
    },
  };
}
