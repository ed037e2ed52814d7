import { randomBytes } from 'node:crypto';
import { invalidArgument } from '../../../../errors/invalid-argument.ts';
import { ProtiumError } from '../../../../errors/protium-error.ts';
import { awaitOperation } from '../await-operation.ts';
import { ownInstance } from '../own-instance.ts';
import type { Form, GpueaterField, GpueaterFunction } from '../function.ts';
import { encodeVolume } from './encode-volume.ts';
import type { VolumeFunctionParts } from './parts.ts';
import { userVolumes } from './user-volumes.ts';

/** Storage of GPUEater's users: volumes that are made, attached, moved and deleted apart from instances. */
export function volumeFunctions(parts: VolumeFunctionParts): readonly GpueaterFunction[] {
  const { volumes, operations, begin } = parts;
  const theirs = userVolumes(parts);
  const ended = async (operation: string | null): Promise<void> => {
    if (operation !== null) await awaitOperation(operations, operation);
  };
  const common = { since: '0.1.0', method: 'POST', listed: true } as const;
  return [
    {
      ...common,
      name: 'create_volume',
      path: '/create_volume',
      description: 'Makes an empty volume.',
      fields: [
        field(
          'volume',
          false,
          'its size in GB (2^30 bytes); `size` means the same, and one of both is needed',
        ),
        field('size', false, 'the same as `volume`'),
        field('region_id', false, 'where; else the first region'),
        field('storage_type', false, 'qcow2 (grows as it is written) or raw; else what suits the region'),
      ],
      async handle({ user, form, setHeader }) {
        const sizeGib = sizeOf(form);
        const region = theirs.region(form.optional('region_id'));
        const format = formatOf(form.optional('storage_type'));
        // What virtio tells a guest of a disk has 20 characters: it is the id as a whole.
        const name = `vol-${randomBytes(8).toString('hex')}`;
        await parts.preparePool(region.pool);
        const operation = await volumes.create(
          {
            pool: region.pool,
            name,
            sizeBytes: BigInt(sizeGib) * gib,
            format,
            preallocation: 'off',
            backing: null,
            owned: { owner: user.owner, creator: user.owner, label: name },
          },
          { validateOnly: false, owner: user.owner },
        );
        setHeader('X-Transaction-Id', operation ?? '');
        await ended(operation);
        return { ...encodeVolume(theirs.get(user, name), null), transaction_id: operation };
      },
    },
    {
      ...common,
      name: 'volume_list',
      method: 'GET',
      path: '/volume_list',
      listed: false,
      description: "The user's volumes, the oldest first.",
      fields: [],
      handle: ({ user }) =>
        Promise.resolve(theirs.list(user).map((volume) => encodeVolume(volume, theirs.holder(user, volume)))),
    },
    {
      ...common,
      name: 'attach_volume',
      path: '/attach_volume',
      description: 'Gives an instance a volume as a disk; in the guest its serial is the volume_id.',
      fields: [volumeId, field('instance_id', true, 'of one of the own instances, running or not')],
      async handle({ user, form }) {
        const volume = theirs.get(user, form.text('volume_id'));
        const instance = ownInstance(parts.instances, user.owner, form.text('instance_id'));
        const { pool, name } = volume.view;
        const request = { kind: 'volume', pool, name, bus: 'virtio', readonly: false, serial: name } as const;
        const { operation } = await begin(parts.attach, instance.uuid, (target) => ({ ...target, request }));
        await ended(operation);
        return encodeVolume(volume, instance);
      },
    },
    {
      ...common,
      name: 'detach_volume',
      path: '/detach_volume',
      listed: false,
      description: 'Takes a volume from the instance that has it. The guest should have unmounted it.',
      fields: [volumeId],
      async handle({ user, form }) {
        const volume = theirs.get(user, form.text('volume_id'));
        const holder = theirs.holder(user, volume);
        if (holder === 'others') {
          throw new ProtiumError('resource-in-use', `The administrator uses the volume "${volume.id}".`);
        }
        const id = holder === null ? null : await theirs.target(holder, volume);
        if (holder === null || id === null) {
          throw new ProtiumError('state-conflict', `The volume "${volume.id}" is attached to no instance.`);
        }
        const wanted = { kind: 'volume', id, timeoutMs: patienceMs } as const;
        const { operation } = await begin(parts.detach, holder.uuid, (target) => ({ ...target, ...wanted }));
        await ended(operation);
        return encodeVolume(volume, null);
      },
    },
    {
      ...common,
      name: 'delete_volume',
      path: '/delete_volume',
      description: 'Deletes a volume for good, with all that is on it. Refused while it is attached.',
      fields: [volumeId],
      async handle({ user, form }) {
        const { id, view } = theirs.get(user, form.text('volume_id'));
        const change = { validateOnly: false, owner: user.owner };
        await ended(await volumes.remove({ pool: view.pool, name: view.name }, change));
        return { volume_id: id };
      },
    },
    {
      ...common,
      name: 'transfer_volume',
      path: '/transfer_volume',
      description: 'Begins to move a volume into another region; peak_transaction tells how far it is.',
      fields: [volumeId, field('region_id', true, 'where to')],
      async handle({ user, form, setHeader }) {
        const { id, view, region } = theirs.get(user, form.text('volume_id'));
        const target = theirs.region(form.text('region_id'));
        if (target.id === region.id) {
          throw invalidArgument('region_id', `The volume "${id}" is in the region "${region.id}" already.`);
        }
        await parts.preparePool(target.pool);
        const change = { validateOnly: false, owner: user.owner };
        const place = { pool: view.pool, name: view.name };
        const operation = await volumes.move(place, { pool: target.pool, name: view.name }, change);
        if (operation !== null) setHeader('X-Transaction-Id', operation);
        return { volume_id: id, region_id: target.id, transaction_id: operation };
      },
    },
  ];
}

const gib = 2n ** 30n;
/** 16 TiB: what ext4 and qcow2 with their usual clusters hold. */
const largestGib = 16_384;
/** How long a guest may take to let go of a disk. */
const patienceMs = 60_000;

const volumeId: GpueaterField = field('volume_id', true, 'as create_volume answered it');

function field(name: string, required: boolean, description: string): GpueaterField {
  return { name, required, description };
}

function sizeOf(form: Form): number {
  const range = { min: 1, max: largestGib };
  return form.integer(form.optional('volume') === null ? 'size' : 'volume', range);
}

function formatOf(storageType: string | null): 'qcow2' | 'raw' | null {
  if (storageType === null || storageType === 'default') return null;
  if (storageType === 'qcow2' || storageType === 'raw') return storageType;
  throw invalidArgument('storage_type', 'A storage_type is qcow2, raw or default.');
}
