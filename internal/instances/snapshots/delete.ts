import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { Change } from '../changes/begin-change.ts';
import { currentInstance, requireNoSavedState } from '../changes/current-instance.ts';
import { shown } from '../lifecycle/shown.ts';
import { instanceResources, type InstanceTarget } from '../lifecycle/target.ts';
import { readSnapshots, snapshotNamed, type Snapshot } from './read-snapshots.ts';
import { tidyChains } from './tidy.ts';

/** The operation `snapshot.delete`. */
export interface DeleteSnapshot {
  readonly input: InstanceTarget & { readonly name: string };
  readonly result: { readonly uuid: string; readonly snapshot: string };
  readonly steps: {
    'find-snapshot': { intent: { kind: string } };
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
          intent: async ({ input }) => ({ kind: (await find(input)).kind }),
          do: () => undefined,
        },
        {
          name: 'forget-snapshot',
          title: 'delete the snapshot',
          irreversible: true,
          async do(run) {
            const { domain } = await currentInstance(client, run.input.uuid);
            const left = await readSnapshots(client, domain);
            const snapshot = left.find(({ name }) => name === run.input.name);
            if (snapshot === undefined) return;
            const metadataOnly = run.data('find-snapshot').kind === 'external';
            try {
              await client.snapshots.delete(snapshot.ref, { metadataOnly });
            } catch (error) {
              throw fromLibvirt(error, 'delete the snapshot');
            }
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
