import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ImageFormat } from '../image.ts';
import { tooLarge } from '../incoming/incoming-file.ts';
import { decideFormat, judge, requireSelfContained } from './judge.ts';
import { convertToQcow2, inspectImage } from './qemu-img.ts';
import { headBytes, readSignature, tailBytes, type Signature } from './signature.ts';
import { sha256Of } from './sha256-of.ts';
import type { SourceFormat } from './source-format.ts';
import { unpack } from './unpack.ts';

/** What is to be stored. */
export interface InspectedFile {
  /** Name in the directory of what was received. */
  readonly file: string;
  /** `sha256:` and hexadecimal digits. */
  readonly digest: string;
  readonly format: ImageFormat;
  readonly sizeBytes: number;
  readonly virtualSizeBytes: number;
}

export interface InspectOptions {
  /** null: to be seen from the content. */
  readonly said: SourceFormat | null;
  /** Of `file` as it was received, in hexadecimal. */
  readonly sha256: string;
  readonly maxBytes: number;
  readonly maxVirtualBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/**
 * Finds out what was received, refuses what is not to be trusted, unpacks what is compressed, converts what is neither
 * qcow2 nor raw.
 *
 * @param directory an absolute path; new files are made in it
 * @param file name of what was received
 * @throws ProtiumError `image-refused`, `image-too-large`, `storage-full`, `unsupported`
 */
export async function inspectFile(
  directory: string,
  file: string,
  options: InspectOptions,
): Promise<InspectedFile> {
  const { said, maxBytes, maxVirtualBytes, signal, onProgress } = options;
  let current = { file, sha256: options.sha256 };
  const at = (name: string): string => path.join(directory, name);
  let ends = await readEnds(at(file));
  if (ends.signature.kind === 'compressed') {
    const { by } = ends.signature;
    const unpacked = await unpack(
      { file: at(file), by, target: at('unpacked') },
      {
        maxBytes,
        signal,
        onProgress: (bytes) => onProgress(`unpack: ${Math.round(bytes / 2 ** 20)} MiB`),
      },
    );
    await rm(at(file));
    current = { file: 'unpacked', sha256: unpacked.digests.sha256 };
    ends = await readEnds(at(current.file));
  }

  const format = decideFormat(ends.signature, said);
  requireSelfContained(format, ends.head);
  const report = await inspectImage(at(current.file), format, signal);
  const virtualSizeBytes = judge(report, format, maxVirtualBytes);
  if (format === 'qcow2' || format === 'raw') {
    return {
      file: current.file,
      digest: `sha256:${current.sha256}`,
      format,
      sizeBytes: ends.size,
      virtualSizeBytes,
    };
  }

  onProgress(`convert from ${format}`);
  await convertToQcow2({ file: at(current.file), format, target: at('converted') }, maxBytes, signal);
  await rm(at(current.file));
  const { size } = await readEnds(at('converted'));
  if (size > maxBytes) throw tooLarge(maxBytes);
  return {
    file: 'converted',
    digest: `sha256:${await sha256Of(at('converted'), signal)}`,
    format: 'qcow2',
    sizeBytes: size,
    virtualSizeBytes,
  };
}

interface Ends {
  readonly head: Buffer;
  readonly size: number;
  readonly signature: Signature;
}

async function readEnds(file: string): Promise<Ends> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const read = async (position: number, length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    const head = await read(0, headBytes);
    const tail = await read(Math.max(0, size - tailBytes), tailBytes);
    return { head, size, signature: readSignature(head, tail) };
  } finally {
    await handle.close();
  }
}
