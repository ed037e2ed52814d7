import { randomBytes } from 'node:crypto';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { snapshotElement } from '../../xml/snapshot.ts';
import type { Change } from '../changes/begin-change.ts';
import { currentInstance, requireNoSavedState } from '../changes/current-instance.ts';
import { shown } from '../lifecycle/shown.ts';
import { instanceResources, type InstanceTarget } from '../lifecycle/target.ts';
import { chooseSnapshot, type SnapshotChoice, type SnapshotWish } from './choose-kind.ts';
import { layerPath } from './layers.ts';
import { readSnapshots } from './read-snapshots.ts';
import { poolsOf, refreshPoolsOf } from './refresh-pools.ts';

/** The operation `snapshot.create`. */
export interface CreateSnapshot {
  readonly input: InstanceTarget &
    SnapshotWish & {
      readonly name: string;
      readonly description: string | null;
    };
  readonly result: {
    readonly uuid: string;
    readonly snapshot: string;
    readonly kind: string;
    readonly notices: readonly string[];
  };
  readonly steps: {
    'choose-kind': { intent: { choice: SnapshotChoice; document: string } };
    'take-snapshot': { facts?: never };
    'refresh-pools': { facts?: never };
  };
}

/** Chains as long as this make a disk slow, and trees as large are no longer understood. */
const most = 64;

/** Takes a snapshot of an instance, of the kind that its disks allow. */
export function createSnapshot(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh'>,
): Change<CreateSnapshot> {
  const choose = async ({
    uuid,
    name,
    memory,
    quiesce,
  }: CreateSnapshot['input']): Promise<SnapshotChoice> => {
    const { domain, definition, running } = await currentInstance(client, uuid);
    await requireNoSavedState(client, domain);
    const snapshots = await readSnapshots(client, domain);
    if (snapshots.some((snapshot) => snapshot.name === name)) {
      throw new ProtiumError('already-exists', `The VM has a snapshot "${name}" already.`, {
        details: { snapshot: name },
      });
    }
    if (snapshots.length >= most) {
      throw new ProtiumError('state-conflict', `A VM has ${most} snapshots at most: delete some first.`, {
        details: { most },
      });
    }
    const others = snapshots.map(({ kind }) => kind);
    const wish = { memory, quiesce };
    const choice = chooseSnapshot(running ?? definition, { active: running !== null, others }, wish);
    if (choice.kind === 'external') await requirePools(client, choice);
    return choice;
  };
  return {
    definition: {
      kind: 'snapshot.create',
      onRestart: 'undo',
      resources: instanceResources,
      steps: () => [
        {
          name: 'choose-kind',
          title: 'find out how it can be kept',
          async intent({ input }) {
            const choice = await choose(input);
            return { choice, document: documentOf(choice, input.name, input.description) };
          },
          do: () => undefined,
        },
        {
          name: 'take-snapshot',
          title: 'take the snapshot',
          // libvirt takes it of all disks or of none; what is taken is deleted as any other.
          irreversible: true,
          async do(run) {
            const { choice, document } = run.data('choose-kind');
            const { domain } = await currentInstance(client, run.input.uuid);
            const taken = await readSnapshots(client, domain);
            if (taken.some(({ name }) => name === run.input.name)) return;
            const external = choice.kind === 'external';
            try {
              await client.snapshots.create(domain, document, {
                atomic: true,
                diskOnly: external,
                quiesce: choice.quiesce,
              });
            } catch (error) {
              throw fromLibvirt(error, 'take the snapshot');
            }
          },
        },
        {
          name: 'refresh-pools',
          title: 'read the pools again',
          irreversible: true,
          do: async (run) =>
            refreshPoolsOf(
              client,
              view,
              run.data('choose-kind').choice.disks.map(({ path }) => path),
            ),
        },
      ],
      async result(run) {
        const { uuid, name } = run.input;
        await shown(view, uuid);
        const { kind, notices } = run.data('choose-kind').choice;
        return { uuid, snapshot: name, kind, notices };
      },
    },
    check: async (input) => (await choose(input)).notices,
  };
}

/** Layers lie beside their disks, where libvirt must be able to find and delete them. */
async function requirePools(client: LibvirtClient, { disks }: SnapshotChoice): Promise<void> {
  for (const { target, path } of disks) {
    if ((await poolsOf(client, [path])).length > 0) continue;
    throw new ProtiumError(
      'host-incapable',
      `The disk ${target} (${path}) is in no active storage pool: make one of its directory (virsh pool-create-as), or move it.`,
      { details: { disk: target, path } },
    );
  }
}

function documentOf(
  { kind, memory, disks, leftOut }: SnapshotChoice,
  name: string,
  description: string | null,
): string {
  return serializeXml(
    snapshotElement({
      name,
      ...(description === null ? {} : { description }),
      memory: memory ? 'internal' : 'none',
      disks: [
        ...disks.map(({ target, path }) =>
          kind === 'internal'
            ? ({ target, location: 'internal' } as const)
            : ({
                target,
                location: 'external',
                file: layerPath(path, randomBytes(6).toString('hex')),
                format: 'qcow2',
              } as const),
        ),
        ...leftOut.map((target) => ({ target, location: 'none' }) as const),
      ],
    }),
  );
}
