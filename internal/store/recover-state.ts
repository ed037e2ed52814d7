import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { ProtiumError } from '../errors/protium-error.ts';
import { fromSqlite } from './database-error.ts';
import { migrations } from './migrations/all.ts';
import { salvage, versionOfDamaged, type SalvagedTable } from './salvage.ts';
import { openDatabaseFile } from './sqlite-database.ts';
import { lockStateDirectory } from './state-lock.ts';

export interface RecoveredState {
  /** Where the damaged file is now; null: there was nothing wrong with it, and nothing was changed. */
  readonly keptAs: string | null;
  readonly tables: readonly SalvagedTable[];
}

/**
 * Makes a whole database of what can still be read of a damaged one, in its place. The damaged file is kept beside it.
 *
 * @throws ProtiumError `state-conflict` while a daemon uses the directory; `not-found`: there is no database in it;
 *   `unsupported`: a newer Protium's; `storage-full`, `permission-denied`.
 */
export function recoverState(directory: string, now: Date): RecoveredState {
  const file = join(directory, 'protium.db');
  if (!existsSync(file)) {
    throw new ProtiumError(
      'not-found',
      `There is no database ${file}: nothing is to be recovered. The next start of the daemon makes an empty one. ` +
        'Is PROTIUM_STATE_DIRECTORY the same as for the daemon?',
      { details: { path: file } },
    );
  }
  const lock = lockStateDirectory(directory);
  let work: string | undefined;
  try {
    work = mkdtempSync(join(directory, 'recovering-'));
    return recoverIn(work, file, now);
  } catch (error) {
    throw fromSqlite(error, file, 'recover');
  } finally {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
    lock.release();
  }
}

function recoverIn(work: string, file: string, now: Date): RecoveredState {
  // SQLite changes what it opens, if only by what its log still holds: the original stays as it was found.
  const copy = join(work, 'damaged.db');
  for (const suffix of ['', '-wal']) {
    if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix);
  }
  if (isWhole(copy, join(work, 'tried.db'))) return { keptAs: null, tables: [] };
  padToPages(copy);
  const version = versionOfDamaged(copy);
  const whole = join(work, 'whole.db');
  const made = openDatabaseFile(whole, {
    migrations: version === null ? migrations : migrations.slice(0, version),
    reserveBytes: 0,
  });
  let tables: readonly SalvagedTable[];
  try {
    tables = made.transaction(() => [...salvage(copy, made)]);
  } finally {
    made.close();
  }
  return { keptAs: exchange(file, whole, now), tables };
}

/**
 * SQLite reads nothing of a file that is shorter than its header says: what was cut off is made a hole, and only what
 * is in the hole cannot be read then. Offsets: https://sqlite.org/fileformat.html#the_database_header
 */
function padToPages(file: string): void {
  const header = readFileSync(file).subarray(0, 100);
  if (header.toString('latin1', 0, 15) !== 'SQLite format 3') return;
  const size = header.readUInt16BE(16);
  const wanted = header.readUInt32BE(28) * (size === 1 ? 65_536 : size);
  const most = 2 ** 40;
  if (wanted <= most && statSync(file).size < wanted) truncateSync(file, wanted);
}

function isWhole(file: string, tried: string): boolean {
  copyFileSync(file, tried);
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${tried}-wal`);
  try {
    openDatabaseFile(tried, { reserveBytes: 0 }).close();
    return true;
  } catch (error) {
    if (error instanceof ProtiumError && error.code !== 'internal') throw error;
    return false;
  }
}

/** At every moment there is a database, and all that was of the damaged one. */
function exchange(file: string, whole: string, now: Date): string {
  const kept = `${file}.damaged-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  linkSync(file, kept);
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${kept}-wal`);
  rmSync(`${file}-shm`, { force: true });
  renameSync(whole, file);
  return kept;
}
