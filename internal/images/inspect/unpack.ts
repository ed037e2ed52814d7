import { execa } from 'execa';
import { openIncomingFile, type ReceivedFile } from '../incoming/incoming-file.ts';
import { limited, requireStarted } from './limited-process.ts';
import { refused } from './refusal.ts';
import type { Compression } from './signature.ts';

const packages: Readonly<Record<Compression, string>> = { gzip: 'gzip', xz: 'xz-utils', zstd: 'zstd' };

/**
 * Unpacks a compressed file; a small one that would fill the disk is stopped by the limit of size.
 *
 * @throws ProtiumError `image-too-large`, `storage-full`, `image-refused`, `unsupported`
 */
export async function unpack(
  { file, by, target }: { readonly file: string; readonly by: Compression; readonly target: string },
  options: {
    readonly maxBytes: number;
    readonly signal: AbortSignal;
    readonly onProgress: (bytes: number) => void;
  },
): Promise<ReceivedFile> {
  const { maxBytes, signal, onProgress } = options;
  const unpacked = await openIncomingFile(target, { maxBytes });
  try {
    const program = limited(by, ['--decompress', '--stdout'], {
      cpuSeconds: 3600,
      memoryBytes: 2 ** 30,
      fileBytes: 0,
      deadlineMs: 2 * 3_600_000,
      signal,
    });
    const child = execa(program.file, program.args, {
      ...program.options,
      stdin: { file },
      buffer: { stdout: false },
    });
    try {
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        await unpacked.write(chunk);
        onProgress(unpacked.bytes);
      }
    } catch (error) {
      child.kill('SIGKILL');
      await child;
      throw error;
    }
    const result = await child;
    signal.throwIfAborted();
    requireStarted(result, by, packages[by]);
    if (result.failed) throw refused('malformed', `it cannot be unpacked by ${by}.`);
    return await unpacked.finish();
  } finally {
    await unpacked.close();
  }
}
