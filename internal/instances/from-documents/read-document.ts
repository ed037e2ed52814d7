import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { ProtiumError } from '../../errors/protium-error.ts';

/** Largest document in bytes; libvirt's own schema examples are a few kilobytes. */
const maxDocumentBytes = 1024 * 1024;
/** Read at a time; most documents are smaller. */
const chunkBytes = 32 * 1024;

/**
 * Reads an XML document that a request names. The file, with all symbolic links followed, must lie under one of
 * `roots`; what is not a regular file (a FIFO, a device) is refused before anything is read from it.
 *
 * @param what `pool`, `volume` or `domain`, for the message
 * @param name the path as the request gave it; relative ones are resolved against the first root
 * @throws ProtiumError `path-forbidden`, `file-not-found`, `document-malformed` (too large, not UTF-8)
 */
export async function readDocument(what: string, name: string, roots: readonly string[]): Promise<string> {
  const details = { document: what, path: name };
  const unreadable = (why: string, cause?: unknown) =>
    new ProtiumError('file-not-found', `The ${what} document "${name}" cannot be read: ${why}.`, {
      details,
      cause,
    });
  if (name.includes('\0')) throw unreadable('the path contains a NUL character');

  // Before any look at the file system, so that the answer does not tell whether a file elsewhere exists.
  const asked = path.resolve(roots[0] ?? '.', name);
  requireInside(asked, roots, what, name);

  let file;
  try {
    const real = await realpath(asked);
    requireInside(real, await realRoots(roots), what, name);
    // Without O_NONBLOCK the open of a FIFO would wait for a writer.
    file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof ProtiumError) throw error;
    throw unreadable(systemReason(error), error);
  }
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) throw unreadable('it is a directory');
    if (!stat.isFile()) throw unreadable('it is not a regular file');
    const chunks: Buffer[] = [];
    let length = 0;
    while (length <= maxDocumentBytes) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, length);
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    if (length > maxDocumentBytes) {
      throw new ProtiumError(
        'document-malformed',
        `The ${what} document "${name}" is larger than ${maxDocumentBytes} bytes; no libvirt document is.`,
        { details: { ...details, limitBytes: maxDocumentBytes } },
      );
    }
    return decodeUtf8(Buffer.concat(chunks, length), what, details);
  } finally {
    await file.close();
  }
}

function decodeUtf8(bytes: Buffer, what: string, details: { path: string }): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ProtiumError(
      'document-malformed',
      `The ${what} document "${details.path}" is not UTF-8 text.`,
      {
        details,
        cause: error,
      },
    );
  }
}

function requireInside(file: string, roots: readonly string[], what: string, name: string): void {
  const inside = roots.some((root) => file.startsWith(root.endsWith(path.sep) ? root : root + path.sep));
  if (inside) return;
  throw new ProtiumError(
    'path-forbidden',
    `The ${what} document "${name}" lies outside the directories that a request may read from: ${roots.join(', ')}. ` +
      'Put the file there, or add its directory to MANAGER_ALLOWED_PATHS.',
    { details: { document: what, path: name, allowed: [...roots] } },
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
