import { join } from 'node:path';
import type { SqlValue } from './sqlite.ts';
import { openDatabaseFile } from './sqlite-database.ts';
import { lockStateDirectory } from './state-lock.ts';

/** By position, or by name (`:name` in the SQL, `name` here). */
export type SqlParameters = readonly SqlValue[] | Readonly<Record<string, SqlValue>>;

/** A prepared statement. Every method throws a ProtiumError: `storage-full`, `busy`, `permission-denied`, `internal`. */
export interface Statement<Row> {
  /** Returns the number of rows changed. */
  run(parameters?: SqlParameters): number;
  get(parameters?: SqlParameters): Row | undefined;
  all(parameters?: SqlParameters): Row[];
}

/** One SQLite file, or memory. Synchronous; errors as with Statement. */
export interface Database {
  /** `:memory:` or the file. */
  readonly path: string;
  /** `Row` is what the statement's columns are known to be; it is not checked. */
  prepare<Row>(sql: string): Statement<Row>;
  /** Statements without parameters and rows; several may be given. */
  exec(sql: string): void;
  /**
   * Runs `fn` in BEGIN IMMEDIATE … COMMIT; rolls back when it throws. Inside another transaction it is a savepoint of that one.
   * `fn` must not be asynchronous.
   */
  transaction<T>(fn: () => NotAPromise<T>): T;
  /** Writes a compact, consistent copy to `path`, which must not exist. */
  backup(path: string): void;
  /**
   * Gives up the disk space that was set aside, so that a few last writes succeed on a full disk. True if there was any.
   * It is set aside again by `restoreReserve` or when the file is opened next.
   */
  spendReserve(): boolean;
  restoreReserve(): void;
  close(): void;
}

/** An asynchronous function would outlive the transaction that it is given to. */
export type NotAPromise<T> = T extends PromiseLike<unknown> ? never : T;

/**
 * Claims a state directory for this process and opens its database, `protium.db`. Closing the database gives both back.
 *
 * @throws ProtiumError `state-conflict` when another process holds the directory, and those of openDatabaseFile.
 */
export function openDatabase(state: { readonly directory: string; readonly log?: StoreLog }): Database {
  const lock = lockStateDirectory(state.directory);
  try {
    const path = join(state.directory, 'protium.db');
    const database = openDatabaseFile(path, { onClose: () => lock.release() });
    state.log?.debug({ path }, 'opened the database');
    return database;
  } catch (error) {
    lock.release();
    throw error;
  }
}

export interface StoreLog {
  debug(facts: object, message: string): void;
}
