import type { KeyedLock } from '../../operations/keyed-lock.ts';
import type { Step, StepRun } from '../../operations/definition.ts';
import type { ContentVolumes } from '../content-volumes.ts';
import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import { byteProgress } from '../fetch/fetch-content.ts';
import type { Image, ImageVolume } from '../image.ts';
import type { ImageStore } from '../image-store.ts';
import type { IncomingDirectory } from '../incoming/incoming-directory.ts';
import { volumeNameOf } from '../names.ts';
import type { Storing } from '../storing.ts';
import type { ImportImage } from './shape.ts';

export interface StoreStepOptions {
  readonly store: ImageStore;
  readonly incoming: IncomingDirectory;
  readonly volumes: ContentVolumes;
  readonly locks: KeyedLock;
  readonly storing: Storing;
  readonly guard: Pick<StorageGuard, 'require' | 'creatorOfImage'>;
}

/** Which lock guards a volume's content: held while it is written or removed, by whatever image. */
export function contentLock({ pool, name }: ImageVolume): string {
  return `image-content/${pool}/${name}`;
}

/** Puts the content into its volume, unless it is there, and the image into the index. */
export function storeStep(options: StoreStepOptions): Step<ImportImage, 'store'> {
  const { store, incoming, volumes, locks, storing, guard } = options;
  return {
    name: 'store',
    title: 'store the image',
    async intent(run) {
      const { digest, format, sizeBytes } = run.data('inspect');
      const volume = { pool: run.input.pool.name, name: volumeNameOf(digest, format) };
      // One that another import is about to write is not there yet: if that one fails, it is ours to remove.
      const existed = !storing.has(volume) && (await volumes.find(volume)) !== null;
      if (!existed)
        await guard.require({
          pool: volume.pool,
          bytes: BigInt(sizeBytes),
          owner: run.owner,
          creator: guard.creatorOfImage(run.input.name),
          operation: run.operationId,
        });
      return { volume: volume.name, existed, createdAt: new Date().toISOString() };
    },
    async do(run, { volume: name, createdAt }) {
      const volume = { pool: run.input.pool.name, name };
      storing.begin(run.operationId, volume);
      await locks.run(
        [contentLock(volume)],
        async () => {
          await provide(run, volume);
          store.insert(imageOf(run, volume, createdAt));
        },
        { signal: run.signal },
      );
      storing.end(run.operationId);
    },
    async undo({ operationId, input }, { volume: name, existed }) {
      const volume = { pool: input.pool.name, name };
      await locks.run([contentLock(volume)], async () => {
        store.remove(operationId);
        if (!existed && store.countOf(volume) === 0) await volumes.remove(volume);
      });
      storing.end(operationId);
    },
    leftBehind: ({ input }, { volume }) =>
      `the volume "${volume}": virsh vol-delete --pool ${input.pool.name} ${volume}`,
  };

  async function provide(run: StepRun<ImportImage>, volume: ImageVolume): Promise<void> {
    const { operationId, signal, log } = run;
    const { file, digest, sizeBytes } = run.data('inspect');
    const found = await volumes.find(volume);
    if (found !== null) {
      if (store.countOf(volume) > 0) return;
      // Nobody vouches for it: it may be what a killed upload has left.
      run.progress(0, 'check what is stored already');
      if (`sha256:${await volumes.digest(found, signal)}` === digest) return;
      log.warn({ volume: volume.name }, 'a volume is not what its name says; it is written anew');
      await volumes.remove(volume);
    }
    const report = byteProgress((fraction, message) => run.progress(fraction, message));
    await volumes.upload(volume, incoming.path(operationId, file), {
      signal,
      onProgress: (bytes) => report(bytes, sizeBytes),
    });
  }
}

function imageOf(run: StepRun<ImportImage>, volume: ImageVolume, createdAt: string): Image {
  const { digest, format, sizeBytes, virtualSizeBytes } = run.data('inspect');
  const { name, os, source } = run.input;
  return {
    id: run.operationId,
    name,
    digest,
    format,
    virtualSizeBytes,
    sizeBytes,
    os,
    source,
    createdAt,
    volume,
  };
}
