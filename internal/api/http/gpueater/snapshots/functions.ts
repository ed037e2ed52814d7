import { randomBytes } from 'node:crypto';
import { ProtiumError } from '../../../../errors/protium-error.ts';
import type { BeginChange, BegunChange, Change } from '../../../../instances/changes/begin-change.ts';
import type { Instance, Instances } from '../../../../instances/instance.ts';
import type { CreateSnapshot } from '../../../../instances/snapshots/create.ts';
import type { DeleteSnapshot } from '../../../../instances/snapshots/delete.ts';
import type { DescribeSnapshot } from '../../../../instances/snapshots/describe.ts';
import type { Snapshot } from '../../../../instances/snapshots/read-snapshots.ts';
import type { RevertSnapshot } from '../../../../instances/snapshots/revert.ts';
import type { SnapshotList } from '../../../../instances/snapshots/snapshots.ts';
import type { Operations } from '../../../../operations/operations.ts';
import { awaitOperation } from '../await-operation.ts';
import type { GpueaterField, GpueaterFunction } from '../function.ts';
import { ownInstance } from '../own-instance.ts';

export interface SnapshotGroupParts {
  readonly instances: Pick<Instances, 'get' | 'list'>;
  readonly operations: Operations;
  readonly begin: BeginChange;
  readonly snapshots: SnapshotList;
  readonly describe: DescribeSnapshot;
  readonly changes: {
    readonly createSnapshot: Change<CreateSnapshot>;
    readonly revertSnapshot: Change<RevertSnapshot>;
    readonly deleteSnapshot: Change<DeleteSnapshot>;
  };
}

const since = '0.1.0';
const longestTag = 255;
const instanceId: GpueaterField = {
  name: 'instance_id',
  required: true,
  description: 'As instance_list has it.',
};
const snapshotId: GpueaterField = {
  name: 'snapshot_id',
  required: true,
  description: 'As snapshot_list has it.',
};

/** Snapshots of instances. An id is `INSTANCE.NAME`; the tag is the snapshot's description. */
export function snapshotFunctions(parts: SnapshotGroupParts): readonly GpueaterFunction[] {
  const { instances, operations, begin, snapshots, changes } = parts;

  const ended = async ({ operation }: BegunChange) => {
    if (operation !== null) await awaitOperation(operations, operation);
    return { transaction_id: operation };
  };

  const take = async (instance: Instance, tag: string | null) => {
    if (tag !== null) requireTag(tag);
    const name = `gpueater-${randomBytes(6).toString('hex')}`;
    const begun = await begin(changes.createSnapshot, instance.uuid, (target) => ({
      ...target,
      name,
      description: tag,
      memory: false,
      quiesce: false,
    }));
    return { snapshot_id: idOf(instance, name), ...(await ended(begun)) };
  };
  const listOf = async (instance: Instance) =>
    (await snapshots.list(instance.uuid)).map((snapshot) => shown(instance, snapshot));
  const named = async (owner: string, id: string) => {
    const [, uuid = '', name = ''] = /^([0-9a-fA-F-]{32,36})\.(.+)$/s.exec(id) ?? [];
    const instance = ownInstance(instances, owner, uuid);
    return { instance, snapshot: await snapshots.get(instance.uuid, name) };
  };
  const restore = async ({ uuid }: Instance, { name }: Snapshot) =>
    ended(await begin(changes.revertSnapshot, uuid, (target) => ({ ...target, name })));
  const remove = async ({ uuid }: Instance, { name }: Snapshot) =>
    ended(await begin(changes.deleteSnapshot, uuid, (target) => ({ ...target, name })));

  return [
    {
      name: 'snapshot_instance',
      method: 'POST',
      path: '/snapshot_instance',
      fields: [instanceId],
      since,
      description: 'Takes a snapshot of an instance’s disks.',
      listed: true,
      handle: ({ user, form }) =>
        take(ownInstance(instances, user.owner, form.text('instance_id')), form.optional('tag')),
    },
    {
      name: 'take_snapshot',
      method: 'POST',
      path: '/take_snapshot',
      fields: [instanceId, { name: 'tag', required: true, description: 'A word for people.' }],
      since,
      description: 'Takes a snapshot with a tag.',
      listed: false,
      handle: ({ user, form }) =>
        take(ownInstance(instances, user.owner, form.text('instance_id')), form.text('tag')),
    },
    {
      name: 'snapshot_list',
      method: 'GET',
      path: '/snapshot_list',
      fields: [instanceId],
      since,
      description: 'The snapshots of an instance, oldest first.',
      listed: false,
      handle: ({ user, form }) => listOf(ownInstance(instances, user.owner, form.text('instance_id'))),
    },
    {
      name: 'snapshots',
      method: 'GET',
      path: '/snapshots',
      fields: [],
      since,
      description: 'The snapshots of all of the user’s instances.',
      listed: false,
      handle: async ({ user }) => (await Promise.all(instances.list(user.owner).map(listOf))).flat(),
    },
    {
      name: 'restore_from_snapshot',
      method: 'POST',
      path: '/restore_from_snapshot',
      fields: [instanceId, snapshotId],
      since,
      description: 'Brings an instance back to a snapshot; what came after is lost.',
      listed: false,
      handle: async ({ user, form }) => {
        const of = ownInstance(instances, user.owner, form.text('instance_id'));
        const { instance, snapshot } = await named(user.owner, form.text('snapshot_id'));
        if (instance.uuid !== of.uuid) {
          throw new ProtiumError('argument-invalid', 'The snapshot is of another instance.', {
            details: { field: 'snapshot_id' },
          });
        }
        return restore(instance, snapshot);
      },
    },
    {
      name: 'delete_snapshot',
      method: 'POST',
      path: '/delete_snapshot',
      fields: [
        { ...snapshotId, required: false },
        { ...instanceId, required: false, description: 'Without snapshot_id: the newest of this instance.' },
      ],
      since,
      description: 'Deletes a snapshot, by its id or the newest of an instance.',
      listed: true,
      handle: async ({ user, form }) => {
        const id = form.optional('snapshot_id');
        if (id !== null) {
          const { instance, snapshot } = await named(user.owner, id);
          return remove(instance, snapshot);
        }
        const instance = ownInstance(instances, user.owner, form.text('instance_id'));
        const newest = (await snapshots.list(instance.uuid)).at(-1);
        if (newest === undefined) throw new ProtiumError('not-found', 'The instance has no snapshot.');
        return remove(instance, newest);
      },
    },
    {
      name: 'change_snapshot_tag',
      method: 'POST',
      path: '/change_snapshot_tag',
      fields: [snapshotId, { name: 'tag', required: true, description: 'A word for people.' }],
      since,
      description: 'Gives a snapshot another tag.',
      listed: false,
      handle: async ({ user, form }) => {
        const tag = form.text('tag');
        requireTag(tag);
        const { instance, snapshot } = await named(user.owner, form.text('snapshot_id'));
        await parts.describe({ uuid: instance.uuid, domain: instance.domain }, snapshot.name, tag);
        return null;
      },
    },
  ];
}

function idOf({ uuid }: Instance, name: string): string {
  return `${uuid}.${name}`;
}

function shown(instance: Instance, { name, description, createdAt, state }: Snapshot) {
  return {
    snapshot_id: idOf(instance, name),
    instance_id: instance.uuid,
    tag: description ?? '',
    created_at: createdAt,
    state: state === 'running' ? 'MEMORY' : 'READY',
  };
}

function requireTag(tag: string): void {
  if (tag.length <= longestTag && !/[\p{Cc}\p{Surrogate}]/u.test(tag)) return;
  throw new ProtiumError('argument-invalid', `tag: at most ${longestTag} characters, none of control.`, {
    details: { field: 'tag' },
  });
}
