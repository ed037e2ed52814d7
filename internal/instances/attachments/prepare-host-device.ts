import { ProtiumError } from '../../errors/protium-error.ts';
import type { HostReader } from '../../host/reader.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { DevicePlan, Plan } from '../../placement/plan.ts';
import { hostDeviceElement, type HostDeviceOptions } from '../../xml/domain/devices/hostdev.ts';
import { serializeXml } from '../../xml/serialize.ts';
import type { CurrentInstance } from '../changes/current-instance.ts';
import { residentMib } from '../changes/resident-memory.ts';
import { attachmentsOf } from './attachments.ts';
import { readDeviceName, type DeviceName } from './device-name.ts';
import { requirePorts } from './free-ports.ts';
import type { Book, Prepared } from './prepared.ts';
import { findUsbDevice } from './usb-devices.ts';

export interface HostDeviceRequest {
  readonly kind: 'host-device';
  /** As a person names it: device-name.ts. */
  readonly device: string;
}

/**
 * A device of the host. A PCI device is chosen as for a new VM, with all that must go along, and held.
 * Rejects with ProtiumError `host-incapable`, `not-found`, `already-exists`, `state-conflict`.
 */
export async function prepareHostDevice(
  { client, host }: { readonly client: LibvirtClient; readonly host: Pick<HostReader, 'read'> },
  current: CurrentInstance,
  { device }: HostDeviceRequest,
  book: Book,
): Promise<Prepared> {
  const name = readDeviceName(device);
  if (name.type === 'usb' || name.type === 'usb-kind') return prepareUsb(client, current, name);
  const { domain, running, record } = current;
  if (name.type === 'pci' && hasAlready(current, name.address)) {
    throw new ProtiumError('already-exists', `It has ${name.address} already.`, { details: { device } });
  }
  const { vendor, model } = name.type === 'pci-kind' ? name : await kindAt(host, name.address);
  const before = record.plan;
  const plan = await book(
    {
      uuid: domain.uuid,
      domain: domain.name,
      plan: before,
      spec: { ...record.spec, pci: [{ vendor, model, quantity: 1 }] },
      residentMib: running === null ? 0 : await residentMib(client, domain),
      onlyAt: name.type === 'pci' ? name.address : null,
    },
    (made) => withDevices(before, made),
  );
  const added = plan.pci.slice(before.pci.length);
  requirePorts(running, added.length);
  return {
    devices: added.map(({ address }) => ({ id: address, xml: xmlOf({ type: 'pci', address }) })),
    plan,
    taken: added.map(({ address, vendor: of, model: kind }) => ({ address, vendor: of, model: kind })),
    networks: [],
    notices: plan.warnings.filter((warning) => !before.warnings.includes(warning)),
  };
}

/** The devices behind those that it has; processor, memory and all else as they are. Pure. */
export function withDevices(before: Plan, made: Plan): Plan {
  const slots = 1 + Math.max(-1, ...before.pci.map(({ guestSlot }) => guestSlot));
  const added = made.pci.map((device): DevicePlan => ({ ...device, guestSlot: device.guestSlot + slots }));
  const addresses = added.map(({ address }) => address);
  const about = made.warnings.filter((warning) => addresses.some((address) => warning.includes(address)));
  return {
    ...before,
    pci: [...before.pci, ...added],
    memory: { ...before.memory, pinned: true },
    warnings: [...before.warnings, ...about],
  };
}

async function kindAt(
  host: Pick<HostReader, 'read'>,
  address: string,
): Promise<{ readonly vendor: string; readonly model: string }> {
  const { pci } = await host.read({ maxAgeMs: 0 });
  const found = pci.find((device) => device.address === address);
  if (found !== undefined) return found;
  throw new ProtiumError(
    'not-found',
    `The host has no PCI device ${address} (lspci -D shows those that it has).`,
    {
      details: { device: address },
    },
  );
}

/** libvirt itself keeps a USB device from being given to two VMs; nothing of it is planned. */
async function prepareUsb(
  client: LibvirtClient,
  current: CurrentInstance,
  name: Extract<DeviceName, { type: 'usb' | 'usb-kind' }>,
): Promise<Prepared> {
  const found = await findUsbDevice(client, name);
  const id = name.type === 'usb' ? `${name.bus}.${name.device}` : `usb:${name.vendor}:${name.product}`;
  const other = name.type === 'usb' ? `usb:${found.vendor}:${found.product}` : `${found.bus}.${found.device}`;
  if (hasAlready(current, id) || hasAlready(current, other)) {
    throw new ProtiumError('already-exists', `It has ${id} already.`, { details: { device: id } });
  }
  const xml = xmlOf(
    name.type === 'usb'
      ? { type: 'placed-usb', bus: name.bus, device: name.device }
      : { type: 'usb', vendorId: name.vendor, productId: name.product },
  );
  return {
    devices: [{ id, xml }],
    plan: current.record.plan,
    taken: [],
    networks: [],
    notices:
      name.type === 'usb'
        ? [
            'A USB device is found at this place until it is unplugged from the host; then the VM does not start with it.',
          ]
        : [],
  };
}

function hasAlready({ running, definition }: CurrentInstance, id: string): boolean {
  return attachmentsOf(running, definition).some((each) => each.kind === 'host-device' && each.id === id);
}

function xmlOf(device: HostDeviceOptions): string {
  return serializeXml(hostDeviceElement(device));
}
