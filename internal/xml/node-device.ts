import { malformed } from './malformed.ts';
import { formatPciAddress, pciAddressOf } from './pci-address.ts';
import { attribute, child, childText, children, find, path, textOf, type XmlElement } from './tree.ts';
import {
  integer,
  integerAttribute,
  integerChild,
  requiredAttribute,
  requiredChild,
  rootOf,
  type XmlSource,
} from './values.ts';

/** A number that identifies a vendor or product, and its name in the host's table. */
interface DeviceId {
  /** Four hexadecimal digits, lower case, e.g. `10de`. */
  readonly id: string;
  readonly name: string | null;
}

interface PciDevice {
  readonly type: 'pci';
  readonly address: string;
  /** Six hexadecimal digits: class, subclass, interface; e.g. `030000`. null: libvirt did not say. */
  readonly class: string | null;
  readonly vendor: DeviceId;
  readonly product: DeviceId;
  readonly iommuGroup: { readonly number: number; readonly members: readonly string[] } | null;
  readonly numaNode: number | null;
  /** Of a virtual function: the physical one it belongs to. */
  readonly physicalFunction: string | null;
  readonly virtualFunctions: readonly string[];
  /** Kinds of mediated device that it can make. */
  readonly mediatedTypes: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly available: number;
  }[];
}

interface NetDevice {
  readonly type: 'net';
  readonly interface: string;
  readonly mac: string | null;
  readonly link: string | null;
}

interface StorageDevice {
  readonly type: 'storage';
  /** e.g. `/dev/sda`. */
  readonly block: string;
  readonly bus: string | null;
  readonly driveType: string | null;
  readonly model: string | null;
  readonly vendor: string | null;
  readonly serial: string | null;
  readonly sizeBytes: bigint | null;
}

interface UsbDevice {
  readonly type: 'usb_device';
  readonly bus: number;
  readonly device: number;
  readonly vendor: DeviceId;
  readonly product: DeviceId;
}

interface MediatedDevice {
  readonly type: 'mdev';
  readonly typeId: string;
  readonly uuid: string | null;
  readonly iommuGroup: number | null;
}

/** Any other capability, e.g. `system`, `usb`, `drm`; its element is in the document's tree. */
interface OtherDevice {
  readonly type: 'other';
  readonly capability: string;
}

export type NodeDeviceCapability =
  PciDevice | NetDevice | StorageDevice | UsbDevice | MediatedDevice | OtherDevice;

/** What a node device's `<device>` document says. */
export interface NodeDeviceDocument {
  readonly tree: XmlElement;
  readonly name: string;
  readonly parent: string | null;
  /** In sysfs. */
  readonly path: string | null;
  readonly driver: string | null;
  readonly devnodes: readonly string[];
  readonly capability: NodeDeviceCapability;
}

/** Reads a node device. */
export function readNodeDevice(document: XmlSource): NodeDeviceDocument {
  const tree = rootOf(document, 'device');
  const driver = find(tree, 'driver', 'name');
  const capability = child(tree, 'capability');
  if (capability === null)
    throw malformed('<device> has no <capability>; send the document that libvirt gave.');
  return {
    tree,
    name: requiredChild(tree, 'name'),
    parent: childText(tree, 'parent'),
    path: childText(tree, 'path'),
    driver: driver === null ? null : textOf(driver),
    devnodes: children(tree, 'devnode').map(textOf),
    capability: readCapability(capability),
  };
}

function readCapability(capability: XmlElement): NodeDeviceCapability {
  const type = requiredAttribute(capability, 'type');
  switch (type) {
    case 'pci':
      return readPci(capability);
    case 'net':
      return {
        type,
        interface: requiredChild(capability, 'interface'),
        mac: childText(capability, 'address')?.toLowerCase() ?? null,
        link: linkOf(capability),
      };
    case 'storage':
      return readStorage(capability);
    case 'usb_device':
      return {
        type,
        bus: integer(requiredChild(capability, 'bus'), '<bus>') ?? 0,
        device: integer(requiredChild(capability, 'device'), '<device>') ?? 0,
        vendor: readId(capability, 'vendor'),
        product: readId(capability, 'product'),
      };
    case 'mdev': {
      const kind = child(capability, 'type');
      const group = child(capability, 'iommuGroup');
      return {
        type,
        typeId: kind === null ? '' : (attribute(kind, 'id') ?? ''),
        uuid: childText(capability, 'uuid'),
        iommuGroup: group === null ? null : integerAttribute(group, 'number'),
      };
    }
    default:
      return { type: 'other', capability: type };
  }
}

function readPci(capability: XmlElement): PciDevice {
  const part = (name: string): number => integer(requiredChild(capability, name), `<${name}>`) ?? 0;
  const group = child(capability, 'iommuGroup');
  const numa = child(capability, 'numa');
  const nested = (type: string): readonly XmlElement[] =>
    children(capability, 'capability').filter((candidate) => attribute(candidate, 'type') === type);
  const functions = (type: string): readonly string[] =>
    nested(type).flatMap((inner) => children(inner, 'address').map(pciAddressOf));
  return {
    type: 'pci',
    address: formatPciAddress(part('domain'), part('bus'), part('slot'), part('function')),
    class: childText(capability, 'class')?.replace(/^0x/, '').toLowerCase() ?? null,
    vendor: readId(capability, 'vendor'),
    product: readId(capability, 'product'),
    iommuGroup:
      group === null
        ? null
        : {
            number: integerAttribute(group, 'number') ?? 0,
            members: children(group, 'address').map(pciAddressOf),
          },
    numaNode: numa === null ? null : integerAttribute(numa, 'node'),
    physicalFunction: functions('phys_function')[0] ?? null,
    virtualFunctions: functions('virt_functions'),
    mediatedTypes: nested('mdev_types')
      .flatMap((inner) => path(inner, 'type'))
      .map((kind) => ({
        id: attribute(kind, 'id') ?? '',
        name: childText(kind, 'name'),
        available: integerChild(kind, 'availableInstances') ?? 0,
      })),
  };
}

function readStorage(capability: XmlElement): StorageDevice {
  const media = children(capability, 'capability').find(
    (inner) => attribute(inner, 'type') === 'removable' && childText(inner, 'media_available') === '1',
  );
  const size = childText(capability, 'size') ?? (media === undefined ? null : childText(media, 'media_size'));
  return {
    type: 'storage',
    block: requiredChild(capability, 'block'),
    bus: childText(capability, 'bus'),
    driveType: childText(capability, 'drive_type'),
    model: childText(capability, 'model'),
    vendor: childText(capability, 'vendor'),
    serial: childText(capability, 'serial'),
    sizeBytes: size !== null && /^[0-9]+$/.test(size) ? BigInt(size) : null,
  };
}

function readId(capability: XmlElement, name: string): DeviceId {
  const el = child(capability, name);
  if (el === null) throw malformed(`<capability> has no <${name}>; send the document that libvirt gave.`);
  return {
    id: (attribute(el, 'id') ?? '').replace(/^0x/, '').toLowerCase().padStart(4, '0'),
    name: textOf(el) || null,
  };
}

function linkOf(capability: XmlElement): string | null {
  const link = child(capability, 'link');
  return link === null ? null : attribute(link, 'state');
}
