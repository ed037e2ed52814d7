import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ProtiumError } from '../errors/protium-error.ts';

/** The end of a log. */
export interface LogTail {
  readonly content: Buffer;
  readonly logBytes: number;
  /** There is more before it. */
  readonly truncated: boolean;
  /** Where the next read begins, and in which file. */
  readonly place: LogPlace;
}

interface LogPlace {
  readonly inode: number;
  readonly offset: number;
}

export interface TailSize {
  readonly maxBytes: number;
  /** 0: as many as there are. */
  readonly maxLines: number;
}

/** libvirt's own directory of logs: no other file that a document names is read. */
export const libvirtLogDirectory = '/var/log/libvirt';
/** Files know no events over a roll-over by virtlogd: they are looked at so often. */
const followMs = 300;
const followBytes = 64 * 1024;

/** Rejects with `file-not-found`, `permission-denied`, `path-forbidden`. */
export async function readLogTail(file: string, { maxBytes, maxLines }: TailSize): Promise<LogTail> {
  const handle = await openLog(file);
  try {
    const { size, ino } = await handle.stat();
    const start = Math.max(0, size - maxBytes);
    const all = await readAt(handle, start, size - start);
    const content = lastLines(all, maxLines);
    return {
      content,
      logBytes: size,
      truncated: content.length < size,
      place: { inode: ino, offset: start + all.length },
    };
  } finally {
    await handle.close();
  }
}

/** What is added to a log from a place on, over roll-overs and restarts of the VM, until the signal comes. */
export async function* followLog(file: string, from: LogPlace, signal: AbortSignal): AsyncGenerator<Buffer> {
  let { inode, offset } = from;
  while (!signal.aborted) {
    const now = await stat(file).catch(() => null);
    if (now !== null && (now.ino !== inode || now.size < offset)) [inode, offset] = [now.ino, 0];
    if (now === null || now.size === offset) {
      await setTimeout(followMs, undefined, { signal }).catch(() => undefined);
      continue;
    }
    const handle = await openLog(file);
    let added: Buffer;
    try {
      added = await readAt(handle, offset, Math.min(followBytes, now.size - offset));
    } finally {
      await handle.close();
    }
    offset += added.length;
    if (added.length > 0) yield added;
  }
}

async function openLog(file: string): Promise<FileHandle> {
  if (!path.isAbsolute(file) || !path.normalize(file).startsWith(`${libvirtLogDirectory}/`)) {
    throw new ProtiumError(
      'path-forbidden',
      `The log of this console is ${file}: only logs under ${libvirtLogDirectory} are shown.`,
      { details: { path: file } },
    );
  }
  let handle: FileHandle;
  try {
    // Not waiting for a writer, should it be a pipe.
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw openError(file, error as NodeJS.ErrnoException);
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new ProtiumError('path-forbidden', `${file} is no file.`, { details: { path: file } });
}

function openError(file: string, error: NodeJS.ErrnoException): ProtiumError {
  const details = { path: file };
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return new ProtiumError(
        'permission-denied',
        `The daemon's user may not read ${file}: libvirt gives its logs to root alone. Run the daemon as root to see it; ` +
          'an open console shows what comes from now on in any case.',
        { cause: error, details },
      );
    case 'ELOOP':
      return new ProtiumError('path-forbidden', `${file} is a symbolic link: not followed.`, {
        cause: error,
        details,
      });
    default:
      return new ProtiumError(
        'file-not-found',
        `There is no log ${file} that can be read (${error.code ?? error.message}): the VM has not run yet, or its log was removed.`,
        { cause: error, details },
      );
  }
}

async function readAt(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
  return buffer.subarray(0, bytesRead);
}

/** With the line that is not ended yet, which counts as one. */
function lastLines(bytes: Buffer, maxLines: number): Buffer {
  if (maxLines === 0) return bytes;
  let end = bytes.length - (bytes.at(-1) === 0x0a ? 1 : 0);
  for (let lines = 0; lines < maxLines; lines += 1) {
    const at = end <= 0 ? -1 : bytes.lastIndexOf(0x0a, end - 1);
    if (at === -1) return bytes;
    end = at;
  }
  return bytes.subarray(end + 1);
}
