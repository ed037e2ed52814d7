import type { ListAttachmentsResponse } from '../../../internal/api/grpc/generated/protium/v1/attachments.ts';
import { formatTable } from './table.ts';

/** A line for each thing that is plugged in. */
export function attachmentTable(attachments: ListAttachmentsResponse): string {
  const rows = [
    ...attachments.volumes.map(({ target, device, path, bus, format, readonly, ...presence }) => [
      device,
      target,
      [path, format, bus, readonly ? 'readonly' : undefined].filter(Boolean).join(' '),
      when(presence),
    ]),
    ...attachments.networkInterfaces.map(({ mac, network, model, ...presence }) => [
      'network',
      mac,
      [network, model].filter(Boolean).join(' '),
      when(presence),
    ]),
    ...attachments.hostDevices.map(({ address, type, ...presence }) => [
      `${type} device`,
      address,
      '',
      when(presence),
    ]),
  ];
  return formatTable(
    ['KIND', 'ID', 'WHAT', 'SINCE'],
    rows.map((cells) => cells.map((text) => ({ text }))),
  );
}

/** Ids by which they are detached. */
export function attachmentNames({
  volumes,
  networkInterfaces,
  hostDevices,
}: ListAttachmentsResponse): string[] {
  return [
    ...volumes.map(({ target }) => target),
    ...networkInterfaces.map(({ mac }) => mac),
    ...hostDevices.map(({ address }) => address),
  ];
}

function when({ running, configured }: { readonly running: boolean; readonly configured: boolean }): string {
  if (running) return configured ? 'now' : 'until the next start';
  return 'from the next start';
}
