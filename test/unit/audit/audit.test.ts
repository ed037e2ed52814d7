import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { LibvirtConnectionError } from '../../../internal/libvirt/error.ts';
import { failingDatabase, full } from '../operations/failing-database.ts';
import { action, auditOf, brief, entriesOf, openFor, temporaryDirectory } from './support.ts';

it('has what is tried on disk before it is done, and how it ended before it is answered', async () => {
  const path = join(temporaryDirectory(), 'protium.db');
  const audit = auditOf(openFor(path));
  const other = openFor(path);
  const count = () => other.prepare<{ n: number }>('SELECT count(*) AS n FROM audit_entry').get()?.n;
  const during = await audit.recorded(action(), () => count());
  expect(during).toBe(1);
  expect(count()).toBe(2);
  const [attempt, outcome] = entriesOf(audit);
  expect(attempt).toMatchObject({
    sequence: 1,
    event: 'attempt',
    user: 'anna',
    way: 'token',
    credential: 'k1',
    address: '192.0.2.7:50122',
    requestId: 'request-1',
    method: 'protium.v1.InstancesService/StartInstance',
    objectKind: 'instance',
    object: 'web1',
    result: '',
  });
  expect(outcome).toMatchObject({ sequence: 2, event: 'outcome', result: 'ok', attempt: 1 });
});

it('tells the code of what failed, and passes the failure on', async () => {
  const audit = auditOf(openFor());
  const failure = new ProtiumError('not-found', 'There is no "web1".');
  await expect(audit.recorded(action(), () => Promise.reject(failure))).rejects.toBe(failure);
  await expect(
    audit.recorded(action(), () => {
      throw new TypeError('a fault');
    }),
  ).rejects.toThrow(TypeError);
  const away = new LibvirtConnectionError('refused');
  await expect(audit.recorded(action(), () => Promise.reject(away))).rejects.toBe(away);
  expect(entriesOf(audit).map(({ result }) => result)).toEqual([
    '',
    'not-found',
    '',
    'internal',
    '',
    'libvirt-unavailable',
  ]);
  expect(audit.knows(failure)).toBe(true);
  expect(audit.knows(new Error('another'))).toBe(false);
});

it('tells of the object what only the answer knows', async () => {
  const audit = auditOf(openFor());
  const made = action({ subject: { kind: 'lease', id: '', project: '' } });
  await audit.recorded(
    made,
    () => 'l-7',
    (id) => ({ id, project: 'b'.repeat(32), result: 'refused' }),
  );
  expect(entriesOf(audit)[1]).toMatchObject({
    object: 'l-7',
    project: 'b'.repeat(32),
    result: 'refused',
  });
});

it('does nothing that cannot be recorded', async () => {
  const database = failingDatabase(openFor());
  const audit = auditOf(database);
  database.failure = full();
  let done = false;
  const refusal = audit.recorded(action(), () => {
    done = true;
  });
  await expect(refusal).rejects.toMatchObject({ code: 'audit-failed' });
  await expect(refusal).rejects.toThrow(/Nothing was changed.*full/);
  expect(done).toBe(false);
  database.failure = undefined;
  await audit.recorded(action(), () => undefined);
  expect(entriesOf(audit).map(brief)).toEqual(['attempt anna web1', 'outcome anna web1 ok']);
});

it('keeps how something ended until it can be written, and takes nothing new before', async () => {
  const database = failingDatabase(openFor());
  const audit = auditOf(database);
  await audit.recorded(action(), () => {
    database.failure = full();
  });
  expect(entriesOf(audit)).toHaveLength(1);
  await expect(audit.recorded(action(), () => undefined)).rejects.toMatchObject({ code: 'audit-failed' });
  database.failure = undefined;
  await audit.recorded(action({ requestId: 'later' }), () => undefined);
  expect(entriesOf(audit).map(({ requestId, event }) => [requestId, event])).toEqual([
    ['request-1', 'attempt'],
    ['request-1', 'outcome'],
    ['later', 'attempt'],
    ['later', 'outcome'],
  ]);
  await expect(audit.verify()).resolves.toMatchObject({ problem: null, entries: 4 });
});

it('spends what is set aside for a full disk on how something ended', async () => {
  const database = failingDatabase(openFor());
  const audit = auditOf(database);
  database.reserve = 'held';
  await audit.recorded(action(), () => {
    database.failure = full();
  });
  expect(entriesOf(audit).map(brief)).toEqual(['attempt anna web1', 'outcome anna web1 ok']);
});

it('tells after a crash what had no ending', async () => {
  const path = join(temporaryDirectory(), 'protium.db');
  const database = openFor(path);
  const before = auditOf(database);
  await before.recorded(action(), () => undefined);
  void before.recorded(action({ requestId: 'cut off' }), () => new Promise(() => undefined));
  await expect.poll(() => entriesOf(before)).toHaveLength(3);
  const after = auditOf(database);
  await expect.poll(() => entriesOf(after)).toHaveLength(4);
  expect(entriesOf(after)[3]).toMatchObject({
    event: 'outcome',
    requestId: 'cut off',
    result: 'interrupted',
    attempt: 3,
  });
  const again = auditOf(database);
  await again.recorded(action(), () => undefined);
  expect(entriesOf(again)).toHaveLength(6);
});

it('writes those that come together in the order they came', async () => {
  const audit = auditOf(openFor());
  const ids = Array.from({ length: 50 }, (_, index) => `vm${index}`);
  await Promise.all(
    ids.map((id) =>
      audit.recorded(action({ subject: { kind: 'instance', id, project: '' } }), () => undefined),
    ),
  );
  const entries = entriesOf(audit);
  expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
  expect(entries.filter(({ event }) => event === 'attempt').map(({ object }) => object)).toEqual(ids);
  await expect(audit.verify()).resolves.toMatchObject({ problem: null, entries: 100 });
});

it('records reads only where it is told to', async () => {
  const without = auditOf(openFor());
  await without.read(action());
  expect(entriesOf(without)).toEqual([]);
  const database = failingDatabase(openFor());
  const withReads = auditOf(database, { reads: true });
  await withReads.read(action());
  expect(entriesOf(withReads).map(brief)).toEqual(['read anna web1 ok']);
  database.failure = full();
  await expect(withReads.read(action())).rejects.toMatchObject({ code: 'audit-failed' });
});

it('counts the refusals of an address that has had many', async () => {
  let now = Date.parse('2026-11-29T10:00:00Z');
  const audit = auditOf(openFor(), { clock: () => new Date(now) });
  const refusal = new ProtiumError('credentials-wrong', 'wrong');
  for (let port = 0; port < 100; port += 1) {
    const actor = { user: '', way: 'none', address: `192.0.2.7:${port}`, project: '' } as const;
    await audit.refused(action({ actor }), refusal);
  }
  const other = { user: '', way: 'none', address: '192.0.2.8:1', project: '' } as const;
  await audit.refused(action({ actor: other }), refusal);
  expect(entriesOf(audit)).toHaveLength(21);
  now += 61_000;
  audit.stop();
  const last = entriesOf(audit).at(-1);
  expect(last).toMatchObject({ event: 'refusal', result: 'credentials-wrong', count: 80 });
  expect(entriesOf(audit)).toHaveLength(22);
});

it('turns away whom it cannot record', async () => {
  const database = failingDatabase(openFor());
  const audit = auditOf(database);
  database.failure = full();
  await audit.refused(action(), new ProtiumError('access-denied', 'no'));
  database.failure = undefined;
  audit.stop();
  expect(entriesOf(audit).map(brief)).toEqual(['refusal anna web1 access-denied']);
});
