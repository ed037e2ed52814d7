import type { SqlValue } from '../store/sqlite.ts';
import type { EndAction, LeaseDemand, LeaseLaunch, LeaseState } from './lease.ts';
import type { GivenWarning, LeaseRecord } from './lease-record.ts';

/** A row of the table `lease`. */
export interface LeaseRow {
  readonly id: string;
  readonly owner: string;
  readonly creator: string | null;
  readonly name: string;
  readonly starts_at: number;
  readonly ends_at: number;
  readonly demand: string;
  readonly state: string;
  readonly launch: string | null;
  readonly end_action: string;
  readonly grace_ms: number;
  readonly warn_before: string;
  readonly devices: string;
  readonly held: string | null;
  readonly instance: string | null;
  readonly recurrence: string | null;
  readonly problem: string | null;
  readonly warned: string | null;
  readonly attempts: number;
  readonly retry_at: number;
  readonly boot_id: string | null;
  readonly created_at: number;
  readonly version: number;
}

export function decodeLease(row: LeaseRow): LeaseRecord {
  return {
    id: row.id,
    owner: row.owner,
    ...(row.creator === null ? {} : { creator: row.creator }),
    name: row.name,
    interval: { start: row.starts_at, end: row.ends_at },
    demand: JSON.parse(row.demand) as LeaseDemand,
    state: row.state as LeaseState,
    launch: row.launch === null ? null : (JSON.parse(row.launch) as LeaseLaunch),
    endAction: row.end_action as EndAction,
    graceMs: row.grace_ms,
    warnBeforeMs: JSON.parse(row.warn_before) as number[],
    devices: JSON.parse(row.devices) as string[],
    held: row.held === null ? null : (JSON.parse(row.held) as LeaseRecord['held']),
    instance: row.instance,
    recurrence: row.recurrence,
    problem: row.problem,
    warned: row.warned === null ? null : (JSON.parse(row.warned) as GivenWarning),
    attempts: row.attempts,
    retryAt: row.retry_at,
    bootId: row.boot_id,
    createdAt: row.created_at,
    version: row.version,
  };
}

/** What an update writes; an insert adds who made it and when. */
export function encodeLease(lease: LeaseRecord): Record<string, SqlValue> {
  return {
    id: lease.id,
    name: lease.name,
    startsAt: lease.interval.start,
    endsAt: lease.interval.end,
    demand: JSON.stringify(lease.demand),
    state: lease.state,
    launch: lease.launch === null ? null : JSON.stringify(lease.launch),
    endAction: lease.endAction,
    graceMs: lease.graceMs,
    warnBefore: JSON.stringify(lease.warnBeforeMs),
    devices: JSON.stringify(lease.devices),
    held: lease.held === null ? null : JSON.stringify(lease.held),
    instance: lease.instance,
    recurrence: lease.recurrence,
    problem: lease.problem,
    warned: lease.warned === null ? null : JSON.stringify(lease.warned),
    attempts: lease.attempts,
    retryAt: lease.retryAt,
    bootId: lease.bootId,
    version: lease.version,
  };
}
