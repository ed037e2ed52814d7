import { readDomain } from '../../xml/domain/read.ts';
import type { Disk } from '../../xml/domain/devices/disk.ts';
import type { HostDevice } from '../../xml/domain/devices/hostdev.ts';
import type { Interface } from '../../xml/domain/devices/interface.ts';
import type { XmlElement } from '../../xml/tree.ts';

interface Presence {
  /** By what it is named among the pending changes. */
  readonly field: string;
  /** What runs has it. */
  readonly running: boolean;
  /** The next start has it. */
  readonly configured: boolean;
}

/** Something that is plugged into an instance. */
export type Attachment = Presence &
  (
    | { readonly kind: 'volume'; readonly id: string; readonly device: Disk }
    | { readonly kind: 'network-interface'; readonly id: string; readonly device: Interface }
    | { readonly kind: 'host-device'; readonly id: string; readonly device: HostDevice }
  );

type Plugged = Attachment extends infer A ? (A extends Attachment ? Omit<A, keyof Presence> : never) : never;

/**
 * What is plugged in, as it runs and as it is defined; the definition's come first. Disks are known by target, interfaces by
 * MAC, host devices by address (PCI), bus.device or usb:vendor:product (USB). Pure.
 *
 * @param running null: it is off
 */
export function attachmentsOf(running: XmlElement | null, definition: XmlElement): readonly Attachment[] {
  const configured = pluggedInto(definition);
  const live = running === null ? [] : pluggedInto(running);
  const key = ({ kind, id }: Plugged): string => `${kind} ${id}`;
  const configuredKeys = new Set(configured.map(key));
  const liveKeys = new Set(live.map(key));
  const all = [...configured, ...live.filter((each) => !configuredKeys.has(key(each)))];
  return all.map((each) => ({
    ...each,
    field: key(each),
    running: liveKeys.has(key(each)),
    configured: configuredKeys.has(key(each)),
  }));
}

function pluggedInto(domain: XmlElement): readonly Plugged[] {
  const { disks, interfaces, hostDevices } = readDomain(domain);
  return [
    ...disks.map((device) => ({ kind: 'volume', id: device.target, device }) as const),
    ...interfaces.flatMap((device) =>
      device.mac === null ? [] : [{ kind: 'network-interface', id: device.mac, device } as const],
    ),
    ...hostDevices.flatMap((device) => {
      const id = hostDeviceId(device);
      return id === null ? [] : [{ kind: 'host-device', id, device } as const];
    }),
  ];
}

/** null: of a kind that is not plugged by Protium (a mediated device, SCSI). */
function hostDeviceId(device: HostDevice): string | null {
  if (device.type === 'pci') return device.address;
  if (device.type !== 'usb') return null;
  // libvirt fills in the place of what was named by its kind while it runs.
  if (device.vendorId !== null && device.productId !== null)
    return `usb:${hex(device.vendorId)}:${hex(device.productId)}`;
  return device.bus === null || device.device === null ? null : `${device.bus}.${device.device}`;
}

function hex(id: number): string {
  return id.toString(16).padStart(4, '0');
}
