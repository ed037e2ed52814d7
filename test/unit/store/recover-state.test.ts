import { closeSync, openSync, readFileSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase, type Database } from '../../../internal/store/database.ts';
import { recoverState } from '../../../internal/store/recover-state.ts';
import { temporaryDirectory } from './state.ts';

const now = new Date('2026-03-01T12:30:00.500Z');
const kept = (directory: string) => join(directory, 'protium.db.damaged-20260301T123000Z');
const opened = (directory: string): Database => {
  const database = openDatabase({ directory });
  onTestFinished(() => database.close());
  return database;
};
const pageSize = 4096;

/** A state directory with so many key pairs, of which a page holds few, and a guest to be thawed. */
function stateWith(keyPairs: number, keyBytes = 600): string {
  const directory = temporaryDirectory();
  const database = openDatabase({ directory });
  const insert = database.prepare(
    "INSERT INTO key_pair VALUES ('owner', ?, 'ed25519', 256, ?, 'SHA256:x', '2026-01-01T00:00:00Z', NULL, NULL)",
  );
  database.transaction(() => {
    for (let index = 0; index < keyPairs; index += 1)
      insert.run([`pair-${String(index).padStart(4, '0')}`, 'k'.repeat(keyBytes)]);
  });
  database.exec("INSERT INTO frozen_guest VALUES ('guest', 1)");
  database.close();
  return directory;
}

/** Overwrites the page that holds a text. */
function garbleAt(file: string, text: string): void {
  garble(file, Math.floor(readFileSync(file).indexOf(text) / pageSize));
}

function garble(file: string, page: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(pageSize, 0x5a), 0, pageSize, page * pageSize);
  closeSync(handle);
}

const names = (database: Database) =>
  database
    .prepare<{ name: string }>('SELECT name FROM key_pair ORDER BY name')
    .all()
    .map(({ name }) => name);

describe('a damaged database', () => {
  it('is refused with the way out, and recovered but for what was on the bad page', () => {
    const directory = stateWith(400);
    const file = join(directory, 'protium.db');
    garbleAt(file, 'pair-0200');
    const before = readFileSync(file);
    expect(() => openDatabase({ directory })).toThrow(/is damaged .*--recover-state/s);

    const { keptAs, tables } = recoverState(directory, now);
    expect(keptAs).toBe(kept(directory));
    expect(readFileSync(kept(directory)).equals(before)).toBe(true);
    const table = (name: string) => tables.find((each) => each.name === name);
    expect(table('frozen_guest')).toEqual({ name: 'frozen_guest', rows: 1, complete: true });
    expect(table('key_pair')?.complete).toBe(false);

    const left = names(opened(directory));
    expect(left).toHaveLength(table('key_pair')?.rows ?? 0);
    expect(left.length).toBeGreaterThan(380);
    expect([left[0], left.at(-1)]).toEqual(['pair-0000', 'pair-0399']);
    expect(readdirSync(directory).filter((name) => name.startsWith('recovering-'))).toEqual([]);
  });

  it('says of a table whose rows may hold what was on a bad page that it is not complete', () => {
    // Longer than fits beside the key: most pages hold nothing but the end of one row.
    const directory = stateWith(40, 20_000);
    const file = join(directory, 'protium.db');
    garble(file, Math.floor(statSync(file).size / pageSize / 2));
    const { tables } = recoverState(directory, now);
    expect(tables.filter(({ complete }) => !complete)).toMatchObject([{ name: 'key_pair' }]);
  });

  it('of which nothing can be read gives an empty one', () => {
    const directory = stateWith(3);
    writeFileSync(join(directory, 'protium.db'), Buffer.alloc(5 * pageSize, 'no database '));
    const { keptAs, tables } = recoverState(directory, now);
    expect(keptAs).toBe(kept(directory));
    expect(tables.every(({ rows, complete }) => rows === 0 && !complete)).toBe(true);
    expect(names(opened(directory))).toEqual([]);
  });

  it('that was cut off keeps what comes before the cut', () => {
    const directory = stateWith(400, 1500);
    const file = join(directory, 'protium.db');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, Math.floor((bytes.length * 0.8) / pageSize) * pageSize));
    recoverState(directory, now);
    const left = names(opened(directory));
    expect(left.length).toBeGreaterThan(100);
    expect(left[0]).toBe('pair-0000');
  });

  it('of an older schema is recovered at that schema, and brought up to date when it is opened', () => {
    const directory = stateWith(400);
    const file = join(directory, 'protium.db');
    const older = openDatabase({ directory });
    older.exec('DROP TABLE provision; DELETE FROM migration WHERE version >= 16; PRAGMA user_version = 15');
    older.close();
    garbleAt(file, 'pair-0200');
    recoverState(directory, now);
    const database = opened(directory);
    expect(names(database).length).toBeGreaterThan(380);
    expect(database.prepare('SELECT * FROM provision').all()).toEqual([]);
  });

  it('with changes that are in its log alone loses none of them', () => {
    const directory = stateWith(400);
    const file = join(directory, 'protium.db');
    const database = openDatabase({ directory });
    database.exec("INSERT INTO frozen_guest VALUES ('in the log', 2)");
    const log = readFileSync(`${file}-wal`);
    database.close();
    writeFileSync(`${file}-wal`, log);
    garbleAt(file, 'pair-0200');
    recoverState(directory, now);
    expect(opened(directory).prepare('SELECT uuid FROM frozen_guest').all()).toHaveLength(2);
  });
});

it('a database that is whole is left alone', () => {
  const directory = stateWith(1);
  const before = readdirSync(directory).sort();
  expect(recoverState(directory, now)).toEqual({ keptAs: null, tables: [] });
  expect(readdirSync(directory).sort()).toEqual(before);
  expect(names(opened(directory))).toHaveLength(1);
});

it('a database that a daemon uses is not touched, and where there is none it says so', () => {
  const directory = stateWith(1);
  const database = openDatabase({ directory });
  expect(() => recoverState(directory, now)).toThrow(expect.objectContaining({ code: 'state-conflict' }));
  database.close();
  expect(() => recoverState(temporaryDirectory(), now)).toThrow(
    expect.objectContaining({ code: 'not-found' }),
  );
});

it('a newer database is not recovered by an older Protium', () => {
  const directory = stateWith(1);
  const database = openDatabase({ directory });
  database.exec('PRAGMA user_version = 9999');
  database.close();
  expect(() => recoverState(directory, now)).toThrow(expect.objectContaining({ code: 'unsupported' }));
});
