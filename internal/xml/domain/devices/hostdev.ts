import { pciAddressElement, pciAddressOf } from '../../pci-address.ts';
import { attribute, child, element, type XmlElement } from '../../tree.ts';
import { integerAttribute, switchAttribute } from '../../values.ts';
import { type Boot, bootElement, readAlias } from './boot.ts';

interface HostDeviceBase {
  /** libvirt itself takes the device from its driver and gives it back. */
  readonly managed: boolean;
  readonly alias: string | null;
  readonly element: XmlElement;
}

/** A `<hostdev>` as it was read. */
export type HostDevice = HostDeviceBase &
  (
    | { readonly type: 'pci'; readonly address: string; readonly romFile: string | null }
    | {
        readonly type: 'usb';
        /** By vendor and product, e.g. 0x046d and 0xc52b ... */
        readonly vendorId: number | null;
        readonly productId: number | null;
        /** ... or by place; libvirt fills it in while the domain runs. */
        readonly bus: number | null;
        readonly device: number | null;
      }
    | { readonly type: 'mdev'; readonly uuid: string; readonly model: string | null }
    | { readonly type: 'other'; readonly kind: string }
  );

export function readHostDevice(el: XmlElement): HostDevice {
  const base = { managed: switchAttribute(el, 'managed') ?? false, alias: readAlias(el), element: el };
  const kind = attribute(el, 'type') ?? '';
  const source = child(el, 'source');
  const address = source === null ? null : child(source, 'address');
  if (kind === 'pci' && address !== null) {
    const rom = child(el, 'rom');
    return {
      ...base,
      type: 'pci',
      address: pciAddressOf(address),
      romFile: rom === null ? null : attribute(rom, 'file'),
    };
  }
  if (kind === 'usb' && source !== null) {
    const [vendor, product] = [child(source, 'vendor'), child(source, 'product')];
    return {
      ...base,
      type: 'usb',
      vendorId: vendor === null ? null : integerAttribute(vendor, 'id'),
      productId: product === null ? null : integerAttribute(product, 'id'),
      bus: address === null ? null : integerAttribute(address, 'bus'),
      device: address === null ? null : integerAttribute(address, 'device'),
    };
  }
  if (kind === 'mdev' && address !== null) {
    return {
      ...base,
      type: 'mdev',
      uuid: (attribute(address, 'uuid') ?? '').toLowerCase(),
      model: attribute(el, 'model'),
    };
  }
  return { ...base, type: 'other', kind };
}

interface PciHostDeviceOptions extends Boot {
  readonly type: 'pci';
  /** On the host, e.g. `0000:01:00.0`. */
  readonly address: string;
  /** Default: true. */
  readonly managed?: boolean;
  /** `bar: false` hides the option ROM; `file` replaces it. */
  readonly rom?: { readonly bar?: boolean; readonly file?: string };
  /** In the guest; `multifunction` on function 0 lets more functions share the slot. */
  readonly guestAddress?: { readonly address: string; readonly multifunction?: boolean };
}

interface UsbHostDeviceOptions {
  readonly type: 'usb';
  /** Four hexadecimal digits each, e.g. `046d`. */
  readonly vendorId: string;
  readonly productId: string;
  readonly startupPolicy?: 'mandatory' | 'requisite' | 'optional';
}

/** By its place on the host, which holds until it is unplugged there. */
interface PlacedUsbHostDeviceOptions {
  readonly type: 'placed-usb';
  readonly bus: number;
  readonly device: number;
}

interface MediatedHostDeviceOptions {
  readonly type: 'mdev';
  readonly uuid: string;
  /** Default: `vfio-pci`. */
  readonly model?: string;
  readonly display?: boolean;
}

export type HostDeviceOptions =
  PciHostDeviceOptions | UsbHostDeviceOptions | PlacedUsbHostDeviceOptions | MediatedHostDeviceOptions;

/** Builds a `<hostdev>`. */
export function hostDeviceElement(device: HostDeviceOptions): XmlElement {
  switch (device.type) {
    case 'pci':
      return pciElement(device);
    case 'usb':
      return element('hostdev', { mode: 'subsystem', type: 'usb', managed: 'yes' }, [
        element('source', { startupPolicy: device.startupPolicy }, [
          element('vendor', { id: `0x${device.vendorId}` }),
          element('product', { id: `0x${device.productId}` }),
        ]),
      ]);
    case 'placed-usb':
      return element(
        'hostdev',
        { mode: 'subsystem', type: 'usb', managed: 'yes' },
        element('source', {}, element('address', { bus: device.bus, device: device.device })),
      );
    case 'mdev':
      return element(
        'hostdev',
        {
          mode: 'subsystem',
          type: 'mdev',
          managed: 'no',
          model: device.model ?? 'vfio-pci',
          display: device.display === undefined ? null : device.display ? 'on' : 'off',
        },
        element('source', {}, element('address', { uuid: device.uuid })),
      );
  }
}

function pciElement({ address, managed, rom, guestAddress, ...boot }: PciHostDeviceOptions): XmlElement {
  return element('hostdev', { mode: 'subsystem', type: 'pci', managed: managed === false ? 'no' : 'yes' }, [
    element('driver', { name: 'vfio' }),
    element('source', {}, pciAddressElement(address)),
    bootElement(boot),
    rom === undefined
      ? null
      : element('rom', { bar: rom.bar === undefined ? null : rom.bar ? 'on' : 'off', file: rom.file }),
    guestAddress === undefined
      ? null
      : pciAddressElement(guestAddress.address, {
          type: 'pci',
          ...(guestAddress.multifunction === true ? { multifunction: 'on' } : {}),
        }),
  ]);
}
