import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import type { Change } from '../changes/begin-change.ts';
import { currentInstance, requireNoSavedState } from '../changes/current-instance.ts';
import { shown } from '../lifecycle/shown.ts';
import { instanceResources, type InstanceTarget } from '../lifecycle/target.ts';
import { pointDisks } from './point-disks.ts';
import { readSnapshots, snapshotNamed, type Snapshot } from './read-snapshots.ts';
import { redefineSnapshot } from './redefine-snapshot.ts';
import { tidyChains } from './tidy.ts';

/** The operation `snapshot.delete`. */
export interface DeleteSnapshot {
  readonly input: InstanceTarget & { readonly name: string };
  readonly result: { readonly uuid: string; readonly snapshot: string };
  readonly steps: {
    'find-snapshot': { intent: { kind: string; others: Record<string, HeldDisk[]> } };
    'forget-snapshot': { facts?: never };
    'tidy-layers': { facts?: never };
  };
}

/** Deletes a snapshot; what only it stood on is put together with what is over it. */
export function deleteSnapshot(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh' | 'volumes'>,
): Change<DeleteSnapshot> {
  const find = async ({ uuid, name }: DeleteSnapshot['input']): Promise<Snapshot> => {
    const { domain } = await currentInstance(client, uuid);
    await requireNoSavedState(client, domain);
    return snapshotNamed(await readSnapshots(client, domain), name);
  };
  return {
    definition: {
      kind: 'snapshot.delete',
      onRestart: 'resume',
      resources: instanceResources,
      steps: () => [
        {
          name: 'find-snapshot',
          title: 'find the snapshot',
          async intent({ input }) {
            const { kind } = await find(input);
            const { domain } = await currentInstance(client, input.uuid);
            const others = (await readSnapshots(client, domain)).filter(({ name }) => name !== input.name);
            return {
              kind,
              others: Object.fromEntries(
                others.map(({ name, disks }) => [name, disks.map((disk) => ({ ...disk }))]),
              ),
            };
          },
          do: () => undefined,
        },
        {
          name: 'forget-snapshot',
          title: 'delete the snapshot',
          irreversible: true,
          async do(run) {
            const { domain } = await currentInstance(client, run.input.uuid);
            const present = await readSnapshots(client, domain);
            const snapshot = present.find(({ name }) => name === run.input.name);
            const { kind, others } = run.data('find-snapshot');
            const metadataOnly = kind === 'external';
            try {
              if (snapshot !== undefined) await client.snapshots.delete(snapshot.ref, { metadataOnly });
            } catch (error) {
              throw fromLibvirt(error, 'delete the snapshot');
            }
            if (metadataOnly) await restoreOthers(client, domain, others);
          },
        },
        {
          name: 'tidy-layers',
          title: 'put the layers of its disks together',
          irreversible: true,
          async do(run) {
            if (run.data('find-snapshot').kind === 'internal') return;
            await tidyChains(client, view, run.input.uuid, run.signal);
          },
        },
      ],
      async result({ input }) {
        await shown(view, input.uuid);
        return { uuid: input.uuid, snapshot: input.name };
      },
    },
    async check(input) {
      await find(input);
      return [];
    },
  };
}

type HeldDisk = Snapshot['disks'][number];

/**
 * As it forgets a snapshot, libvirt (9.0, qemuSnapshotDiscardMetadata) notes for those that follow that their states are in
 * its file by now, which they are not: they are told of the files that they had.
 */
async function restoreOthers(
  client: LibvirtClient,
  domain: DomainRef,
  others: Readonly<Record<string, readonly HeldDisk[]>>,
): Promise<void> {
  for (const snapshot of await readSnapshots(client, domain)) {
    const pointers = (others[snapshot.name] ?? []).flatMap(({ target, path: to, format }) => {
      const from = snapshot.disks.find((disk) => disk.target === target)?.path ?? null;
      if (from === null || to === null || from === to) return [];
      return [{ from, to, format: format === 'qcow2' ? ('qcow2' as const) : ('raw' as const) }];
    });
    if (pointers.length === 0) continue;
    await redefineSnapshot(client, domain, pointDisks(snapshot.document, pointers), snapshot.current);
  }
}
