import type { Step } from '../../operations/definition.ts';
import type { IncomingDirectory } from '../incoming/incoming-directory.ts';
import { inspectFile } from '../inspect/inspect-file.ts';
import type { ImportImage } from './shape.ts';

/** Finds out what has come; what it makes of it lies beside it and goes with it. */
export function inspectStep(options: {
  readonly incoming: IncomingDirectory;
  readonly maxBytes: number;
  readonly maxVirtualBytes: number;
}): Step<ImportImage, 'inspect'> {
  const { incoming, maxBytes, maxVirtualBytes } = options;
  return {
    name: 'inspect',
    title: 'inspect the image',
    async do(run) {
      const { operationId, input, signal } = run;
      const { file, digest, format, sizeBytes, virtualSizeBytes } = await inspectFile(
        incoming.path(operationId),
        'content',
        {
          said: input.format,
          sha256: run.data(run.isDone('clean') ? 'clean' : 'fetch').sha256,
          maxBytes,
          maxVirtualBytes,
          signal,
          onProgress: (message) => run.progress(0, message),
        },
      );
      return { file, digest, format, sizeBytes, virtualSizeBytes };
    },
  };
}
