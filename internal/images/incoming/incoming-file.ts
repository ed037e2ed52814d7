import { createHash, type Hash } from 'node:crypto';
import { open, statfs, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { ChecksumAlgorithm } from '../checksum/checksum.ts';

export interface ReceivedFile {
  readonly bytes: number;
  /** Hexadecimal, by algorithm: `sha256` always, others as asked for. */
  readonly digests: Readonly<Partial<Record<ChecksumAlgorithm, string>> & { sha256: string }>;
}

/** A file that is being received: digests are worked out as the bytes come, and memory stays flat. */
export interface IncomingFile {
  /** What has come so far. */
  readonly bytes: number;
  /** Resolves when more may be given. */
  write(chunk: Buffer): Promise<void>;
  /** Forgets all that has come. */
  restart(): Promise<void>;
  /** Refuses at once what surely does not fit, by its size or for lack of space. */
  requireRoomFor(bytes: number): Promise<void>;
  finish(): Promise<ReceivedFile>;
  /** May be called twice. */
  close(): Promise<void>;
}

/** Written at a time: fewer, longer writes leave the processor to the digests. */
const batchBytes = 1024 * 1024;

/**
 * Makes a new file.
 *
 * @throws ProtiumError, as all its methods: `storage-full`, `image-too-large`
 */
export async function openIncomingFile(
  file: string,
  options: { readonly maxBytes: number; readonly algorithms?: readonly ChecksumAlgorithm[] },
): Promise<IncomingFile> {
  const handle = await open(file, 'ax', 0o600).catch((error: unknown) => {
    throw asStorageError(error, file);
  });
  return receiveInto(handle, file, options);
}

/**
 * The same on an open file. Its flags must make it append: it is truncated when the content begins anew.
 *
 * @param file its path, for messages and for the free space around it
 */
export function receiveInto(
  handle: FileHandle,
  file: string,
  options: { readonly maxBytes: number; readonly algorithms?: readonly ChecksumAlgorithm[] },
): IncomingFile {
  const { maxBytes, algorithms = [] } = options;
  const wanted = [...new Set<ChecksumAlgorithm>(['sha256', ...algorithms])];
  const begin = () =>
    wanted.map((algorithm): [ChecksumAlgorithm, Hash] => [algorithm, createHash(algorithm)]);
  let hashes = begin();
  let bytes = 0;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let writing: Promise<void> = Promise.resolve();
  let closed: Promise<void> | undefined;

  const flush = async (): Promise<void> => {
    await writing;
    const batch = Buffer.concat(pending, pendingBytes);
    pending = [];
    pendingBytes = 0;
    writing = handle.appendFile(batch);
    // Reported by the next one that waits for it.
    writing.catch(() => undefined);
  };
  const settled = <T>(task: Promise<T>): Promise<T> =>
    task.catch((error: unknown) => {
      throw asStorageError(error, file);
    });

  return {
    get bytes() {
      return bytes;
    },
    async write(chunk) {
      if (bytes + chunk.length > maxBytes) throw tooLarge(maxBytes);
      for (const [, hash] of hashes) hash.update(chunk);
      bytes += chunk.length;
      pending.push(chunk);
      pendingBytes += chunk.length;
      if (pendingBytes >= batchBytes) await settled(flush());
    },
    async restart() {
      await settled(writing);
      await settled(handle.truncate(0));
      hashes = begin();
      [bytes, pending, pendingBytes] = [0, [], 0];
    },
    async requireRoomFor(more) {
      if (bytes + more > maxBytes) throw tooLarge(maxBytes);
      const { bavail, bsize } = await statfs(path.dirname(file));
      if (bavail * bsize < more) throw full(file);
    },
    async finish() {
      await settled(flush());
      await settled(writing);
      const digests = Object.fromEntries(hashes.map(([algorithm, hash]) => [algorithm, hash.digest('hex')]));
      return { bytes, digests: digests as ReceivedFile['digests'] };
    },
    close: () => (closed ??= writing.then(undefined, () => undefined).then(() => handle.close())),
  };
}

export function tooLarge(maxBytes: number): ProtiumError {
  return new ProtiumError(
    'image-too-large',
    `The image is larger than ${maxBytes} bytes. PROTIUM_IMAGE_MAX_BYTES sets what is taken.`,
    { details: { limitBytes: maxBytes } },
  );
}

/** A full disk as `storage-full`; everything else as it is. */
export function asStorageError(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' ? full(file, error) : error;
}

function full(file: string, cause?: unknown): ProtiumError {
  const directory = path.dirname(file);
  return new ProtiumError(
    'storage-full',
    `There is not enough space below ${directory} for the image. Free some, or choose another PROTIUM_STATE_DIRECTORY.`,
    { cause, details: { path: directory } },
  );
}
