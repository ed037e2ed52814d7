import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { ContentVolumes } from '../../images/content-volumes.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition, Step } from '../../operations/definition.ts';
import type { Ownership } from '../../ownership/ownership.ts';
import { readVolume } from '../../xml/volume.ts';
import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import { showPool } from '../pools/show-pool.ts';
import { copyContent } from './copy-content.ts';
import { leftVolume } from './create-volume.ts';
import { requireNoUsers } from './delete-volume.ts';
import { digestOf } from './digest.ts';
import type { LookForVolumeUsers } from './look-for-users.ts';
import {
  existingVolume,
  findVolume,
  requireFreePlace,
  volumeLock,
  type VolumePlace,
} from './volume-place.ts';

/** The operation `volume.move`: the same bytes in another pool, and nothing in the first. */
export interface MoveVolume {
  readonly input: { readonly source: VolumePlace; readonly target: VolumePlace };
  readonly result: VolumePlace & { readonly digest: string };
  readonly steps: {
    copy: { intent: { free: true }; facts: { lengthBytes: string; sha256: string | null } };
    compare: { facts: { sha256: string } };
    delete: { facts?: never };
  };
}

export function moveVolume(options: {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'refresh'>;
  readonly contents: Pick<ContentVolumes, 'remove'>;
  readonly guard: StorageGuard;
  readonly lookForUsers: LookForVolumeUsers;
  readonly ownership: Pick<Ownership, 'ownerOf' | 'rename'>;
}): OperationDefinition<MoveVolume> {
  const { client, view, contents, guard, lookForUsers, ownership } = options;
  const requireUnneeded = async (source: VolumePlace): Promise<void> => {
    const volume = await existingVolume(client, source);
    requireNoUsers(source, await lookForUsers(await client.volumes.path(volume)));
  };
  const copy: Step<MoveVolume, 'copy'> = {
    name: 'copy',
    title: 'copy the volume',
    async intent({ input: { source, target } }) {
      await requireUnneeded(source);
      await requireFreePlace(client, target);
      const bytes = await lengthOf(client, source);
      await guard.require({ pool: target.pool, bytes, owner: guard.ownerOf(source), isMoved: true });
      return { free: true };
    },
    do: (run) =>
      copyContent({
        client,
        ...run.input,
        signal: run.signal,
        progress: (done, message) => run.progress(done, message),
      }),
    // The name was free, and is locked. libvirt carries on with what was given up: it is waited for.
    undo: ({ input }) => contents.remove(input.target),
    leftBehind: ({ input }) => leftVolume(input.target),
  };
  const compare: Step<MoveVolume, 'compare'> = {
    name: 'compare',
    title: 'compare the copy with the volume',
    async do(run) {
      const { source, target } = run.input;
      const { lengthBytes, sha256: known } = run.data('copy');
      const length = BigInt(lengthBytes);
      const { signal } = run;
      // Of a copy by libvirt nothing is known yet: both are read, one after the other.
      const share = known === null ? 0.5 : 1;
      let found: string;
      try {
        const wanted =
          known ??
          (await digestOf(client, source, length, {
            signal,
            progress: (done, message) => run.progress(done * share, message),
          }));
        found = await digestOf(client, target, length, {
          signal,
          progress: (done, message) => run.progress(1 - share + done * share, message),
        });
        if (found !== wanted || (await lengthOf(client, target)) < length) throw differs(run.input);
      } catch (error) {
        signal.throwIfAborted();
        throw fromLibvirt(error, 'compare the copy with the volume');
      }
      // Who took it in the meantime keeps it, and the copy goes.
      await requireUnneeded(source);
      return { sha256: found };
    },
  };
  const remove: Step<MoveVolume, 'delete'> = {
    name: 'delete',
    title: 'delete the volume that was copied',
    irreversible: true,
    async do({ input: { source, target } }) {
      try {
        // Once more: it may be a restart, long after.
        if ((await findVolume(client, source)) !== null) {
          await requireUnneeded(source);
          await contents.remove(source);
        }
      } catch (error) {
        throw fromLibvirt(error, 'delete the volume that was copied');
      }
      const [from, to] = [source, target].map(({ pool, name }) => `${pool}/${name}`) as [string, string];
      if (ownership.ownerOf('volume', from) !== undefined) ownership.rename('volume', from, to);
    },
  };
  return {
    kind: 'volume.move',
    onRestart: 'undo',
    resources: ({ source, target }) => [volumeLock(source), volumeLock(target)],
    steps: () => [copy, compare, remove],
    async result(run) {
      const { source, target } = run.input;
      await showPool(client, view, target.pool);
      await showPool(client, view, source.pool);
      return { ...target, digest: `sha256:${run.data('compare').sha256}` };
    },
  };
}

async function lengthOf(client: LibvirtClient, place: VolumePlace): Promise<bigint> {
  const { physicalBytes, capacityBytes } = readVolume(
    await client.volumes.xml(await existingVolume(client, place)),
  );
  return physicalBytes ?? capacityBytes ?? 0n;
}

function differs({ source, target }: MoveVolume['input']): ProtiumError {
  return new ProtiumError(
    'checksum-mismatch',
    `The copy in the pool "${target.pool}" differs from the volume "${source.name}": its storage does not keep what is ` +
      'written. The volume stays where it was. Check the storage of that pool.',
    { details: { pool: target.pool, volume: source.name } },
  );
}
