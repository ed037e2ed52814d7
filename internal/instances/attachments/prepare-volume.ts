import { ProtiumError } from '../../errors/protium-error.ts';
import { guestProfile } from '../../guests/guest-profile.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { VolumeView } from '../../libvirt/live-view/views.ts';
import { controllerElement } from '../../xml/domain/devices/controller.ts';
import { diskElement } from '../../xml/domain/devices/disk.ts';
import { readDomain } from '../../xml/domain/read.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { normaliseId } from '../../spec/ids.ts';
import type { CurrentInstance } from '../changes/current-instance.ts';
import { diskSerial } from '../documents/names.ts';
import { hasController, requirePorts } from './free-ports.ts';
import type { Prepared, PreparedDevice } from './prepared.ts';
import { freeTarget } from './target-name.ts';

export interface VolumeRequest {
  readonly kind: 'volume';
  readonly pool: string;
  /** Of the volume in its pool. */
  readonly name: string;
  /** null: what suits the guest's system. */
  readonly bus: 'virtio' | 'sata' | 'scsi' | null;
  readonly readonly: boolean;
  /** By which its guest knows it, at most 20 characters; absent: its id, where it has one. */
  readonly serial?: string;
}

export interface VolumeSurroundings {
  readonly view: Pick<LiveView, 'volumes' | 'domains'>;
  readonly promised: readonly { readonly path: string; readonly domain: string }[];
  /** Of images: what is in it must not be written. */
  readonly imagePool: string;
}

/**
 * A volume that exists, as a disk. Pure.
 *
 * @throws ProtiumError `not-found`, `resource-in-use`, `state-conflict`, `argument-invalid`
 */
export function prepareVolume(
  { domain, definition, running, record }: CurrentInstance,
  request: VolumeRequest,
  surroundings: VolumeSurroundings,
): Prepared {
  const volume = existing(request, surroundings.view);
  const { path, type, format: says } = volume;
  if (path === null || (type !== 'file' && type !== 'block')) {
    throw mismatch(volume, `it is a ${type}, which cannot be a disk here`);
  }
  if (says !== null && !knownFormats.has(says)) {
    throw mismatch(
      volume,
      `its format is ${says}, which is not given to VMs; convert it (qemu-img convert -O qcow2)`,
    );
  }
  requireFree(volume, path, request.readonly, domain.name, surroundings);
  const bus = request.bus ?? guestProfile(record.spec).diskBus;
  if (running !== null && bus === 'sata') {
    throw new ProtiumError(
      'state-conflict',
      'A SATA disk cannot be plugged into a VM that runs: name the bus virtio or scsi, or stop the VM.',
    );
  }
  const taken = [definition, ...(running === null ? [] : [running])].flatMap((each) =>
    readDomain(each).disks.map(({ target }) => target),
  );
  const format = says === 'qcow2' ? 'qcow2' : 'raw';
  const id = normaliseId(volume.name.replace(/\.[a-z0-9]+$/, ''));
  const target = freeTarget(bus, taken);
  const disk = diskElement({
    source: { type, path },
    format,
    target,
    bus,
    discard: 'unmap',
    readOnly: request.readonly,
    ...serialOf(request, id),
  });
  const devices: readonly PreparedDevice[] = [
    ...(bus === 'scsi' && !hasController(running ?? definition, 'scsi')
      ? [{ id: null, xml: serializeXml(controllerElement({ type: 'scsi', index: 0, model: 'virtio-scsi' })) }]
      : []),
    { id: target, xml: serializeXml(disk) },
  ];
  requirePorts(running, bus === 'scsi' ? devices.length - 1 : devices.length);
  const { pool, name, capacityBytes } = volume;
  const existingVolume = { name, path, format: says ?? 'raw' };
  return {
    devices,
    plan: {
      ...record.plan,
      volumes: [
        ...record.plan.volumes,
        {
          id,
          action: 'use',
          pool,
          existing: existingVolume,
          sizeBytes: Number(capacityBytes),
          format,
          bus,
          readonly: request.readonly,
          bootOrder: null,
        },
      ],
    },
    taken: [],
    networks: [],
    notices: [],
  };
}

function serialOf({ serial }: VolumeRequest, id: string | null): { readonly serial?: string } {
  if (serial !== undefined) return { serial };
  return id === null ? {} : { serial: diskSerial(id) };
}

/** As libvirt names them; an image of another kind may name files of the host. */
const knownFormats = new Set(['qcow2', 'raw', 'iso', 'unknown']);

function existing({ pool, name }: VolumeRequest, view: Pick<LiveView, 'volumes'>): VolumeView {
  const volume = view.volumes().find((each) => each.pool === pool && each.name === name);
  if (volume !== undefined) return volume;
  throw new ProtiumError('not-found', `The pool "${pool}" has no volume "${name}" (or is not active).`, {
    details: { pool, volume: name },
  });
}

function requireFree(
  { name, pool }: VolumeView,
  path: string,
  readonly: boolean,
  self: string,
  { view, promised, imagePool }: VolumeSurroundings,
): void {
  const users = [
    ...view.domains().flatMap((each) => (each.diskPaths.includes(path) ? each.name : [])),
    ...promised.flatMap((disk) => (disk.path === path ? disk.domain : [])),
  ];
  const layers = view
    .volumes()
    .flatMap(({ backingPath, name: above }) => (backingPath === path ? above : []));
  // QEMU itself refuses to read what another VM writes.
  if (readonly && !users.includes(self)) return;
  if (users.length > 0) {
    throw new ProtiumError(
      'resource-in-use',
      `The volume "${name}" is a disk of ${[...new Set(users)].join(', ')}: detach it there first.`,
      { details: { pool, volume: name, domains: users } },
    );
  }
  if (layers.length > 0 || pool === imagePool) {
    const why = layers.length > 0 ? `what ${layers.join(', ')} is built on` : 'an image';
    throw new ProtiumError(
      'resource-in-use',
      `The volume "${name}" is ${why}: it can be attached for reading only, or be copied first (virsh vol-clone).`,
      { details: { pool, volume: name, volumes: layers } },
    );
  }
}

function mismatch({ name, pool }: VolumeView, why: string): ProtiumError {
  return new ProtiumError('argument-invalid', `The volume "${name}" cannot be attached: ${why}.`, {
    details: { field: 'volume', pool, volume: name },
  });
}
