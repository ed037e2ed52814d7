import { attachToInstance } from '../../internal/instances/attachments/attach.ts';
import { detachFromInstance } from '../../internal/instances/attachments/detach.ts';
import { resizeVolume } from '../../internal/instances/attachments/resize-volume.ts';
import { createBeginChange } from '../../internal/instances/changes/begin-change.ts';
import { Booking } from '../../internal/instances/changes/booking.ts';
import type { Instances } from '../../internal/instances/instance.ts';
import { renameInstance } from '../../internal/instances/lifecycle/rename.ts';
import { saveInstance } from '../../internal/instances/lifecycle/save.ts';
import { resizeInstance } from '../../internal/instances/resize/operation.ts';
import { createSeedSweep } from '../../internal/instances/seed-sweep.ts';
import { createSnapshot } from '../../internal/instances/snapshots/create.ts';
import { deleteSnapshot } from '../../internal/instances/snapshots/delete.ts';
import { revertSnapshot } from '../../internal/instances/snapshots/revert.ts';
import { createSnapshotList } from '../../internal/instances/snapshots/snapshots.ts';
import type { DeviceCare } from '../../internal/devices/device-care.ts';
import type { HostReader } from '../../internal/host/reader.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { StorageGuard } from '../../internal/subscriptions/storage-guard.ts';
import { normaliseId } from '../../internal/spec/ids.ts';
import type { Change } from '../../internal/instances/changes/begin-change.ts';
import type { MigrateInstance } from '../../internal/migration/shape.ts';
import { isFinal } from '../../internal/operations/model.ts';
import type { Operations } from '../../internal/operations/operations.ts';

/** Wires what changes instances after they were made. */
export function createLifecycleRoom(parts: {
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly care: DeviceCare;
  readonly host: HostReader;
  readonly pool: string;
  readonly imagePool: string;
  /** Where the machine's /var is: `/` */
  readonly hostRoot: string;
  readonly guard: StorageGuard;
  readonly migrate: Change<MigrateInstance>;
  readonly log: Logger;
}) {
  const { client, view, pool, log } = parts;
  const booking = new Booking();
  const changes = {
    save: saveInstance(client, view),
    rename: renameInstance(client, view, booking, parts.hostRoot),
    resize: resizeInstance(client, view, booking),
    attach: attachToInstance({ ...parts, booking }),
    detach: detachFromInstance(parts),
    resizeVolume: resizeVolume(client, view, parts.guard),
    createSnapshot: createSnapshot(client, view),
    revertSnapshot: revertSnapshot(client, view),
    deleteSnapshot: deleteSnapshot(client, view),
    migrate: parts.migrate,
  };
  return {
    /** For `createInstances`. */
    booking,
    /** For the engine. */
    definitions: [
      changes.save.definition,
      changes.rename.definition,
      changes.resize.definition,
      changes.attach.definition,
      changes.detach.definition,
      changes.resizeVolume.definition,
      changes.createSnapshot.definition,
      changes.revertSnapshot.definition,
      changes.deleteSnapshot.definition,
      changes.migrate.definition,
    ] as const,
    /** What the services are made of, once there is an engine for the definitions; and what runs beside them. */
    open(operations: Operations, instances: Pick<Instances, 'get'>, ready: () => Promise<void>) {
      const unwatch = operations.watch(null, ({ id, state }) => {
        if (isFinal(state)) booking.release(id);
      });
      const sweep = createSeedSweep({ client, view, locks: operations.locks, ready, pool, log });
      return {
        client,
        changes,
        begin: createBeginChange({ instances, operations, ready }),
        snapshots: createSnapshotList(client),
        newVolumePool: pool,
        /** An id is the name without its ending; what is not there yet keeps the name that it was asked for by. */
        volumeNamed: (of: string, nameOrId: string) => {
          const volumes = view.volumes().filter((volume) => volume.pool === of);
          const id = normaliseId(nameOrId);
          const found =
            volumes.find(({ name }) => name === nameOrId) ??
            volumes.find(({ name }) => id !== null && normaliseId(name.replace(/\.[a-z0-9]+$/, '')) === id);
          return found?.name ?? nameOrId;
        },
        stop() {
          unwatch();
          sweep.stop();
        },
      };
    },
  };
}
