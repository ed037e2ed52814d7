import { ProtiumError } from '../../errors/protium-error.ts';

/** A host device as a person names it. */
export type DeviceName =
  | { readonly type: 'pci'; readonly address: string }
  | { readonly type: 'pci-kind'; readonly vendor: string; readonly model: string }
  | { readonly type: 'usb'; readonly bus: number; readonly device: number }
  | { readonly type: 'usb-kind'; readonly vendor: string; readonly product: string };

const forms: readonly (readonly [RegExp, (parts: readonly string[]) => DeviceName])[] = [
  [/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/, ([address = '']) => ({ type: 'pci', address })],
  [/^([0-9a-f]{4}):([0-9a-f]{4})$/, ([, vendor = '', model = '']) => ({ type: 'pci-kind', vendor, model })],
  [
    /^(\d{1,3})\.(\d{1,3})$/,
    ([, bus, device]) => ({ type: 'usb', bus: Number(bus), device: Number(device) }),
  ],
  [
    /^usb:([0-9a-f]{4}):([0-9a-f]{4})$/,
    ([, vendor = '', product = '']) => ({ type: 'usb-kind', vendor, product }),
  ],
];

/** @throws ProtiumError `argument-invalid` */
export function readDeviceName(text: string): DeviceName {
  const lower = text.toLowerCase();
  for (const [form, made] of forms) {
    const parts = form.exec(lower);
    if (parts !== null) return made(parts);
  }
  throw new ProtiumError(
    'argument-invalid',
    'A host device is named 0000:01:00.0 or vendor:model (10de:2489) if it is PCI, bus.device (1.4) or usb:vendor:product (usb:046d:c52b) if it is USB.',
    { details: { field: 'device' } },
  );
}
