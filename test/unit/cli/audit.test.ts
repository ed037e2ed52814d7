import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { auditLine, auditTable } from '../../../cmd/protium/output/audit-text.ts';
import { auditService } from '../../../internal/api/v1/audit.ts';
import {
  type AuditEntry,
  AuditEvent,
  ListAuditEntriesRequest,
} from '../../../internal/api/grpc/generated/protium/v1/audit.ts';
import { verifyFile } from '../../../internal/audit/read-archive.ts';
import type { Caller } from '../../../internal/identity/caller.ts';
import { administrator, contextOf } from '../api/v1/context.ts';
import { action, auditOf, openFor, project } from '../audit/support.ts';

interface Methods {
  listAuditEntries(request: ListAuditEntriesRequest, context: unknown): { entries: AuditEntry[] };
  verifyAudit(request: object, context: unknown): Promise<unknown>;
  archiveAuditEntries(request: object, context: unknown): Promise<unknown>;
}

async function filled() {
  const audit = auditOf(openFor());
  await audit.recorded(action(), () => undefined);
  const theirs = { kind: 'image', id: 'debian', project: 'f'.repeat(32) };
  await audit.recorded(action({ subject: theirs, method: 'gpueater/x' }), () => undefined);
  return { audit, methods: auditService(audit).methods as unknown as Methods };
}

const all = ListAuditEntriesRequest.fromPartial({ oldestFirst: true });
const admin: Caller = {
  ...administrator,
  administrator: false,
  roles: new Map([
    [project, 'admin'],
    ['f'.repeat(32), 'operator'],
  ]),
};
const operator: Caller = { ...admin, roles: new Map([[project, 'operator']]) };

it('shows administrators everything, admins what is of their project, and others nothing', async () => {
  const { methods } = await filled();
  const shown = (caller: Caller) =>
    methods.listAuditEntries(all, contextOf(caller)).entries.map(({ object }) => object);
  expect(shown(administrator)).toEqual(['web1', 'web1', 'debian', 'debian']);
  expect(shown(admin)).toEqual(['web1', 'web1']);
  expect(() => shown(operator)).toThrow(/for administrators/);
  const refused = { code: 'access-denied' };
  await expect(
    methods.verifyAudit({ knownSequence: 0n, knownHash: '' }, contextOf(admin)),
  ).rejects.toMatchObject(refused);
  const archive = { before: new Date(), validateOnly: true };
  await expect(methods.archiveAuditEntries(archive, contextOf(admin))).rejects.toMatchObject(refused);
});

it('says what is wrong with a request', async () => {
  const { methods } = await filled();
  const context = contextOf(administrator);
  const list = (request: object) => () =>
    methods.listAuditEntries(ListAuditEntriesRequest.fromPartial(request), context);
  expect(list({ events: [77] })).toThrow(/77/);
  expect(list({ from: new Date(2), to: new Date(1) })).toThrow(/before the beginning/);
  expect(list({ pageSize: 1001 })).toThrow(/at most 1000/);
  const known = (knownSequence: bigint, knownHash: string) =>
    methods.verifyAudit({ knownSequence, knownHash }, context);
  await expect(known(1n, 'x')).rejects.toThrow(/64 hexadecimal/);
  await expect(known(1n, '0'.repeat(64))).resolves.toMatchObject({
    problem: expect.stringMatching(/not lead through entry 1/) as string,
  });
  const archive = methods.archiveAuditEntries({ before: undefined, validateOnly: true }, context);
  await expect(archive).rejects.toMatchObject({ details: { field: 'before' } });
});

it('exports what can be verified without a daemon, and finds what was changed', async () => {
  const { methods } = await filled();
  const { entries } = methods.listAuditEntries(all, contextOf(administrator));
  const lines = entries.map(auditLine);
  const directory = mkdtempSync(join(tmpdir(), 'protium-audit-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const write = (name: string, content: string): string => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const whole = await verifyFile(write('whole', lines.join('')), null);
  expect(whole).toMatchObject({ count: 4, problem: null, last: { sequence: 4, hash: entries[3]?.hash } });
  const first = await verifyFile(write('first', lines.slice(0, 2).join('')), null);
  const second = write('second', lines.slice(2).join(''));
  await expect(verifyFile(second, first.last)).resolves.toMatchObject({ count: 2, problem: null });
  await expect(verifyFile(second, null)).resolves.toMatchObject({ problem: null });
  await expect(verifyFile(second, { sequence: 1, hash: 'x' })).resolves.toMatchObject({
    problem: expect.stringMatching(/Entry 2 is missing/) as string,
  });
  const changed = write('changed', lines.join('').replace('anna', 'eve'));
  await expect(verifyFile(changed, null)).resolves.toMatchObject({ count: 0 });
  await expect(verifyFile(write('other', '{"a":1}\n'), null)).rejects.toThrow(/Line 1 .* is no entry/);
  await expect(verifyFile(write('text', `${lines[0] ?? ''}{`), null)).rejects.toThrow(/Line 2/);
  await expect(verifyFile(join(directory, 'missing'), null)).rejects.toMatchObject({
    code: 'file-not-found',
  });
});

it('has a line an entry', async () => {
  const { methods } = await filled();
  const [attempt, outcome] = methods.listAuditEntries(all, contextOf(administrator)).entries;
  const daemon = { ...outcome, user: '', way: 'daemon', count: 7, event: AuditEvent.AUDIT_EVENT_REFUSAL };
  const text = auditTable([attempt, daemon] as AuditEntry[]);
  const [header, one, two] = text.split('\n');
  expect(header).toMatch(/^SEQUENCE {2}TIME +EVENT +USER +FROM +METHOD +OBJECT +RESULT {2}/);
  expect(one).toMatch(/attempt +anna +192\.0\.2\.7:50122 +InstancesService\/StartInstance +instance\/web1$/);
  expect(two).toMatch(/refusal +daemon .* ok \(7 times\)$/);
});
