import { ProtiumError } from '../../errors/protium-error.ts';
import type { Step } from '../../operations/definition.ts';
import type { ChecksumAlgorithm } from '../checksum/checksum.ts';
import type { ContentVolumes } from '../content-volumes.ts';
import type { ReadExpectedChecksum } from '../fetch/expected-checksum.ts';
import type { FetchContent } from '../fetch/fetch-content.ts';
import { flatCopyOf, undoFromInstance } from '../fetch/from-instance.ts';
import type { ImageStore } from '../image-store.ts';
import type { IncomingDirectory } from '../incoming/incoming-directory.ts';
import { openIncomingFile, type ReceivedFile } from '../incoming/incoming-file.ts';
import type { ImportImage } from './shape.ts';

export interface FetchStepOptions {
  readonly store: Pick<ImageStore, 'byName'>;
  readonly incoming: IncomingDirectory;
  readonly volumes: ContentVolumes;
  readonly fetchContent: FetchContent;
  readonly readExpectedChecksum: ReadExpectedChecksum;
  readonly maxBytes: number;
}

/** Brings the content, from wherever it is, into a directory of the operation's own, and compares its checksum. */
export function fetchStep(options: FetchStepOptions): Step<ImportImage, 'fetch'> {
  const { store, incoming, volumes, fetchContent, readExpectedChecksum, maxBytes } = options;
  return {
    name: 'fetch',
    title: 'fetch the image',
    intent({ input }) {
      requireFreeName(store, input.name);
      return {};
    },
    async do(run) {
      const { operationId, input, signal } = run;
      const directory = await incoming.create(operationId);
      const expected = input.checksum === null ? null : await readExpectedChecksum(input.checksum, signal);
      const file = await openIncomingFile(incoming.path(operationId, 'content'), {
        maxBytes,
        algorithms: expected === null ? [] : [expected.algorithm],
      });
      try {
        await fetchContent(input.fetch, file, {
          directory,
          signal,
          progress: (fraction, message) => run.progress(fraction, message),
          operationId,
          pool: input.pool,
        });
        const received = await file.finish();
        if (expected !== null) requireChecksum(received, expected);
        return { bytes: received.bytes, sha256: received.digests.sha256 };
      } finally {
        await file.close();
      }
    },
    async undo({ operationId, input }) {
      await incoming.remove(operationId);
      if (input.fetch.kind === 'instance') await undoFromInstance(volumes, { operationId, pool: input.pool });
    },
    leftBehind: ({ operationId, input }) =>
      `the directory ${incoming.path(operationId)}` +
      (input.fetch.kind === 'instance'
        ? `, the volume "${flatCopyOf(input.pool.name, operationId).name}"`
        : ''),
  };
}

/** @throws ProtiumError `already-exists` */
export function requireFreeName(store: Pick<ImageStore, 'byName'>, name: string): void {
  if (store.byName(name) === undefined) return;
  throw new ProtiumError(
    'already-exists',
    `There is an image "${name}" already. Delete it first, or give another name.`,
    { details: { name } },
  );
}

function requireChecksum(
  { digests }: ReceivedFile,
  { algorithm, hex }: { readonly algorithm: ChecksumAlgorithm; readonly hex: string },
): void {
  const got = digests[algorithm];
  if (got === hex) return;
  throw new ProtiumError(
    'checksum-mismatch',
    `The image is not what it should be: its ${algorithm} is ${String(got)}, expected was ${hex}. ` +
      'The file was changed, damaged, or replaced by a newer one while it was downloaded; try again.',
    { details: { algorithm, expected: hex, got: String(got) } },
  );
}
