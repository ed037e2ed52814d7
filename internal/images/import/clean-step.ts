import { stat } from 'node:fs/promises';
import type { Step } from '../../operations/definition.ts';
import type { KeyedLock } from '../../operations/keyed-lock.ts';
import type { DiskCleaner } from '../clean/clean-disk.ts';
import type { IncomingDirectory } from '../incoming/incoming-directory.ts';
import { tooLarge } from '../incoming/incoming-file.ts';
import { sha256Of } from '../inspect/sha256-of.ts';
import type { ImportImage } from './shape.ts';

/** Each cleaning is a virtual machine: one after the other. */
const cleaningLock = 'image-cleaning';

/**
 * Takes from the copy of an instance's disk what is only that machine's. The digest is that of the result, which goes with
 * the directory that it was fetched into.
 */
export function cleanStep(options: {
  readonly incoming: IncomingDirectory;
  readonly cleaner: Pick<DiskCleaner, 'clean'>;
  readonly locks: KeyedLock;
  readonly maxBytes: number;
}): Step<ImportImage, 'clean'> {
  const { incoming, cleaner, locks, maxBytes } = options;
  return {
    name: 'clean',
    title: 'clean the image',
    async do(run) {
      const { operationId, signal, log } = run;
      const file = incoming.path(operationId, 'content');
      const progress = (fraction: number, message: string): void => run.progress(fraction, message);
      await locks.run([cleaningLock], () => cleaner.clean(file, { signal, progress, log }), { signal });
      const { size } = await stat(file);
      if (size > maxBytes) throw tooLarge(maxBytes);
      run.progress(1, 'work out the digest');
      return { sha256: await sha256Of(file, signal) };
    },
  };
}
