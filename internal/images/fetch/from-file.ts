import { openAllowedFile } from '../../files/open-allowed-file.ts';
import { copyStream } from './copy-stream.ts';
import type { Fetcher } from './fetch-content.ts';

/** Read at a time. */
const chunkBytes = 1024 * 1024;

/** Copies: what was inspected must be what is stored, whoever writes to the file meanwhile. */
export function fromFile(allowedPaths: readonly string[]): Fetcher<'file'> {
  return async ({ path }, file, run) => {
    const handle = await openAllowedFile({ what: 'image', name: path }, allowedPaths);
    try {
      const { size } = await handle.stat();
      await copyStream(
        handle.createReadStream({ highWaterMark: chunkBytes, autoClose: false }),
        file,
        run,
        size,
      );
    } finally {
      await handle.close();
    }
  };
}
