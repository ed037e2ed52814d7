import type { Database } from '../store/database.ts';
import type { LeaseState } from './lease.ts';
import { isLive, type LeaseRecord } from './lease-record.ts';
import { decodeLease, encodeLease, type LeaseRow } from './lease-row.ts';

export interface LeaseQuery {
  readonly owner?: string;
  /** Empty: all. */
  readonly states: readonly LeaseState[];
  /** Only those that meet [from, until). */
  readonly from?: number;
  readonly until?: number;
  readonly recurrence?: string;
  readonly instance?: string;
  /** The place in the order after which to go on. */
  readonly after?: { readonly start: number; readonly id: string };
  readonly limit: number;
}

/** By which a create that comes again is known. */
export interface CreateKey {
  readonly key: string;
  readonly digest: string;
}

/** What may change of a lease. */
export type LeaseChange = Partial<Omit<LeaseRecord, 'id' | 'owner' | 'creator' | 'createdAt' | 'version'>>;

/** The leases. Every change is durable when the call returns; those that are not over are kept in memory too. */
export interface LeaseStore {
  /** Not over, in no order. */
  live(): readonly LeaseRecord[];
  /** Of these, those that have a part of the host already, or an instance. */
  bound(): readonly LeaseRecord[];
  /** Of these, those that name devices and have none yet. */
  naming(): readonly LeaseRecord[];
  /** The owner's that ended after a time. */
  endedOf(owner: string, since: number): readonly LeaseRecord[];
  /** Likewise of those that the user made, in all projects. */
  endedMadeBy(creator: string, since: number): readonly LeaseRecord[];
  /** Over or not. */
  get(id: string): LeaseRecord | undefined;
  /** By start, then id. */
  list(query: LeaseQuery): readonly LeaseRecord[];
  /** What the key of the owner's made, and the digest of that request. */
  byKey(
    owner: string,
    key: string,
  ): { readonly digest: string; readonly leases: readonly LeaseRecord[] } | null;
  /** All of them or none. */
  insert(leases: readonly LeaseRecord[], key: CreateKey | null): void;
  /** Its version grows. */
  update(id: string, change: LeaseChange): LeaseRecord;
  /**
   * Deletes leases that were over before then, a number of them at once; how long they had devices stays known.
   *
   * @returns how many there were: as many as asked for, and there may be more
   */
  prune(before: number, most: number): number;
  /** How many hours each device was leased, in leases that are over. */
  deviceHours(): ReadonlyMap<string, number>;
  /** Grows with each change. */
  revision(): number;
}

/** The table of the migrations 0013-leases and 0022-user-quotas. */
export function createLeaseStore(database: Database): LeaseStore {
  const byId = database.prepare<LeaseRow>('SELECT * FROM lease WHERE id = ?');
  const keyed = database.prepare<LeaseRow & { request_digest: string }>(
    'SELECT * FROM lease WHERE owner = ? AND idempotency_key = ? ORDER BY starts_at, id',
  );
  const insert = database.prepare(
    `INSERT INTO lease (id, owner, creator, name, starts_at, ends_at, demand, state, launch, end_action, grace_ms, warn_before, devices,
       held, instance, recurrence, problem, warned, attempts, retry_at, boot_id, created_at, version, idempotency_key, request_digest)
     VALUES (:id, :owner, :creator, :name, :startsAt, :endsAt, :demand, :state, :launch, :endAction, :graceMs, :warnBefore, :devices,
       :held, :instance, :recurrence, :problem, :warned, :attempts, :retryAt, :bootId, :createdAt, :version, :key, :digest)`,
  );
  const update = database.prepare(
    `UPDATE lease SET name = :name, starts_at = :startsAt, ends_at = :endsAt, demand = :demand, state = :state, launch = :launch,
       end_action = :endAction, grace_ms = :graceMs, warn_before = :warnBefore, devices = :devices, held = :held,
       instance = :instance, recurrence = :recurrence, problem = :problem, warned = :warned, attempts = :attempts,
       retry_at = :retryAt, boot_id = :bootId, version = :version WHERE id = :id`,
  );
  const listed = database.prepare<LeaseRow>(
    `SELECT * FROM lease
     WHERE (:owner IS NULL OR owner = :owner)
       AND (:states = '' OR instr(:states, ',' || state || ',') > 0)
       AND (:from IS NULL OR ends_at > :from)
       AND (:until IS NULL OR starts_at < :until)
       AND (:recurrence IS NULL OR recurrence = :recurrence)
       AND (:instance IS NULL OR instance = :instance)
       AND (:afterStart IS NULL OR starts_at > :afterStart OR (starts_at = :afterStart AND id > :afterId))
     ORDER BY starts_at, id LIMIT :limit`,
  );
  const live = new Map<string, LeaseRecord>(
    database
      .prepare<LeaseRow>("SELECT * FROM lease WHERE state IN ('pending', 'active', 'ending')")
      .all()
      .map((row) => [row.id, decodeLease(row)]),
  );
  const used = database.prepare<Pick<LeaseRow, 'devices' | 'starts_at' | 'ends_at'>>(
    "SELECT devices, starts_at, ends_at FROM lease WHERE state = 'ended' AND devices <> '[]'",
  );
  const past = database.prepare<Pick<LeaseRow, 'id' | 'state' | 'devices' | 'starts_at' | 'ends_at'>>(
    `SELECT id, state, devices, starts_at, ends_at FROM lease
     WHERE state IN ('ended', 'cancelled', 'failed') AND ends_at < ? ORDER BY ends_at LIMIT ?`,
  );
  const forget = database.prepare('DELETE FROM lease WHERE id = ?');
  const keptHours = database.prepare<{ device: string; hours: number }>(
    'SELECT device, hours FROM lease_device_hours',
  );
  const addHours = database.prepare(
    `INSERT INTO lease_device_hours (device, hours) VALUES (?, ?)
     ON CONFLICT (device) DO UPDATE SET hours = hours + excluded.hours`,
  );
  let hours: Map<string, number> | null = null;
  const count = (into: Map<string, number>, devices: readonly string[], ms: number): void => {
    for (const device of devices) into.set(device, (into.get(device) ?? 0) + ms / 3_600_000);
  };
  const ended = database.prepare<LeaseRow>(
    "SELECT * FROM lease WHERE owner = ? AND state = 'ended' AND ends_at > ? ORDER BY ends_at",
  );
  const endedByCreator = database.prepare<LeaseRow>(
    "SELECT * FROM lease WHERE creator = ? AND state = 'ended' AND ends_at > ? ORDER BY ends_at",
  );
  let all: readonly LeaseRecord[] | null = null;
  const bound = new Map<string, LeaseRecord>();
  const naming = new Map<string, LeaseRecord>();
  const sort = (lease: LeaseRecord): void => {
    const { id, held, instance, demand } = lease;
    const isBound = isLive(lease) && (held !== null || instance !== null);
    if (isBound) bound.set(id, lease);
    else bound.delete(id);
    if (isLive(lease) && !isBound && demand.namedDevices.length > 0) naming.set(id, lease);
    else naming.delete(id);
  };
  for (const lease of live.values()) sort(lease);
  let revision = 0;
  const keep = (lease: LeaseRecord): void => {
    if (isLive(lease)) live.set(lease.id, lease);
    else live.delete(lease.id);
    sort(lease);
    all = null;
    revision += 1;
  };
  const get = (id: string): LeaseRecord | undefined => {
    const row = live.has(id) ? undefined : byId.get([id]);
    return live.get(id) ?? (row === undefined ? undefined : decodeLease(row));
  };
  return {
    bound: () => [...bound.values()],
    naming: () => [...naming.values()],
    endedOf: (owner, since) => ended.all([owner, since]).map(decodeLease),
    endedMadeBy: (creator, since) => endedByCreator.all([creator, since]).map(decodeLease),
    live: () => (all ??= [...live.values()]),
    get,
    list({ owner, states, from, until, recurrence, instance, after, limit }) {
      return listed
        .all({
          owner: owner ?? null,
          states: states.length === 0 ? '' : `,${states.join(',')},`,
          from: from ?? null,
          until: until ?? null,
          recurrence: recurrence ?? null,
          instance: instance ?? null,
          afterStart: after?.start ?? null,
          afterId: after?.id ?? null,
          limit,
        })
        .map(decodeLease);
    },
    byKey(owner, key) {
      const rows = keyed.all([owner, key]);
      const first = rows[0];
      return first === undefined ? null : { digest: first.request_digest, leases: rows.map(decodeLease) };
    },
    insert(leases, key) {
      database.transaction(() => {
        for (const lease of leases) {
          insert.run({
            ...encodeLease(lease),
            createdAt: lease.createdAt,
            owner: lease.owner,
            creator: lease.creator ?? null,
            key: key?.key ?? null,
            digest: key?.digest ?? null,
          });
        }
      });
      for (const lease of leases) keep(lease);
    },
    update(id, change) {
      const before = get(id);
      if (before === undefined) throw new Error(`there is no lease ${id}`);
      const after: LeaseRecord = { ...before, ...change, version: before.version + 1 };
      update.run(encodeLease(after));
      if (after.state === 'ended' && before.state !== 'ended' && hours !== null) {
        count(hours, after.devices, after.interval.end - after.interval.start);
      }
      keep(after);
      return after;
    },
    prune(before, most) {
      const rows = past.all([before, most]);
      database.transaction(() => {
        const spent = new Map<string, number>();
        for (const { id, state, devices, starts_at: start, ends_at: end } of rows) {
          if (state === 'ended') count(spent, JSON.parse(devices) as string[], end - start);
          forget.run([id]);
        }
        for (const [device, of] of spent) addHours.run([device, of]);
      });
      return rows.length;
    },
    deviceHours() {
      if (hours === null) {
        hours = new Map(keptHours.all().map((row) => [row.device, row.hours]));
        for (const row of used.all())
          count(hours, JSON.parse(row.devices) as string[], row.ends_at - row.starts_at);
      }
      return hours;
    },
    revision: () => revision,
  };
}
