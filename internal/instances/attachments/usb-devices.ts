import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { readNodeDevice } from '../../xml/node-device.ts';
import type { DeviceName } from './device-name.ts';

export interface UsbDevice {
  readonly bus: number;
  readonly device: number;
  /** Four lower-case hexadecimal digits. */
  readonly vendor: string;
  readonly product: string;
}

/**
 * The USB device of the host that is meant. Rejects with ProtiumError `not-found`, and `argument-invalid` when several are of
 * that kind.
 */
export async function findUsbDevice(
  client: Pick<LibvirtClient, 'nodeDevices'>,
  name: Extract<DeviceName, { type: 'usb' | 'usb-kind' }>,
): Promise<UsbDevice> {
  const devices = await usbDevices(client);
  const meant = devices.filter(({ bus, device, vendor, product }) =>
    name.type === 'usb'
      ? bus === name.bus && device === name.device
      : vendor === name.vendor && product === name.product,
  );
  const [found, another] = meant;
  const said = name.type === 'usb' ? `${name.bus}.${name.device}` : `${name.vendor}:${name.product}`;
  if (found === undefined) {
    throw new ProtiumError(
      'not-found',
      `The host has no USB device ${said} (lsusb shows those that it has).`,
      {
        details: { device: said },
      },
    );
  }
  if (another !== undefined) {
    const places = meant.map(({ bus, device }) => `${bus}.${device}`);
    throw new ProtiumError(
      'argument-invalid',
      `The host has several USB devices ${said}: name one by its place, ${places.join(' or ')}.`,
      { details: { field: 'device', places } },
    );
  }
  return found;
}

async function usbDevices({
  nodeDevices,
}: Pick<LibvirtClient, 'nodeDevices'>): Promise<readonly UsbDevice[]> {
  const found: UsbDevice[] = [];
  for (const device of await nodeDevices.list({ capability: 'usb_device' })) {
    const { capability } = readNodeDevice(await nodeDevices.xml(device));
    if (capability.type !== 'usb_device') continue;
    const { bus, device: number, vendor, product } = capability;
    found.push({ bus, device: number, vendor: digits(vendor.id), product: digits(product.id) });
  }
  return found;
}

function digits(id: string): string {
  return id.toLowerCase().replace(/^0x/, '').padStart(4, '0');
}
