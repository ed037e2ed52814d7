import { expect, it } from 'vitest';
import type { Audit } from '../../../internal/audit/audit.ts';
import type { AuditQuery } from '../../../internal/audit/query.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { action, auditOf, openFor, project } from './support.ts';

const otherProject = 'b'.repeat(32);

async function filled(): Promise<Audit> {
  let now = Date.parse('2026-11-29T10:00:00Z');
  const audit = auditOf(openFor(), { clock: () => new Date((now += 1000)) });
  await audit.recorded(action(), () => undefined);
  const ben = { user: 'ben', way: 'access-key', address: '127.0.0.1', project: otherProject } as const;
  const volume = { kind: 'volume', id: 'default/web1', project: otherProject };
  await audit.recorded(action({ actor: ben, method: 'gpueater/create_volume', subject: volume }), () => 1);
  await audit.refused(action({ requestId: 'r3' }), new ProtiumError('access-denied', 'no'));
  return audit;
}

const sequencesOf = (audit: Audit, query: Partial<AuditQuery>) =>
  audit.list({ pageSize: 0, pageToken: '', ...query }).entries.map(({ sequence }) => sequence);

it('finds by whatever is asked', async () => {
  const audit = await filled();
  expect(sequencesOf(audit, {})).toEqual([5, 4, 3, 2, 1]);
  expect(sequencesOf(audit, { oldestFirst: true })).toEqual([1, 2, 3, 4, 5]);
  expect(sequencesOf(audit, { user: 'ben' })).toEqual([4, 3]);
  expect(sequencesOf(audit, { object: 'web1' })).toEqual([5, 2, 1]);
  expect(sequencesOf(audit, { object: 'volume/default/web1' })).toEqual([4, 3]);
  expect(sequencesOf(audit, { object: 'image/web1' })).toEqual([]);
  expect(sequencesOf(audit, { method: 'gpueater' })).toEqual([4, 3]);
  expect(sequencesOf(audit, { method: 'gpueater/create_volume' })).toEqual([4, 3]);
  expect(sequencesOf(audit, { method: 'gpueater/create' })).toEqual([]);
  expect(sequencesOf(audit, { result: 'access-denied' })).toEqual([5]);
  expect(sequencesOf(audit, { events: ['attempt', 'refusal'] })).toEqual([5, 3, 1]);
  expect(sequencesOf(audit, { requestId: 'r3' })).toEqual([5]);
  expect(sequencesOf(audit, { projects: [project] })).toEqual([5, 2, 1]);
  expect(sequencesOf(audit, { projects: [] })).toEqual([]);
  const [third] = audit.list({ pageSize: 1, pageToken: '4' }).entries;
  expect(sequencesOf(audit, { from: third?.time ?? '' })).toEqual([5, 4, 3]);
  expect(sequencesOf(audit, { to: third?.time ?? '' })).toEqual([2, 1]);
  expect(sequencesOf(audit, { user: "' OR 1 = 1 --" })).toEqual([]);
});

it('goes on where the page before ended, whatever comes meanwhile', async () => {
  const audit = await filled();
  const first = audit.list({ pageSize: 2, pageToken: '' });
  expect(first.entries.map(({ sequence }) => sequence)).toEqual([5, 4]);
  await audit.recorded(action(), () => undefined);
  const second = audit.list({ pageSize: 2, pageToken: first.nextPageToken });
  expect(second.entries.map(({ sequence }) => sequence)).toEqual([3, 2]);
  const last = audit.list({ pageSize: 2, pageToken: second.nextPageToken });
  expect(last).toMatchObject({ entries: [{ sequence: 1 }], nextPageToken: '' });
  for (const pageToken of ['x', '-1', '1 OR 1', '0']) {
    expect(() => audit.list({ pageSize: 0, pageToken })).toThrow(/page_token|next_page_token/);
  }
});
