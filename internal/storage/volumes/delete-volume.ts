import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { ContentVolumes } from '../../images/content-volumes.ts';
import type { OperationDefinition, Step } from '../../operations/definition.ts';
import type { Ownership } from '../../ownership/ownership.ts';
import { showPool } from '../pools/show-pool.ts';
import type { LookForVolumeUsers } from './look-for-users.ts';
import { findVolume, volumeLock, type VolumePlace } from './volume-place.ts';
import type { VolumeUser } from './volume-users.ts';

/** The operation `volume.delete`. */
export interface DeleteVolume {
  readonly input: VolumePlace;
  readonly result: VolumePlace;
  readonly steps: { delete: { facts?: never } };
}

export function deleteVolumeOperation(options: {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'refresh'>;
  readonly contents: Pick<ContentVolumes, 'remove'>;
  readonly lookForUsers: LookForVolumeUsers;
  readonly ownership: Pick<Ownership, 'forget'>;
}): OperationDefinition<DeleteVolume> {
  const { client, view, contents, lookForUsers, ownership } = options;
  const remove: Step<DeleteVolume, 'delete'> = {
    name: 'delete',
    title: 'delete the volume',
    irreversible: true,
    async do({ input }) {
      try {
        const volume = await findVolume(client, input);
        if (volume !== null) {
          requireNoUsers(input, await lookForUsers(await client.volumes.path(volume)));
          await contents.remove(input);
        }
        ownership.forget('volume', `${input.pool}/${input.name}`);
      } catch (error) {
        throw fromLibvirt(error, 'delete the volume');
      }
    },
  };
  return {
    kind: 'volume.delete',
    onRestart: 'resume',
    resources: (place) => [volumeLock(place)],
    steps: () => [remove],
    async result({ input: { pool, name } }) {
      await showPool(client, view, pool);
      return { pool, name };
    },
  };
}

/** @throws ProtiumError `resource-in-use` when there are any */
export function requireNoUsers({ name }: VolumePlace, users: readonly VolumeUser[]): void {
  if (users.length === 0) return;
  const shown = users.map((user) => `${user.kind} "${user.name}"`);
  const most = 10;
  const list =
    shown.slice(0, most).join(', ') + (shown.length > most ? ` and ${shown.length - most} more` : '');
  throw new ProtiumError('resource-in-use', `The volume "${name}" is needed by ${list}.`, {
    details: { users: shown.slice(0, most) },
  });
}
