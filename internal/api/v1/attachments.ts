import { ProtiumError } from '../../errors/protium-error.ts';
import type { AttachToInstance } from '../../instances/attachments/attach.ts';
import { attachmentsOf } from '../../instances/attachments/attachments.ts';
import type { DetachFromInstance } from '../../instances/attachments/detach.ts';
import { readDeviceName } from '../../instances/attachments/device-name.ts';
import type { ResizeVolume } from '../../instances/attachments/resize-volume.ts';
import type { BeginChange, Change } from '../../instances/changes/begin-change.ts';
import { currentInstance } from '../../instances/changes/current-instance.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import {
  AttachmentsServiceClient,
  type AttachmentsServiceServer,
  type AttachVolumeRequest,
} from '../grpc/generated/protium/v1/attachments.ts';
import { encodeAttachments } from './encode-attachments.ts';
import { begunChange, instanceNamed, type InstanceNaming } from './instance-named.ts';
import { v1Service, type V1Service } from './service.ts';

export interface AttachmentsSource extends InstanceNaming {
  readonly parts: {
    readonly client: LibvirtClient;
    readonly begin: BeginChange;
    readonly changes: {
      readonly attach: Change<AttachToInstance>;
      readonly detach: Change<DetachFromInstance>;
      readonly resizeVolume: Change<ResizeVolume>;
    };
    /** Where volumes are made that name no pool. */
    readonly newVolumePool: string;
    /** The name in its pool of the volume of that name or id. */
    readonly volumeNamed: (pool: string, nameOrId: string) => string;
  };
}

/** protium.v1.AttachmentsService. */
export function attachmentsService(source: AttachmentsSource): V1Service {
  const { parts } = source;
  const attach = async (
    named: string,
    request: AttachToInstance['input']['request'],
    options: { readonly validateOnly: boolean; readonly idempotencyKey: string },
  ) => {
    requireKey(options.idempotencyKey);
    const { uuid } = instanceNamed(source, named);
    const begun = await parts.begin(
      parts.changes.attach,
      uuid,
      (target) => ({ ...target, request }),
      options,
    );
    return begunChange(source, begun);
  };
  const detach = async (
    request: { readonly instance: string; readonly timeoutSeconds: number; readonly validateOnly: boolean },
    kind: DetachFromInstance['input']['kind'],
    id: string,
  ) => {
    const { uuid } = instanceNamed(source, request.instance);
    const timeoutMs = secondsOf(request.timeoutSeconds) * 1000;
    const input = { kind, id: id.toLowerCase(), timeoutMs };
    const { validateOnly } = request;
    return begunChange(
      source,
      await parts.begin(parts.changes.detach, uuid, (target) => ({ ...target, ...input }), { validateOnly }),
    );
  };
  return v1Service<AttachmentsServiceServer>(AttachmentsServiceClient, {
    listAttachments: async ({ instance }) => {
      const { uuid } = instanceNamed(source, instance);
      const { running, definition } = await currentInstance(parts.client, uuid);
      return encodeAttachments(attachmentsOf(running, definition));
    },
    attachVolume: (request) => {
      const pool = request.pool === '' ? parts.newVolumePool : request.pool;
      const bus = busOf(request);
      const name = parts.volumeNamed(pool, request.volume);
      return attach(
        request.instance,
        { kind: 'volume', pool, name, bus, readonly: request.readonly },
        request,
      );
    },
    detachVolume: (request) => detach(request, 'volume', request.target),
    resizeAttachedVolume: async ({ instance, target, sizeBytes, validateOnly }) => {
      const { uuid } = instanceNamed(source, instance);
      if (sizeBytes === 0n || sizeBytes > BigInt(Number.MAX_SAFE_INTEGER)) {
        throw invalid('size_bytes', 'Say how many bytes the disk is to have.');
      }
      const wanted = { target, sizeBytes: Number(sizeBytes) };
      return begunChange(
        source,
        await parts.begin(parts.changes.resizeVolume, uuid, (of) => ({ ...of, ...wanted }), { validateOnly }),
      );
    },
    attachNetwork: (request) => {
      const mac = request.mac === '' ? null : request.mac.toLowerCase();
      if (mac !== null && !/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/.test(mac)) {
        throw invalid('mac', 'A MAC address is like 52:54:00:00:00:01; the second digit is even.');
      }
      if (request.network === '') throw invalid('network', 'Say which network it is to be on.');
      const model = request.model === '' ? null : request.model;
      if (model !== null && !/^[a-z0-9-]{1,32}$/.test(model)) {
        throw invalid('model', 'A model has letters, digits and dashes, e.g. virtio or e1000e.');
      }
      return attach(
        request.instance,
        { kind: 'network-interface', network: request.network, mac, model },
        request,
      );
    },
    detachNetwork: (request) => detach(request, 'network-interface', request.mac),
    attachHostDevice: (request) => {
      readDeviceName(request.device);
      return attach(request.instance, { kind: 'host-device', device: request.device.toLowerCase() }, request);
    },
    detachHostDevice: (request) => detach(request, 'host-device', request.address),
  });
}

const buses = ['virtio', 'sata', 'scsi'] as const;

function busOf({ bus }: AttachVolumeRequest): (typeof buses)[number] | null {
  if (bus === '') return null;
  const found = buses.find((each) => each === bus);
  if (found === undefined) throw invalid('bus', `A disk is on one of ${buses.join(', ')}.`);
  return found;
}

function secondsOf(timeoutSeconds: number): number {
  if (timeoutSeconds > 600) throw invalid('timeout_seconds', 'A guest gets ten minutes at most: 600 s.');
  return timeoutSeconds === 0 ? 30 : timeoutSeconds;
}

function requireKey(key: string): void {
  if (key.length > 255) throw invalid('idempotency_key', 'A key has at most 255 characters.');
}

function invalid(field: string, message: string): ProtiumError {
  return new ProtiumError('argument-invalid', message, { details: { field } });
}
