import { invalidArgument } from '../../errors/invalid-argument.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { VolumeView } from '../../libvirt/live-view/views.ts';
import type { Operations } from '../../operations/operations.ts';
import type { VolumeUser } from '../../storage/volumes/volume-users.ts';
import type { VolumeRequest } from '../../storage/volumes/begin-create.ts';
import type { Volumes } from '../../storage/volumes/volumes.ts';
import {
  VolumesServiceClient,
  type CreateVolumeRequest,
  type Volume,
  type VolumesServiceServer,
} from '../grpc/generated/protium/v1/volumes.ts';
import { ownedBy } from './owned-by.ts';
import { begun, changeOf, viewAge } from './begun.ts';
import { listPage } from './list-page.ts';
import { v1Service, type V1Service } from './service.ts';

export interface VolumesSource {
  readonly volumes: Pick<
    Volumes,
    'list' | 'get' | 'usersOf' | 'shownUsersOf' | 'create' | 'clone' | 'move' | 'resize' | 'remove'
  >;
  /** Of all volumes of a project, as POOL/NAME. */
  readonly placesOf: (owner: string) => ReadonlySet<string>;
  readonly operations: Pick<Operations, 'get'>;
  readonly view: Pick<LiveView, 'status'>;
}

/** protium.v1.VolumesService. */
export function volumesService({ volumes, placesOf, operations, view }: VolumesSource): V1Service {
  return v1Service<VolumesServiceServer>(VolumesServiceClient, {
    listVolumes: (request, { caller }) => {
      const { pool, used, format } = request;
      const found = volumes.list({
        ...(pool === '' ? {} : { pool }),
        ...(used === undefined ? {} : { used }),
        ...(format === '' ? {} : { format }),
      });
      const seen = caller.administrator
        ? null
        : new Set([...caller.roles.keys()].flatMap((owner) => [...placesOf(owner)]));
      const shown = found.filter(({ pool: of, name }) => seen === null || seen.has(`${of}/${name}`));
      const { items, nextPageToken } = listPage(shown, (each) => `${each.pool}/${each.name}`, request);
      return {
        volumes: items.map((volume) => encodeVolume(volume, volumes.shownUsersOf(volume))),
        nextPageToken,
        viewAgeMs: viewAge(view.status().ageMs),
      };
    },
    getVolume: async (place) => {
      const users = await volumes.usersOf(place);
      return { volume: encodeVolume(volumes.get(place), users) };
    },
    createVolume: async (request, { caller }) => {
      const { owner, owned } = ownedBy(caller, request.name);
      const wanted = { ...requestOf(request), ...owned };
      return begun(operations, await volumes.create(wanted, { ...changeOf(request), ...owner }));
    },
    cloneVolume: async (request, { caller }) => {
      const { pool, name, targetName, targetPool, linked } = request;
      const target = { pool: targetPool, name: targetName };
      const { owner, owned } = ownedBy(caller, targetName);
      return begun(
        operations,
        await volumes.clone({ pool, name }, target, { ...changeOf(request), ...owner, ...owned, linked }),
      );
    },
    moveVolume: async (request, { caller }) => {
      const { pool, name, targetPool, targetName } = request;
      const target = { pool: targetPool, name: targetName };
      return begun(
        operations,
        await volumes.move({ pool, name }, target, { ...changeOf(request), ...ownedBy(caller, name).owner }),
      );
    },
    resizeVolume: async ({ pool, name, sizeBytes, validateOnly }, { caller }) => {
      const { owner } = ownedBy(caller, name);
      return begun(operations, await volumes.resize({ pool, name }, sizeBytes, { validateOnly, ...owner }));
    },
    deleteVolume: async ({ pool, name, validateOnly }, { caller }) => {
      const { owner } = ownedBy(caller, name);
      return begun(operations, await volumes.remove({ pool, name }, { validateOnly, ...owner }));
    },
  });
}

function requestOf(request: CreateVolumeRequest): VolumeRequest {
  const { pool, name, sizeBytes, format, preallocation } = request;
  if (format !== '' && format !== 'qcow2' && format !== 'raw') {
    throw invalidArgument('format', 'A volume is qcow2 or raw.');
  }
  if (
    preallocation !== '' &&
    preallocation !== 'off' &&
    preallocation !== 'metadata' &&
    preallocation !== 'full'
  ) {
    throw invalidArgument('preallocation', 'Preallocation is off, metadata or full.');
  }
  return {
    pool,
    name,
    sizeBytes,
    format: format === '' ? null : format,
    preallocation: preallocation === '' ? 'off' : preallocation,
    backing: backingOf(request.backing),
  };
}

function backingOf(backing: CreateVolumeRequest['backing']): VolumeRequest['backing'] {
  if (backing === undefined) return null;
  const { image, pool, name } = backing;
  if (image !== '' && pool === '' && name === '') return { image };
  if (image === '' && pool !== '' && name !== '') return { pool, name };
  throw invalidArgument('backing', 'Name either an image, or the pool and the name of a volume.');
}

function encodeVolume(volume: VolumeView, users: readonly VolumeUser[]): Volume {
  return {
    pool: volume.pool,
    poolUuid: volume.poolUuid,
    name: volume.name,
    key: volume.key,
    path: volume.path ?? undefined,
    type: volume.type,
    format: volume.format ?? undefined,
    capacityBytes: volume.capacityBytes,
    allocationBytes: volume.allocationBytes,
    backingPath: volume.backingPath ?? undefined,
    users: users.map(({ kind, name }) => ({ kind, name })),
  };
}
