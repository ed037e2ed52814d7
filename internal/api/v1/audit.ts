import type { Audit, AuditVerification } from '../../audit/audit.ts';
import type { AuditEntry as Kept, AuditEvent as Event } from '../../audit/entry.ts';
import type { AuditQuery } from '../../audit/query.ts';
import { subjectOf } from '../../audit/subject.ts';
import { requireAdministrator, visibleProjects } from '../../audit/visible.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import {
  AuditEvent,
  AuditServiceClient,
  type AuditEntry,
  type AuditServiceServer,
  type ListAuditEntriesRequest,
  type VerifyAuditResponse,
} from '../grpc/generated/protium/v1/audit.ts';
import { pageOf } from './page.ts';
import { v1Service, type V1Service } from './service.ts';
import { stateNames } from './state-names.ts';

const events = stateNames<Event, AuditEvent>({
  attempt: AuditEvent.AUDIT_EVENT_ATTEMPT,
  outcome: AuditEvent.AUDIT_EVENT_OUTCOME,
  refusal: AuditEvent.AUDIT_EVENT_REFUSAL,
  read: AuditEvent.AUDIT_EVENT_READ,
  'operation-begun': AuditEvent.AUDIT_EVENT_OPERATION_BEGUN,
  'operation-ended': AuditEvent.AUDIT_EVENT_OPERATION_ENDED,
  archive: AuditEvent.AUDIT_EVENT_ARCHIVE,
});

/** protium.v1.AuditService. */
export function auditService(audit: Pick<Audit, 'list' | 'verify' | 'archive'>): V1Service {
  return v1Service<AuditServiceServer>(AuditServiceClient, {
    listAuditEntries: (request, { caller }) => {
      const projects = visibleProjects(caller);
      const { entries, nextPageToken } = audit.list({
        ...queryOf(request),
        ...(projects !== null && { projects }),
      });
      return { entries: entries.map(encode), nextPageToken };
    },
    verifyAudit: async ({ knownSequence, knownHash }, { caller, signal }) => {
      requireAdministrator(caller);
      if (knownSequence === 0n && knownHash === '')
        return encodeVerification(await audit.verify(undefined, signal));
      if (!/^[0-9a-f]{64}$/.test(knownHash)) {
        throw invalidArgument('known_hash', 'A hash has 64 hexadecimal digits, in lower case.');
      }
      const known = { sequence: Number(knownSequence), hash: knownHash };
      return encodeVerification(await audit.verify(known, signal));
    },
    archiveAuditEntries: async (request, { caller, requestId }) => {
      requireAdministrator(caller);
      const { before, validateOnly } = request;
      if (before === undefined)
        throw invalidArgument('before', 'Say what is old: everything that was written before.');
      const method = `${AuditServiceClient.serviceName}/ArchiveAuditEntries`;
      const subject = subjectOf(AuditServiceClient.serviceName, request, caller.project);
      const action = { actor: caller, requestId, method, subject };
      const made = await audit.archive(action, before.toISOString(), { validateOnly });
      return {
        file: made.file ?? '',
        sha256: made.sha256,
        entries: BigInt(made.entries),
        first: BigInt(made.first),
        last: BigInt(made.last),
      };
    },
  });
}

function queryOf(request: ListAuditEntriesRequest): AuditQuery {
  const { user, object, method, result, operation, requestId, from, to, oldestFirst } = request;
  if (from !== undefined && to !== undefined && from > to) {
    throw invalidArgument('to', 'The end is before the beginning.');
  }
  const { limit = 0, after = '' } = pageOf(request);
  return {
    pageSize: limit,
    pageToken: after,
    oldestFirst,
    ...(user !== '' && { user }),
    ...(object !== '' && { object }),
    ...(method !== '' && { method }),
    ...(result !== '' && { result }),
    ...(operation !== '' && { operation }),
    ...(requestId !== '' && { requestId }),
    ...(request.events.length > 0 && { events: events.decodeAll(request.events) }),
    ...(from !== undefined && { from: from.toISOString() }),
    ...(to !== undefined && { to: to.toISOString() }),
  };
}

function encode({ sequence, time, event, operation, attempt, ...facts }: Kept): AuditEntry {
  return {
    ...facts,
    sequence: BigInt(sequence),
    time: new Date(time),
    event: events.encode(event),
    operations: operation === '' ? [] : operation.split(' '),
    attempt: BigInt(attempt),
  };
}

function encodeVerification({ entries, base, head, problem }: AuditVerification): VerifyAuditResponse {
  return {
    entries: BigInt(entries),
    base: { sequence: BigInt(base.sequence), hash: base.hash },
    head: { sequence: BigInt(head.sequence), hash: head.hash },
    problem: problem ?? undefined,
  };
}
