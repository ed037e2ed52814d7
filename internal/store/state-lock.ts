import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProtiumError } from '../errors/protium-error.ts';
import { fromSqlite } from './database-error.ts';
import { createPrivateFile } from './private-file.ts';
import { connectSqlite, type SqliteConnection } from './sqlite.ts';

export interface StateLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly since: string;
}

/** Connections that hold a lock: one that nobody refers to would be collected, and its lock with it. */
const holding = new Set<SqliteConnection>();

/**
 * Claims a state directory (made with mode 0700 if there is none) for this process. The lock is an SQLite transaction on an
 * empty file, that is a lock of the kernel's: it ends with the process, however that ends, so no lock is ever stale.
 *
 * @throws ProtiumError `state-conflict` naming the process that holds it; `permission-denied`, `storage-full`.
 */
export function lockStateDirectory(directory: string): StateLock {
  const path = join(directory, 'daemon.lock');
  const holderPath = join(directory, 'daemon.lock.holder');
  let connection: SqliteConnection | undefined;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    createPrivateFile(path);
    connection = connectSqlite(path);
    connection.exec('BEGIN EXCLUSIVE');
    const holder: Holder = { pid: process.pid, since: new Date().toISOString() };
    writeFileSync(holderPath, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  } catch (error) {
    connection?.close();
    const known = fromSqlite(error, path, 'lock');
    throw known.code === 'busy' ? conflict(directory, readHolder(holderPath), error) : known;
  }
  const held = connection;
  holding.add(held);
  return {
    release() {
      if (!holding.delete(held)) return;
      rmSync(holderPath, { force: true });
      held.close();
    },
  };
}

function conflict(directory: string, holder: Holder | undefined, cause: unknown): ProtiumError {
  const who = holder === undefined ? 'Another process' : `Process ${holder.pid} (since ${holder.since})`;
  return new ProtiumError(
    'state-conflict',
    `${who} uses the state directory ${directory}. Stop it first, or give this daemon its own with PROTIUM_STATE_DIRECTORY.`,
    { cause, details: holder === undefined ? { directory } : { directory, ...holder } },
  );
}

/** undefined when the holder has the lock but has not yet written its name. */
function readHolder(path: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof holder !== 'object' || holder === null || !('pid' in holder) || !('since' in holder))
      return undefined;
    const { pid, since } = holder;
    return typeof pid === 'number' && typeof since === 'string' ? { pid, since } : undefined;
  } catch {
    return undefined;
  }
}
