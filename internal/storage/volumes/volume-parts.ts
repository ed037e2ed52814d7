import type { Uploads } from '../../images/fetch/from-upload.ts';
import type { Images } from '../../images/image.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition } from '../../operations/definition.ts';
import type { Operations, StartOptions } from '../../operations/operations.ts';
import type { Change } from '../pools/pools.ts';
import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import type { CloneVolume } from './clone-volume.ts';
import type { CreateVolume } from './create-volume.ts';
import type { DeleteVolume } from './delete-volume.ts';
import type { LookForVolumeUsers } from './look-for-users.ts';
import type { MoveVolume } from './move-volume.ts';
import type { ResizeVolume } from './resize-volume.ts';
import type { UploadVolume } from './upload-volume.ts';

/** What the use cases of volumes work with. */
export interface VolumeParts {
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly operations: Operations;
  readonly definitions: {
    readonly create: OperationDefinition<CreateVolume>;
    readonly clone: OperationDefinition<CloneVolume>;
    readonly move: OperationDefinition<MoveVolume>;
    readonly resize: OperationDefinition<ResizeVolume>;
    readonly remove: OperationDefinition<DeleteVolume>;
    readonly upload: OperationDefinition<UploadVolume>;
  };
  readonly images: Pick<Images, 'get' | 'hold' | 'list'>;
  readonly imagePool: string;
  readonly uploads: Uploads;
  readonly lookForUsers: LookForVolumeUsers;
  readonly guard: StorageGuard;
  readonly ready: () => Promise<void>;
}

/** How a change of a volume is asked for. */
export interface VolumeChange extends Change {
  /** Whose operation it is; absent: nobody's. */
  readonly owner?: string;
}

export function startOptions({ owner, idempotencyKey }: Omit<VolumeChange, 'validateOnly'>): StartOptions {
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}
