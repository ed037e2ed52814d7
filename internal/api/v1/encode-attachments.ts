import type { Attachment } from '../../instances/attachments/attachments.ts';
import type { ListAttachmentsResponse } from '../grpc/generated/protium/v1/attachments.ts';

export function encodeAttachments(attachments: readonly Attachment[]): ListAttachmentsResponse {
  return {
    volumes: attachments.flatMap((each) => {
      if (each.kind !== 'volume') return [];
      const { source, format, bus, readOnly, device } = each.device;
      const path = source !== null && 'path' in source ? source.path : undefined;
      return {
        target: each.id,
        path,
        format: format ?? undefined,
        bus: bus ?? undefined,
        readonly: readOnly,
        device,
        running: each.running,
        configured: each.configured,
      };
    }),
    networkInterfaces: attachments.flatMap((each) =>
      each.kind !== 'network-interface'
        ? []
        : {
            mac: each.id,
            network: each.device.network ?? undefined,
            model: each.device.model ?? undefined,
            running: each.running,
            configured: each.configured,
          },
    ),
    hostDevices: attachments.flatMap((each) =>
      each.kind !== 'host-device'
        ? []
        : {
            address: each.id,
            type: each.device.type,
            running: each.running,
            configured: each.configured,
          },
    ),
  };
}
