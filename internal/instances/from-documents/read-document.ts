import { ProtiumError } from '../../errors/protium-error.ts';
import { openAllowedFile } from '../../files/open-allowed-file.ts';

/** Largest document in bytes; libvirt's own schema examples are a few kilobytes. */
const maxDocumentBytes = 1024 * 1024;
/** Read at a time; most documents are smaller. */
const chunkBytes = 32 * 1024;

/**
 * Reads an XML document that a request names, from under one of `roots` (see openAllowedFile).
 *
 * @param what `pool`, `volume` or `domain`, for the message
 * @param name the path as the request gave it; relative ones are resolved against the first root
 * @throws ProtiumError `path-forbidden`, `file-not-found`, `document-malformed` (too large, not UTF-8)
 */
export async function readDocument(what: string, name: string, roots: readonly string[]): Promise<string> {
  const details = { document: what, path: name };
  const file = await openAllowedFile({ what: `${what} document`, name, details: { document: what } }, roots);
  try {
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
