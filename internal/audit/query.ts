import { invalidArgument } from '../errors/invalid-argument.ts';
import type { Database } from '../store/database.ts';
import type { SqlValue } from '../store/sqlite.ts';
import { selection } from './audit-store.ts';
import type { AuditEntry, AuditEvent } from './entry.ts';

/** What is asked for; absent: whatever it is. */
export interface AuditQuery {
  readonly user?: string;
  /** Its name or id, or that with its kind: `instance/web1`. */
  readonly object?: string;
  /** All of it, or its beginning up to a `/`. */
  readonly method?: string;
  readonly result?: string;
  readonly operation?: string;
  readonly requestId?: string;
  readonly events?: readonly AuditEvent[];
  readonly from?: string;
  readonly to?: string;
  /** Entries of other projects are not told. */
  readonly projects?: readonly string[];
  readonly oldestFirst?: boolean;
  /** 1 to 1000; 0: 100. */
  readonly pageSize: number;
  readonly pageToken: string;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** Empty on the last. */
  readonly nextPageToken: string;
}

/** @throws ProtiumError `argument-invalid` */
export function listAuditEntries(database: Database, query: AuditQuery): AuditPage {
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const where = (condition: string, ...given: readonly SqlValue[]): void => {
    conditions.push(condition);
    values.push(...given);
  };
  const anyOf = (column: string, texts: readonly string[]): void =>
    where(`${column} IN (${texts.map(() => '?').join(', ')})`, ...texts);
  if (query.user !== undefined) where('user = ?', query.user);
  if (query.object !== undefined) {
    where("(object = ? OR object_kind || '/' || object = ?)", query.object, query.object);
  }
  if (query.method !== undefined) {
    where(
      "(method = ? OR substr(method, 1, ?) = ? || '/')",
      query.method,
      query.method.length + 1,
      query.method,
    );
  }
  if (query.result !== undefined) where('result = ?', query.result);
  if (query.operation !== undefined) {
    where("instr(' ' || operation || ' ', ' ' || ? || ' ') > 0", query.operation);
  }
  if (query.requestId !== undefined) where('request_id = ?', query.requestId);
  if (query.events !== undefined) anyOf('event', query.events);
  if (query.projects !== undefined) anyOf('project', query.projects);
  if (query.from !== undefined) where('time >= ?', query.from);
  if (query.to !== undefined) where('time < ?', query.to);
  if (query.pageToken !== '') {
    where(query.oldestFirst === true ? 'sequence > ?' : 'sequence < ?', placeOf(query.pageToken));
  }
  const size = query.pageSize === 0 ? 100 : query.pageSize;
  const found = database
    .prepare<AuditEntry>(
      `SELECT ${selection} FROM audit_entry ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
       ORDER BY sequence ${query.oldestFirst === true ? 'ASC' : 'DESC'} LIMIT ?`,
    )
    .all([...values, size + 1]);
  const entries = found.slice(0, size);
  const last = entries.at(-1);
  const more = found.length > size && last !== undefined;
  return { entries, nextPageToken: more ? String(last.sequence) : '' };
}

function placeOf(token: string): number {
  if (/^[1-9]\d{0,14}$/.test(token)) return Number(token);
  throw invalidArgument('page_token', 'This is no next_page_token of an answer.');
}
