import type { Readable } from 'node:stream';
import type { IncomingFile } from '../incoming/incoming-file.ts';
import { byteProgress, type FetchRun } from './fetch-content.ts';

/**
 * Takes in a stream to its end. The stream is left open when that fails: it may be a request that wants an answer.
 *
 * @param total in bytes; null: not known
 */
export async function copyStream(
  stream: Readable,
  file: IncomingFile,
  { signal, progress }: Pick<FetchRun, 'signal' | 'progress'>,
  total: number | null,
): Promise<void> {
  if (total !== null) await file.requireRoomFor(total);
  const report = byteProgress(progress);
  const onAbort = (): void => void stream.destroy(signal.reason as Error);
  signal.addEventListener('abort', onAbort);
  try {
    signal.throwIfAborted();
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      await file.write(chunk);
      report(file.bytes, total);
    }
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
