import { localName } from '../../xml/namespaces.ts';
import { guestAgentChannel, readCharacterDevice } from '../../xml/domain/devices/character.ts';
import { libosinfoNamespace, protiumNamespace, readMetadata } from '../../xml/domain/metadata.ts';
import { readNetwork } from '../../xml/network.ts';
import { readNodeDevice, type NodeDeviceCapability } from '../../xml/node-device.ts';
import { readPool } from '../../xml/pool.ts';
import { pciAddressOf } from '../../xml/pci-address.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { attribute, child, children, childText, textOf, type XmlElement } from '../../xml/tree.ts';
import { kibOf } from '../../xml/units.ts';
import { integerAttribute, rootOf } from '../../xml/values.ts';
import { readVolume } from '../../xml/volume.ts';
import type { VolumeType } from '../objects.ts';
import type {
  DomainView,
  NetInterfaceView,
  NetworkView,
  NodeDeviceView,
  PciView,
  PoolView,
  VolumeView,
} from './views.ts';

/** The few fields of libvirt's documents that the live view shows. */

export type DomainDocument = Pick<
  DomainView,
  | 'memoryKiB'
  | 'maxMemoryKiB'
  | 'vcpus'
  | 'maxVcpus'
  | 'title'
  | 'description'
  | 'osId'
  | 'metadataNamespaces'
  | 'hostPciAddresses'
  | 'diskPaths'
  | 'agentConnected'
  | 'protiumMetadata'
>;

/**
 * Reads no more of a domain than is shown: one with a device that Protium cannot make sense of is to be shown too.
 */
export function readDomainDocument(xml: string): DomainDocument {
  const domain = rootOf(xml, 'domain');
  const metadata = readMetadata(domain);
  const ours = metadata.find(({ namespace }) => namespace === protiumNamespace);
  const osInfo = metadata.find(({ namespace }) => namespace === libosinfoNamespace);
  const maxMemoryKiB = kibAt(domain, 'memory') ?? 0;
  const vcpu = child(domain, 'vcpu');
  const maxVcpus = vcpu === null ? 1 : Number(textOf(vcpu));
  return {
    memoryKiB: kibAt(domain, 'currentMemory') ?? maxMemoryKiB,
    maxMemoryKiB,
    vcpus: (vcpu === null ? null : integerAttribute(vcpu, 'current')) ?? maxVcpus,
    maxVcpus,
    title: childText(domain, 'title'),
    description: childText(domain, 'description'),
    osId: osInfo === undefined ? null : osIdOf(osInfo.element),
    metadataNamespaces: Object.freeze(metadata.flatMap(({ namespace }) => namespace ?? [])),
    hostPciAddresses: Object.freeze(passedAddresses(domain)),
    diskPaths: Object.freeze(diskPaths(domain)),
    agentConnected: agentConnected(domain),
    protiumMetadata: ours === undefined ? null : serializeXml(ours.element),
  };
}

/** Of `<hostdev type='pci'>` with an address; what is written otherwise is no device of this host. */
function passedAddresses(domain: XmlElement): string[] {
  const devices = child(domain, 'devices');
  if (devices === null) return [];
  return children(devices, 'hostdev').flatMap((device) => {
    const source = child(device, 'source');
    const address = source === null ? null : child(source, 'address');
    return attribute(device, 'type') === 'pci' && address !== null ? [pciAddressOf(address)] : [];
  });
}

function diskPaths(domain: XmlElement): string[] {
  const devices = child(domain, 'devices');
  if (devices === null) return [];
  return children(devices, 'disk').flatMap((disk) => {
    const source = child(disk, 'source');
    return source === null ? [] : (attribute(source, 'file') ?? attribute(source, 'dev') ?? []);
  });
}

function agentConnected(domain: XmlElement): boolean | null {
  const devices = child(domain, 'devices');
  if (devices === null) return null;
  const channels = children(devices, 'channel').map(readCharacterDevice);
  return channels.find(({ targetName }) => targetName === guestAgentChannel)?.connected ?? null;
}

export type PoolDocument = Pick<
  PoolView,
  'type' | 'targetPath' | 'capacityBytes' | 'allocationBytes' | 'availableBytes'
>;

export function readPoolDocument(xml: string): PoolDocument {
  const { type, targetPath, capacityBytes, allocationBytes, availableBytes } = readPool(xml);
  return {
    type,
    targetPath,
    capacityBytes: capacityBytes ?? 0n,
    allocationBytes: allocationBytes ?? 0n,
    availableBytes: availableBytes ?? 0n,
  };
}

export type VolumeDocument = Pick<
  VolumeView,
  'path' | 'type' | 'format' | 'capacityBytes' | 'allocationBytes' | 'backingPath'
>;

const volumeTypes: readonly VolumeType[] = ['file', 'block', 'dir', 'network', 'netdir', 'ploop'];

export function readVolumeDocument(xml: string): VolumeDocument {
  const volume = readVolume(xml);
  return {
    path: volume.path,
    type: volumeTypes.find((type) => type === volume.type) ?? 'file',
    format: volume.format,
    capacityBytes: volume.capacityBytes ?? 0n,
    allocationBytes: volume.allocationBytes ?? 0n,
    backingPath: volume.backing?.path ?? null,
  };
}

export type NetworkDocument = Pick<NetworkView, 'bridge' | 'forwardMode' | 'domainName' | 'ips'>;

export function readNetworkDocument(xml: string): NetworkDocument {
  const { bridge, forwardMode, domainName, addresses } = readNetwork(xml);
  const ips = addresses.map(({ family, address, prefix, ranges }) =>
    Object.freeze({
      family,
      address,
      prefix,
      dhcpRanges: Object.freeze(ranges.map((range) => Object.freeze(range))),
    }),
  );
  return { bridge, forwardMode, domainName, ips: Object.freeze(ips) };
}

export type NodeDeviceDocument = Pick<
  NodeDeviceView,
  'path' | 'parent' | 'capability' | 'driver' | 'pci' | 'net'
>;

export function readNodeDeviceDocument(xml: string): NodeDeviceDocument {
  const { path, parent, driver, capability } = readNodeDevice(xml);
  return {
    path,
    parent,
    capability: capability.type === 'other' ? capability.capability : capability.type,
    driver,
    pci: pciOf(capability),
    net: netInterfaceOf(capability),
  };
}

function pciOf(capability: NodeDeviceCapability): PciView | null {
  if (capability.type !== 'pci') return null;
  return Object.freeze({
    address: capability.address,
    class: capability.class,
    vendorId: capability.vendor.id,
    vendorName: capability.vendor.name,
    productId: capability.product.id,
    productName: capability.product.name,
    iommuGroup: capability.iommuGroup?.number ?? null,
    numaNode: capability.numaNode,
  });
}

function netInterfaceOf(capability: NodeDeviceCapability): NetInterfaceView | null {
  if (capability.type !== 'net') return null;
  return Object.freeze({
    interface: capability.interface,
    mac: capability.mac,
    linkState: capability.link,
  });
}

function osIdOf(libosinfo: XmlElement): string | null {
  const os = children(libosinfo).find((el) => localName(el) === 'os');
  return os === undefined ? null : attribute(os, 'id');
}

function kibAt(domain: XmlElement, name: string): number | null {
  const el = child(domain, name);
  return el === null ? null : kibOf(el);
}
