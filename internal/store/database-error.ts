import { ProtiumError } from '../errors/protium-error.ts';

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
const sqlite = {
  busy: 5,
  readonly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;
/** The extended code of SQLITE_IOERR for: the shared-memory file could not be enlarged. */
const sharedMemoryFull = 4874;

/**
 * An error of SQLite or of the file system below it, as one of the catalogue that says what to do.
 *
 * @param doing what was tried, e.g. `open the database`.
 */
export function fromSqlite(error: unknown, path: string, doing: string): ProtiumError {
  if (error instanceof ProtiumError) return error;
  const code = sqliteCode(error);
  const cause = { cause: error, details: code === undefined ? { path } : { path, sqliteCode: code } };
  const failed = `Could not ${doing} ${path}: ${error instanceof Error ? error.message : String(error)}.`;
  if (isFull(error)) {
    return new ProtiumError(
      'storage-full',
      `${failed} Free some space on that file system and try again.`,
      cause,
    );
  }
  switch (code === undefined ? systemCode(error) : code & 0xff) {
    case sqlite.busy:
      return new ProtiumError('busy', `${failed} Another process holds it for too long; try again.`, cause);
    case sqlite.readonly:
    case sqlite.cannotOpen:
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ProtiumError(
        'permission-denied',
        `${failed} The daemon's user must be able to read and write this file and its directory; ` +
          'change their owner or choose another directory with PROTIUM_STATE_DIRECTORY.',
        cause,
      );
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return damaged(path, error instanceof Error ? error.message : String(error), cause);
    case sqlite.ioError:
      return new ProtiumError('internal', `${failed} Check the disk that it is on (dmesg).`, cause);
    default:
      return new ProtiumError('internal', failed, cause);
  }
}

export function damaged(
  path: string,
  finding: string,
  options: ConstructorParameters<typeof ProtiumError>[2] = { details: { path } },
): ProtiumError {
  return new ProtiumError(
    'internal',
    `The database ${path} is damaged (${finding}). Stop Protium and run it once with --recover-state, which saves what can ` +
      'still be read and keeps the damaged file; or put a backup in its place, without -wal and -shm files beside it. ' +
      'VMs and their definitions are not in it: libvirt keeps them.',
    options,
  );
}

function isFull(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code !== undefined) return (code & 0xff) === sqlite.full || code === sharedMemoryFull;
  const system = systemCode(error);
  return system === 'ENOSPC' || system === 'EDQUOT';
}

/** The extended result code. */
function sqliteCode(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code : undefined;
}

function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
