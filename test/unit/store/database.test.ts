import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../../internal/store/database.ts';
import type { Migration } from '../../../internal/store/migrations/migration.ts';
import { openDatabaseFile, type DatabaseOptions } from '../../../internal/store/sqlite-database.ts';
import { temporaryDirectory } from './state.ts';

const notes: Migration = {
  name: '0001-notes',
  sql: 'CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT',
};
const colours: Migration = {
  name: '0002-colours',
  sql: "ALTER TABLE note ADD COLUMN colour TEXT NOT NULL DEFAULT 'white'",
};

function open(path: string, options: DatabaseOptions = { migrations: [notes] }): Database {
  const database = openDatabaseFile(path, options);
  onTestFinished(() => database.close());
  return database;
}

const count = (database: Database) =>
  database.prepare<{ n: number }>('SELECT count(*) AS n FROM note').get()?.n;
const insert = (database: Database, text: string) =>
  database.prepare('INSERT INTO note (text) VALUES (?)').run([text]);

describe('opening', () => {
  it('makes the directory for the owner alone, and the files too', () => {
    const directory = join(temporaryDirectory(), 'state', 'deep');
    const database = open(join(directory, 'a.db'));
    insert(database, 'x');
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const modes = readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o777]);
    expect(Object.fromEntries(modes)).toEqual({
      'a.db': 0o600,
      'a.db-wal': 0o600,
      'a.db-shm': 0o600,
      'a.db-reserve': 0o600,
    });
  });

  it('uses a write-ahead log, full synchronisation and foreign keys', () => {
    const database = open(join(temporaryDirectory(), 'a.db'));
    const pragma = (name: string): unknown[] =>
      Object.values(database.prepare<Record<string, unknown>>(`PRAGMA ${name}`).get() ?? {});
    expect(pragma('journal_mode')).toEqual(['wal']);
    expect(pragma('synchronous')).toEqual([2]);
    expect(pragma('foreign_keys')).toEqual([1]);
    expect(pragma('busy_timeout')).toEqual([5000]);
  });

  it('keeps what was written', () => {
    const path = join(temporaryDirectory(), 'a.db');
    const first = open(path);
    insert(first, 'kept');
    first.close();
    expect(open(path).prepare<{ text: string }>('SELECT text FROM note').all()).toEqual([{ text: 'kept' }]);
  });

  it('works in memory', () => {
    const database = open(':memory:');
    insert(database, 'x');
    expect(count(database)).toBe(1);
    expect(database.spendReserve()).toBe(false);
  });

  it.each([
    ['something else entirely', () => Buffer.from('This is not a database. '.repeat(500))],
    [
      'a database with a broken page',
      (good: Buffer) => Buffer.concat([good.subarray(0, 4096), good.subarray(4096).fill(0x5a)]),
    ],
  ])('says what to do about a file that is %s', (_what, damage) => {
    const path = join(temporaryDirectory(), 'a.db');
    const first = open(path);
    for (let i = 0; i < 50; i += 1) insert(first, 'x'.repeat(1000));
    first.close();
    writeFileSync(path, damage(readFileSync(path)));
    expect(() => open(path)).toThrow(
      expect.objectContaining({
        code: 'internal',
        message: expect.stringMatching(/is damaged .*--recover-state.*put a backup in its place/s) as string,
      }),
    );
  });

  it('says so when the path is no file, or lies below one', () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'a.db'));
    expect(() => open(join(directory, 'a.db'))).toThrow(
      expect.objectContaining({ code: 'permission-denied' }),
    );
    writeFileSync(join(directory, 'file'), '');
    expect(() => open(join(directory, 'file', 'a.db'))).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });
});

describe('migrations', () => {
  it('applies only those that the file has not had', () => {
    const path = join(temporaryDirectory(), 'a.db');
    const first = open(path);
    insert(first, 'old');
    first.close();
    const second = open(path, { migrations: [notes, colours] });
    expect(second.prepare<{ text: string; colour: string }>('SELECT text, colour FROM note').all()).toEqual([
      { text: 'old', colour: 'white' },
    ]);
    expect(second.prepare<{ name: string }>('SELECT name FROM migration ORDER BY version').all()).toEqual([
      { name: '0001-notes' },
      { name: '0002-colours' },
    ]);
  });

  it('applies all of them or none', () => {
    const path = join(temporaryDirectory(), 'a.db');
    const broken: Migration = { name: '0003-broken', sql: 'CREATE TABLE good (a) ; CREATE NONSENSE' };
    expect(() => open(path, { migrations: [notes, colours, broken] })).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
    const database = open(path, { migrations: [] });
    expect(database.prepare<{ name: string }>('SELECT name FROM sqlite_schema').all()).toEqual([]);
  });

  it('refuses a file of a newer version by the name of its schema', () => {
    const path = join(temporaryDirectory(), 'a.db');
    open(path, { migrations: [notes, colours] }).close();
    expect(() => open(path)).toThrow(
      expect.objectContaining({
        code: 'unsupported',
        details: { path, schema: '0002-colours', known: '0001-notes' },
      }),
    );
  });

  it('numbers the product’s own without a gap, each file by its name', async () => {
    const folder = join(import.meta.dirname, '../../../internal/store/migrations');
    const files = readdirSync(folder).filter((name) => /^\d.*\.ts$/.test(name));
    const { migrations } = await import('../../../internal/store/migrations/all.ts');
    expect(migrations.map(({ name }) => `${name}.ts`)).toEqual(files.sort());
    expect(migrations.map(({ name }) => Number(name.slice(0, 4)))).toEqual(
      migrations.map((_, index) => index + 1),
    );
  });
});

describe('transactions', () => {
  it('roll back when the function throws', () => {
    const database = open(':memory:');
    expect(() =>
      database.transaction(() => {
        insert(database, 'x');
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(count(database)).toBe(0);
    expect(database.transaction(() => insert(database, 'y'))).toBe(1);
    expect(count(database)).toBe(1);
  });

  it('nest: the inner one can fail alone', () => {
    const database = open(':memory:');
    database.transaction(() => {
      insert(database, 'outer');
      expect(() =>
        database.transaction(() => {
          insert(database, 'inner');
          throw new Error('no');
        }),
      ).toThrow('no');
    });
    expect(database.prepare<{ text: string }>('SELECT text FROM note').all()).toEqual([{ text: 'outer' }]);
  });

  it('report another connection’s as busy', () => {
    const path = join(temporaryDirectory(), 'a.db');
    const first = open(path);
    const second = open(path, { migrations: [notes], busyTimeoutMs: 1 });
    first.transaction(() => {
      expect(() => second.transaction(() => insert(second, 'x'))).toThrow(
        expect.objectContaining({ code: 'busy', retryable: true }),
      );
    });
    expect(second.transaction(() => insert(second, 'x'))).toBe(1);
  });
});

describe('a full disk', () => {
  it('is storage-full, rolls back, and the database works on when there is room', () => {
    const database = open(join(temporaryDirectory(), 'a.db'));
    insert(database, 'before');
    const pages = database.prepare<{ page_count: number }>('PRAGMA page_count').get()?.page_count ?? 0;
    database.exec(`PRAGMA max_page_count = ${pages + 2}`);
    expect(() =>
      database.transaction(() => {
        for (let i = 0; i < 100; i += 1) insert(database, 'x'.repeat(1000));
      }),
    ).toThrow(expect.objectContaining({ code: 'storage-full', retryable: true }));
    expect(count(database)).toBe(1);
    database.exec('PRAGMA max_page_count = 1000000');
    insert(database, 'after');
    expect(count(database)).toBe(2);
  });

  it('has a reserve that can be spent once and set aside again', () => {
    const path = join(temporaryDirectory(), 'a.db');
    const database = open(path, { migrations: [notes], reserveBytes: 65536 });
    const reserve = `${path}-reserve`;
    expect(statSync(reserve).blocks * 512).toBeGreaterThanOrEqual(65536);
    expect(database.spendReserve()).toBe(true);
    expect(existsSync(reserve)).toBe(false);
    expect(database.spendReserve()).toBe(false);
    database.restoreReserve();
    expect(statSync(reserve).size).toBe(65536);
    expect(database.spendReserve()).toBe(true);
  });

  it('goes on where its reserve can be neither given up nor set aside', () => {
    const path = join(temporaryDirectory(), 'a.db');
    const database = open(path, { migrations: [notes], reserveBytes: 65536 });
    // What cannot be deleted, as on a file system that the kernel has made read-only.
    rmSync(`${path}-reserve`);
    mkdirSync(`${path}-reserve`);
    expect(database.spendReserve()).toBe(false);
    rmdirSync(`${path}-reserve`);
    expect(database.spendReserve()).toBe(true);
    mkdirSync(`${path}-reserve`);
    database.restoreReserve();
    expect(database.spendReserve()).toBe(false);
    insert(database, 'x');
    expect(count(database)).toBe(1);
  });
});

describe('backup', () => {
  it('is a whole database, and overwrites nothing', () => {
    const directory = temporaryDirectory();
    const database = open(join(directory, 'a.db'));
    insert(database, 'x');
    database.backup(join(directory, 'b.db'));
    expect(count(open(join(directory, 'b.db')))).toBe(1);
    expect(() => database.backup(join(directory, 'b.db'))).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });
});

describe('statements', () => {
  it('take values by position and by name', () => {
    const database = open(':memory:');
    database.prepare('INSERT INTO note VALUES (:id, :text)').run({ id: 7, text: 'seven' });
    expect(database.prepare('SELECT text FROM note WHERE id = ?').get([7])).toEqual({ text: 'seven' });
    expect(database.prepare('SELECT text FROM note WHERE id = ?').get([8])).toBeUndefined();
    expect(database.prepare('DELETE FROM note').run()).toBe(1);
  });

  it('keep SQLite’s code in the details of an error', () => {
    const database = open(':memory:');
    const same = () => database.prepare('INSERT INTO note VALUES (1, ?)').run(['x']);
    same();
    // SQLITE_CONSTRAINT_PRIMARYKEY
    expect(same).toThrow(expect.objectContaining({ details: { path: ':memory:', sqliteCode: 1555 } }));
  });
});

it('keeps an existing directory’s mode', () => {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o750);
  open(join(directory, 'a.db'));
  expect(statSync(directory).mode & 0o777).toBe(0o750);
});
