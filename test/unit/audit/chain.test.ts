import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Audit } from '../../../internal/audit/audit.ts';
import { followChain, genesis, hashOf } from '../../../internal/audit/chain.ts';
import { factsOf, type AuditEntry } from '../../../internal/audit/entry.ts';
import { failingDatabase, full } from '../operations/failing-database.ts';
import { action, auditOf, entriesOf, openFor, temporaryDirectory } from './support.ts';

async function fill(audit: Audit, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await audit.recorded(action(), () => undefined);
}

it('lets nobody change, remove, insert or replace an entry through SQL', async () => {
  const database = openFor();
  await fill(auditOf(database), 3);
  const only = /append-only|follow one another/;
  for (const sql of [
    "UPDATE audit_entry SET user = 'eve' WHERE sequence = 2",
    'DELETE FROM audit_entry WHERE sequence = 2',
    'DELETE FROM audit_entry',
    'INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE sequence = 2',
    'INSERT INTO audit_entry SELECT 9, time, event, request_id, user, way, credential, address, method, object_kind, object, ' +
      'project, result, operation, attempt, count, hash FROM audit_entry WHERE sequence = 2',
  ]) {
    expect(() => database.exec(sql), sql).toThrow(only);
  }
});

/** As somebody with the file could, who does away with the triggers first. */
const tamperings: Readonly<Record<string, string>> = {
  'a changed user': "UPDATE audit_entry SET user = 'eve' WHERE sequence = 3",
  'a changed time': "UPDATE audit_entry SET time = '2020-01-01T00:00:00.000Z' WHERE sequence = 1",
  'a changed result': "UPDATE audit_entry SET result = 'ok' WHERE sequence = 3",
  'a changed count': 'UPDATE audit_entry SET count = 2 WHERE sequence = 6',
  'a changed hash': `UPDATE audit_entry SET hash = '${'0'.repeat(64)}' WHERE sequence = 4`,
  'a removed entry': 'DELETE FROM audit_entry WHERE sequence = 3',
  'a removed beginning': 'DELETE FROM audit_entry WHERE sequence <= 2',
};

it.each(Object.entries(tamperings))('sees %s', async (_, sql) => {
  const database = openFor();
  const audit = auditOf(database);
  await fill(audit, 3);
  database.exec('DROP TRIGGER audit_entry_update; DROP TRIGGER audit_entry_delete');
  database.exec(sql);
  const { problem } = await audit.verify();
  expect(problem).toMatch(/^Entry \d/);
});

it('sees a removed end by a place that was noted', async () => {
  const database = openFor();
  const audit = auditOf(database);
  await fill(audit, 3);
  const { head } = await audit.verify();
  await fill(audit, 1);
  await expect(audit.verify(head)).resolves.toMatchObject({ problem: null });
  database.exec('DROP TRIGGER audit_entry_delete; DELETE FROM audit_entry WHERE sequence > 4');
  await expect(audit.verify()).resolves.toMatchObject({ problem: null });
  await expect(audit.verify(head)).resolves.toMatchObject({
    problem: expect.stringMatching(/not lead through entry 6/) as string,
  });
});

it('archives old entries, and the chain of the rest leads back to the file', async () => {
  const directory = temporaryDirectory();
  const database = openFor();
  let now = Date.parse('2026-01-01T00:00:00Z');
  const audit = auditOf(database, { directory, clock: () => new Date((now += 1000)) });
  await fill(audit, 1250);
  const between = new Date(now + 500).toISOString();
  await fill(audit, 2);
  const dry = await audit.archive(action(), between, { validateOnly: true });
  expect(dry).toEqual({ file: null, sha256: '', entries: 2500, first: 1, last: 2500 });
  expect(readdirSync(directory)).toEqual([]);

  const made = await audit.archive(action(), between, { validateOnly: false });
  const file = made.file ?? '';
  expect(made).toMatchObject({ entries: 2500, first: 1, last: 2500 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const bytes = readFileSync(file);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(made.sha256);
  const archived = bytes
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEntry);
  const followed = followChain(archived, { sequence: 0, hash: genesis });
  expect(followed).toMatchObject({ count: 2500, problem: null });
  const left = await audit.verify();
  expect(left).toMatchObject({ base: followed.last, entries: 5, problem: null });
  expect(entriesOf(audit).at(-1)).toMatchObject({ event: 'archive', object: '1-2500', count: 2500 });

  // A second one goes on where the first ended.
  await fill(audit, 1);
  const second = await audit.archive(action(), new Date(now + 500).toISOString(), { validateOnly: false });
  expect(second).toMatchObject({ first: 2501, last: 2507 });
  await fill(audit, 1);
  await expect(audit.verify()).resolves.toMatchObject({ problem: null, entries: 3 });
  await expect(audit.verify({ sequence: 2500, hash: followed.last?.hash ?? '' })).resolves.toMatchObject({
    problem: expect.stringMatching(/was archived/) as string,
  });
  expect(readdirSync(directory)).toHaveLength(2);
});

it('archives nothing of a damaged record, nor what is not there', async () => {
  const directory = temporaryDirectory();
  const database = openFor();
  const audit = auditOf(database, { directory });
  const future = '2999-01-01T00:00:00.000Z';
  const archive = () => audit.archive(action(), future, { validateOnly: false });
  await expect(archive()).rejects.toMatchObject({ code: 'state-conflict' });
  await fill(audit, 2);
  database.exec("DROP TRIGGER audit_entry_update; UPDATE audit_entry SET user = 'eve' WHERE sequence = 2");
  await expect(archive()).rejects.toThrow(/damaged/);
  expect(readdirSync(directory)).toEqual([]);
});

it('loses nothing when an archive fails half-way, and makes it again', async () => {
  const directory = temporaryDirectory();
  const database = failingDatabase(openFor());
  const audit = auditOf(database, { directory });
  await fill(audit, 2);
  const archive = () => audit.archive(action(), '2999-01-01T00:00:00.000Z', { validateOnly: false });
  database.failure = full();
  await expect(archive()).rejects.toMatchObject({ code: 'storage-full' });
  expect(readdirSync(directory)).toHaveLength(1);
  expect(entriesOf(audit)).toHaveLength(4);
  database.failure = undefined;
  await archive();
  expect(readdirSync(directory)).toHaveLength(1);
  await expect(audit.verify()).resolves.toMatchObject({ problem: null, entries: 1 });

  const taken = join(directory, 'taken');
  writeFileSync(taken, 'no directory');
  const elsewhere = auditOf(openFor(), { directory: taken });
  await fill(elsewhere, 1);
  await expect(
    elsewhere.archive(action(), '2999-01-01T00:00:00.000Z', { validateOnly: false }),
  ).rejects.toMatchObject({ code: 'internal' });
  expect(entriesOf(elsewhere)).toHaveLength(2);
});

it('finds every change of any field of any entry', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  const facts = fc.record({ user: text, method: text, object: text, result: text });
  const fields = [
    'user',
    'method',
    'object',
    'result',
    'time',
    'address',
    'event',
    'way',
    'operation',
  ] as const;
  fc.assert(
    fc.property(
      fc.array(facts, { minLength: 1, maxLength: 5 }),
      fc.nat(),
      fc.constantFrom(...fields),
      (all, where, field) => {
        const start = { sequence: 0, hash: genesis };
        let hash = genesis;
        const entries = all.map((given, index) => {
          const entry = { ...factsOf('outcome', action()), ...given, sequence: index + 1, time: 'now' };
          hash = hashOf(hash, entry);
          return { ...entry, hash };
        });
        expect(followChain(entries, start).problem).toBeNull();
        const index = where % entries.length;
        const changed = entries.map((entry, at) =>
          at === index ? { ...entry, [field]: `${entry[field]}x` } : entry,
        );
        expect(followChain(changed, start)).toMatchObject({
          count: index,
          problem: expect.stringContaining(`Entry ${index + 1} `) as string,
        });
      },
    ),
  );
});
