import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Audit } from '../../../internal/audit/audit.ts';
import { createAudit } from '../../../internal/audit/create-audit.ts';
import type { Action, AuditEntry } from '../../../internal/audit/entry.ts';
import type { Database } from '../../../internal/store/database.ts';
import { openDatabaseFile } from '../../../internal/store/sqlite-database.ts';

const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };
export const project = 'a'.repeat(32);

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'protium-audit-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A database of its own for this test; the same path opens the same one again. */
export function openFor(path = ':memory:'): Database {
  const database = openDatabaseFile(path);
  onTestFinished(() => database.close());
  return database;
}

export function auditOf(
  database: Database,
  options: { readonly reads?: boolean; readonly directory?: string; readonly clock?: () => Date } = {},
): Audit {
  const audit = createAudit({
    database,
    log: silent,
    directory: options.directory ?? '/nowhere',
    reads: options.reads ?? false,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  onTestFinished(() => audit.stop());
  return audit;
}

export function action(more: Partial<Action> = {}): Action {
  return {
    actor: { user: 'anna', way: 'token', credential: 'k1', address: '192.0.2.7:50122', project },
    requestId: 'request-1',
    method: 'protium.v1.InstancesService/StartInstance',
    subject: { kind: 'instance', id: 'web1', project },
    ...more,
  };
}

/** All entries, oldest first. */
export function entriesOf(audit: Audit): readonly AuditEntry[] {
  return audit.list({ pageSize: 1000, pageToken: '', oldestFirst: true }).entries;
}

/** What an entry says, shortly. */
export function brief({ event, result, object, user }: AuditEntry): string {
  return [event, user, object, result].filter((text) => text !== '').join(' ');
}
