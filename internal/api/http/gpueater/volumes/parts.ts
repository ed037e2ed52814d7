import type { AttachToInstance } from '../../../../instances/attachments/attach.ts';
import type { DetachFromInstance } from '../../../../instances/attachments/detach.ts';
import type { BeginChange, Change } from '../../../../instances/changes/begin-change.ts';
import type { Instances } from '../../../../instances/instance.ts';
import type { LibvirtClient } from '../../../../libvirt/client.ts';
import type { LiveView } from '../../../../libvirt/live-view/live-view.ts';
import type { Operations } from '../../../../operations/operations.ts';
import type { Ownership } from '../../../../ownership/ownership.ts';
import type { Volumes } from '../../../../storage/volumes/volumes.ts';

/** A pool of the host, as GPUEater's users name it. */
export interface Region {
  readonly id: string;
  readonly pool: string;
}

/** What the functions of volumes work with. */
export interface VolumeFunctionParts {
  /** At least one; the first is meant by who names none. */
  readonly regions: readonly Region[];
  readonly volumes: Pick<Volumes, 'create' | 'move' | 'remove'>;
  readonly ownership: Pick<Ownership, 'list'>;
  readonly instances: Pick<Instances, 'get'>;
  readonly operations: Pick<Operations, 'wait' | 'get'>;
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'volumes' | 'domains'>;
  readonly begin: BeginChange;
  readonly attach: Change<AttachToInstance>;
  readonly detach: Change<DetachFromInstance>;
  /** Makes the pool of a region ready, where it is Protium's own to make. */
  readonly preparePool: (pool: string) => Promise<void>;
}
