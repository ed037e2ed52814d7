import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { damaged, fromSqlite } from './database-error.ts';
import type { Database, NotAPromise, SqlParameters, Statement } from './database.ts';
import { migrate } from './migrate.ts';
import { migrations as allMigrations } from './migrations/all.ts';
import type { Migration } from './migrations/migration.ts';
import { createPrivateFile } from './private-file.ts';
import { createReserve, type Reserve } from './reserve.ts';
import { connectSqlite, type SqliteConnection, type SqliteStatement, type SqlValue } from './sqlite.ts';

export interface DatabaseOptions {
  /** Other than the product's own: for tests. */
  readonly migrations?: readonly Migration[];
  /** How long to wait for another connection's transaction. Default 5000. */
  readonly busyTimeoutMs?: number;
  readonly onClose?: () => void;
  /** Disk space to set aside, in bytes. Default 1 MiB. */
  readonly reserveBytes?: number;
}

/**
 * Opens the database, making its directory (mode 0700) and file (0600) if there is none, and brings its schema up to date.
 *
 * @param path a file, or `:memory:`.
 * @throws ProtiumError `storage-full`, `permission-denied`, `unsupported` (a newer Protium's file), `internal` (damaged).
 */
export function openDatabaseFile(path: string, options: DatabaseOptions = {}): Database {
  const inMemory = path === ':memory:';
  let opened: { close(): void } | undefined;
  try {
    if (!inMemory) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      // SQLite gives the -wal and -shm files the mode of this one.
      createPrivateFile(path);
    }
    const connection = connectSqlite(path);
    opened = connection;
    // FULL: a commit that has returned survives a power cut; a commit costs one fsync (about 0.5 ms).
    connection.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs ?? 5000};
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF`);
    const reserve = inMemory ? undefined : createReserve(`${path}-reserve`, options.reserveBytes ?? 1 << 20);
    const database = new SqliteDatabase(path, connection, reserve, options.onClose);
    opened = database;
    const found = database.prepare<{ quick_check: string }>('PRAGMA quick_check(1)').get()?.quick_check;
    if (found !== 'ok') throw damaged(path, found ?? 'it cannot be checked');
    migrate(database, options.migrations ?? allMigrations);
    return database;
  } catch (error) {
    opened?.close();
    throw fromSqlite(error, path, 'open the database');
  }
}

class SqliteDatabase implements Database {
  readonly path: string;
  readonly #connection: SqliteConnection;
  readonly #reserve: Reserve | undefined;
  readonly #onClose: (() => void) | undefined;
  /** By their SQL, so that asking for one twice costs nothing. */
  readonly #statements = new Map<string, SqliteStatement>();
  #depth = 0;
  #closed = false;

  constructor(
    path: string,
    connection: SqliteConnection,
    reserve: Reserve | undefined,
    onClose: (() => void) | undefined,
  ) {
    this.path = path;
    this.#connection = connection;
    this.#reserve = reserve;
    this.#onClose = onClose;
  }

  prepare<Row>(sql: string): Statement<Row> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#try('prepare a statement for', () => this.#connection.prepare(sql));
      this.#statements.set(sql, statement);
    }
    return new SqliteDatabaseStatement<Row>(statement, this.path);
  }

  exec(sql: string): void {
    this.#try('write to', () => this.#connection.exec(sql));
  }

  transaction<T>(fn: () => NotAPromise<T>): T {
    const [begin, commit, rollback] =
      this.#depth === 0
        ? ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK']
        : ['SAVEPOINT inner', 'RELEASE inner', 'ROLLBACK TO inner; RELEASE inner'];
    this.exec(begin);
    this.#depth += 1;
    try {
      const result = fn();
      this.exec(commit);
      return result;
    } catch (error) {
      try {
        this.#connection.exec(rollback);
      } catch {
        // SQLite has rolled back by itself, as it does when the disk is full.
      }
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  backup(path: string): void {
    this.#try('back up', () => this.#connection.prepare('VACUUM INTO ?').run(path));
  }

  spendReserve(): boolean {
    return this.#reserve?.spend() ?? false;
  }

  restoreReserve(): void {
    this.#reserve?.restore();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      // With @photostructure/sqlite the connection lives on until its statements are collected: don't leave this to it.
      this.#connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // The next opening does it.
    }
    this.#connection.close();
    this.#onClose?.();
  }

  #try<T>(doing: string, fn: () => T): T {
    try {
      return fn();
    } catch (error) {
      throw fromSqlite(error, this.path, doing);
    }
  }
}

class SqliteDatabaseStatement<Row> implements Statement<Row> {
  readonly #statement: SqliteStatement;
  readonly #path: string;

  constructor(statement: SqliteStatement, path: string) {
    this.#statement = statement;
    this.#path = path;
  }

  run(parameters: SqlParameters = []): number {
    try {
      return Number(this.#statement.run(...list(parameters)).changes);
    } catch (error) {
      throw fromSqlite(error, this.#path, 'write to');
    }
  }

  get(parameters: SqlParameters = []): Row | undefined {
    try {
      return this.#statement.get(...list(parameters)) as Row | undefined;
    } catch (error) {
      throw fromSqlite(error, this.#path, 'read from');
    }
  }

  all(parameters: SqlParameters = []): Row[] {
    try {
      return this.#statement.all(...list(parameters)) as Row[];
    } catch (error) {
      throw fromSqlite(error, this.#path, 'read from');
    }
  }
}

function list(parameters: SqlParameters): readonly unknown[] {
  return isList(parameters) ? parameters : [parameters];
}

function isList(parameters: SqlParameters): parameters is readonly SqlValue[] {
  return Array.isArray(parameters);
}
