import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { ContentVolumes } from '../../images/content-volumes.ts';
import { byteProgress, type Fetcher } from '../../images/fetch/fetch-content.ts';
import type { IncomingDirectory } from '../../images/incoming/incoming-directory.ts';
import { openIncomingFile } from '../../images/incoming/incoming-file.ts';
import { inspectFile } from '../../images/inspect/inspect-file.ts';
import type { SourceFormat } from '../../images/inspect/source-format.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition, Step } from '../../operations/definition.ts';
import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import type { Ownership } from '../../ownership/ownership.ts';
import { forgetOwned, recordOwned, type OwnedBy } from './owned-volume.ts';
import { showPool } from '../pools/show-pool.ts';
import { leftVolume } from './create-volume.ts';
import { requireFreePlace, volumeLock, type VolumePlace } from './volume-place.ts';

/** The operation `volume.upload`: a volume of what a request brings. */
export interface UploadVolume {
  readonly input: VolumePlace & {
    /** Of a stream that this process holds. */
    readonly ticket: string;
    /** null: to be seen from the content. */
    readonly format: SourceFormat | null;
    /** Whose it is to be; absent: nobody's. */
    readonly owned?: OwnedBy;
  };
  readonly result: VolumePlace & { readonly digest: string; readonly format: string };
  readonly steps: {
    fetch: { facts: { sha256: string } };
    inspect: {
      facts: { file: string; digest: string; format: string; sizeBytes: number; virtualSizeBytes: number };
    };
    store: { intent: { free: true } };
    'record-owner': { facts?: never };
    discard: { facts?: never };
  };
}

/** Takes content in as images are: all of it, inspected, or nothing. */
export function uploadVolume(options: {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'refresh'>;
  readonly contents: ContentVolumes;
  readonly guard: Pick<StorageGuard, 'require'>;
  readonly ownership: Pick<Ownership, 'record' | 'forget'>;
  readonly incoming: IncomingDirectory;
  readonly fetchUpload: Fetcher<'upload'>;
  readonly maxBytes: number;
  readonly maxVirtualBytes: number;
}): OperationDefinition<UploadVolume> {
  const { client, view, contents, guard, ownership, incoming, fetchUpload, maxBytes, maxVirtualBytes } =
    options;
  const discardIncoming = (id: string): Promise<void> => incoming.remove(id);
  const fetch: Step<UploadVolume, 'fetch'> = {
    name: 'fetch',
    title: 'receive the content',
    async do(run) {
      const { operationId, input, signal } = run;
      const directory = await incoming.create(operationId);
      const file = await openIncomingFile(incoming.path(operationId, 'content'), { maxBytes });
      try {
        await fetchUpload({ kind: 'upload', ticket: input.ticket }, file, {
          directory,
          signal,
          progress: (fraction, message) => run.progress(fraction, message),
          operationId,
          pool: { name: input.pool },
        });
        return { sha256: (await file.finish()).digests.sha256 };
      } finally {
        await file.close();
      }
    },
    undo: ({ operationId }) => discardIncoming(operationId),
    leftBehind: ({ operationId }) => `the directory ${incoming.path(operationId)}`,
  };
  const inspect: Step<UploadVolume, 'inspect'> = {
    name: 'inspect',
    title: 'inspect the content',
    async do(run) {
      const { file, digest, format, sizeBytes, virtualSizeBytes } = await inspectFile(
        incoming.path(run.operationId),
        'content',
        {
          said: run.input.format,
          sha256: run.data('fetch').sha256,
          maxBytes,
          maxVirtualBytes,
          signal: run.signal,
          onProgress: (message) => run.progress(0, message),
        },
      );
      return { file, digest, format, sizeBytes, virtualSizeBytes };
    },
  };
  const store: Step<UploadVolume, 'store'> = {
    name: 'store',
    title: 'store the content',
    async intent(run) {
      const { operationId, input, owner } = run;
      await requireFreePlace(client, input);
      const { sizeBytes, virtualSizeBytes } = run.data('inspect');
      // What a guest may write to it later, too.
      const bytes = BigInt(Math.max(sizeBytes, virtualSizeBytes));
      await guard.require({
        pool: input.pool,
        bytes,
        owner: input.owned?.owner ?? owner,
        creator: input.owned?.creator ?? null,
        operation: operationId,
      });
      return { free: true };
    },
    async do(run) {
      const { operationId, input, signal } = run;
      const { file, sizeBytes } = run.data('inspect');
      const report = byteProgress((fraction, message) => run.progress(fraction, message));
      await contents.upload(input, incoming.path(operationId, file), {
        signal,
        onProgress: (bytes) => report(bytes, sizeBytes),
      });
    },
    // The name was free, and is locked.
    undo: ({ input }) => contents.remove(input),
    leftBehind: ({ input }) => leftVolume(input),
  };
  const recordOwner: Step<UploadVolume, 'record-owner'> = {
    name: 'record-owner',
    title: 'record whose it is',
    do: ({ input }) => recordOwned(ownership, input, input.owned),
    undo: ({ input }) => forgetOwned(ownership, input),
  };
  const discard: Step<UploadVolume, 'discard'> = {
    name: 'discard',
    title: 'remove what was only needed on the way',
    do: ({ operationId }) => discardIncoming(operationId),
  };
  return {
    kind: 'volume.upload',
    onRestart: 'undo',
    resources: (place) => [volumeLock(place)],
    steps: ({ owned }) =>
      owned === undefined ? [fetch, inspect, store, discard] : [fetch, inspect, store, recordOwner, discard],
    async result(run) {
      const { pool, name } = run.input;
      await showPool(client, view, pool).catch((error: unknown) => {
        throw fromLibvirt(error, 'read the pool again');
      });
      const { digest, format } = run.data('inspect');
      return { pool, name, digest, format };
    },
  };
}
