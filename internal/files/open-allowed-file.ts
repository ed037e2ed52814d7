import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ProtiumError, type ErrorDetails } from '../errors/protium-error.ts';

/** A file that a request names. */
export interface NamedFile {
  /** Begins the messages, e.g. `pool document`. */
  readonly what: string;
  /** The path as the request gave it; relative ones are resolved against the first root. */
  readonly name: string;
  /** Go with every error, beside `path`. */
  readonly details?: ErrorDetails;
}

/**
 * Opens a file that a request names, to be read. The file, with all symbolic links followed, must lie under one of
 * `roots`; what is not a regular file (a FIFO, a device) is refused before anything is read from it.
 *
 * @throws ProtiumError `path-forbidden`, `file-not-found`
 */
export async function openAllowedFile(file: NamedFile, roots: readonly string[]): Promise<FileHandle> {
  const { name } = file;
  if (name.includes('\0')) throw unreadable(file, 'the path contains a NUL character');

  // Before any look at the file system, so that the answer does not tell whether a file elsewhere exists.
  const asked = path.resolve(roots[0] ?? '.', name);
  requireInside(asked, roots, file);

  let handle;
  try {
    const real = await realpath(asked);
    requireInside(real, await realRoots(roots), file);
    // Without O_NONBLOCK the open of a FIFO would wait for a writer.
    handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof ProtiumError) throw error;
    throw unreadable(file, systemReason(error), error);
  }
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw unreadable(file, 'it is a directory');
    if (!stat.isFile()) throw unreadable(file, 'it is not a regular file');
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function unreadable({ what, name, details = {} }: NamedFile, why: string, cause?: unknown): ProtiumError {
  return new ProtiumError('file-not-found', `The ${what} "${name}" cannot be read: ${why}.`, {
    details: { ...details, path: name },
    cause,
  });
}

function requireInside(
  file: string,
  roots: readonly string[],
  { what, name, details = {} }: NamedFile,
): void {
  const inside = roots.some((root) => file.startsWith(root.endsWith(path.sep) ? root : root + path.sep));
  if (inside) return;
  throw new ProtiumError(
    'path-forbidden',
    `The ${what} "${name}" lies outside the directories that a request may read from: ${roots.join(', ')}. ` +
      'Put the file there, or add its directory to MANAGER_ALLOWED_PATHS.',
    { details: { ...details, path: name, allowed: [...roots] } },
  );
}

async function realRoots(roots: readonly string[]): Promise<readonly string[]> {
  const real = await Promise.allSettled(roots.map((root) => realpath(root)));
  return real.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

function systemReason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'the daemon may not read it';
    case 'ELOOP':
      return 'its symbolic links form a loop';
    case 'ENAMETOOLONG':
      return 'the path is too long';
    default:
      return String(error);
  }
}
