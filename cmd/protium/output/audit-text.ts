import type { AuditEntry as Kept, AuditEvent as Event } from '../../../internal/audit/entry.ts';
import { AuditEvent, type AuditEntry } from '../../../internal/api/grpc/generated/protium/v1/audit.ts';
import { formatTable } from './table.ts';
import { formatTime } from './units.ts';

/** Names of the events, for options and tables. */
export const eventNames: ReadonlyMap<Event, AuditEvent> = new Map([
  ['attempt', AuditEvent.AUDIT_EVENT_ATTEMPT],
  ['outcome', AuditEvent.AUDIT_EVENT_OUTCOME],
  ['refusal', AuditEvent.AUDIT_EVENT_REFUSAL],
  ['read', AuditEvent.AUDIT_EVENT_READ],
  ['operation-begun', AuditEvent.AUDIT_EVENT_OPERATION_BEGUN],
  ['operation-ended', AuditEvent.AUDIT_EVENT_OPERATION_ENDED],
  ['archive', AuditEvent.AUDIT_EVENT_ARCHIVE],
]);

/** A line an entry. */
export function auditTable(entries: readonly AuditEntry[]): string {
  return formatTable(
    ['SEQUENCE', 'TIME', 'EVENT', 'USER', 'FROM', 'METHOD', 'OBJECT', 'RESULT', 'OPERATION'],
    entries.map((entry) =>
      [
        String(entry.sequence),
        formatTime(entry.time),
        eventName(entry.event),
        entry.user === '' ? entry.way : entry.user,
        entry.address,
        entry.method.replace(/^protium\.v1\./, ''),
        [entry.objectKind, entry.object].filter((text) => text !== '').join('/'),
        entry.count > 1 ? `${entry.result} (${entry.count} times)` : entry.result,
        entry.operations.join(' '),
      ].map((text) => ({ text })),
    ),
  );
}

/** An entry as archives have it: one line of JSON, whose hash can be checked. */
export function auditLine(entry: AuditEntry): string {
  const kept: Kept = {
    sequence: Number(entry.sequence),
    time: entry.time?.toISOString() ?? '',
    event: eventName(entry.event) as Event,
    requestId: entry.requestId,
    user: entry.user,
    way: entry.way,
    credential: entry.credential,
    address: entry.address,
    method: entry.method,
    objectKind: entry.objectKind,
    object: entry.object,
    project: entry.project,
    result: entry.result,
    operation: entry.operations.join(' '),
    attempt: Number(entry.attempt),
    count: entry.count,
    hash: entry.hash,
  };
  return `${JSON.stringify(kept)}\n`;
}

function eventName(event: AuditEvent): string {
  for (const [name, value] of eventNames) if (value === event) return name;
  return String(event);
}
