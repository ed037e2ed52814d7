import { createRequire } from 'node:module';
import { ProtiumError } from '../errors/protium-error.ts';

/** What SQLite stores. Integers beyond 2^53 must be given as bigint; reading one throws. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** The part of node:sqlite's API that is used here. */
export interface SqliteConnection {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export interface SqliteStatement {
  run(...parameters: readonly unknown[]): { readonly changes: number | bigint };
  get(...parameters: readonly unknown[]): unknown;
  all(...parameters: readonly unknown[]): unknown[];
  iterate(...parameters: readonly unknown[]): Iterable<unknown>;
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string) => SqliteConnection;
}

let loaded: SqliteModule | undefined;

/** Opens a connection with node:sqlite (Node 22.13 and later), else with @photostructure/sqlite, which has the same API. */
export function connectSqlite(path: string): SqliteConnection {
  loaded ??= builtIn() ?? fromPackage();
  return new loaded.DatabaseSync(path);
}

/** Node 22 warns that node:sqlite is experimental; of all warnings, only the one of this load is held back. */
function builtIn(): SqliteModule | undefined {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule('node:sqlite') as SqliteModule | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function fromPackage(): SqliteModule {
  try {
    return createRequire(import.meta.url)('@photostructure/sqlite') as SqliteModule;
  } catch (error) {
    throw new ProtiumError(
      'unsupported',
      `This Node.js (${process.version}) has no SQLite, and the package @photostructure/sqlite cannot be loaded. ` +
        'Use Node.js 22.13 or later, or install the optional dependencies (npm install --include=optional).',
      { cause: error },
    );
  }
}
