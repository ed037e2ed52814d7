import { parseXml } from '../../xml/parse.ts';
import { attribute, child, children, childText, find, textOf, type XmlElement } from '../../xml/tree.ts';
import type { VolumeType } from '../objects.ts';
import type {
  DomainView,
  NetInterfaceView,
  NetworkIp,
  NetworkView,
  NodeDeviceView,
  PciView,
  PoolView,
  VolumeView,
} from './views.ts';

/** The few fields of libvirt's documents that the live view shows. */

const libosinfo = 'http://libosinfo.org/xmlns/libvirt/domain/1.0';

const volumeTypes: readonly VolumeType[] = ['file', 'block', 'dir', 'network', 'netdir', 'ploop'];

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
>;

export function readDomainDocument(xml: string): DomainDocument {
  const domain = parseXml(xml);
  const metadata = child(domain, 'metadata');
  const parts = metadata === null ? [] : children(metadata);
  const scopes = metadata === null ? [domain] : [metadata, domain];
  const namespaces = parts.map((part) => namespaceOf(part, [part, ...scopes]));
  const osInfo = parts.find((_, index) => namespaces[index] === libosinfo);
  const os = osInfo === undefined ? undefined : children(osInfo).find((el) => localName(el) === 'os');
  const maxMemoryKiB = Number(childText(domain, 'memory') ?? 0);
  const vcpu = child(domain, 'vcpu');
  const maxVcpus = vcpu === null ? 1 : Number(textOf(vcpu));
  return {
    memoryKiB: Number(childText(domain, 'currentMemory') ?? maxMemoryKiB),
    maxMemoryKiB,
    vcpus: Number((vcpu === null ? null : attribute(vcpu, 'current')) ?? maxVcpus),
    maxVcpus,
    title: childText(domain, 'title'),
    description: childText(domain, 'description'),
    osId: os === undefined ? null : attribute(os, 'id'),
    metadataNamespaces: Object.freeze(namespaces.filter((namespace) => namespace !== null)),
  };
}

export type PoolDocument = Pick<
  PoolView,
  'type' | 'targetPath' | 'capacityBytes' | 'allocationBytes' | 'availableBytes'
>;

export function readPoolDocument(xml: string): PoolDocument {
  const pool = parseXml(xml);
  return {
    type: attribute(pool, 'type') ?? '',
    targetPath: textAt(pool, 'target', 'path'),
    capacityBytes: bytes(pool, 'capacity'),
    allocationBytes: bytes(pool, 'allocation'),
    availableBytes: bytes(pool, 'available'),
  };
}

export type VolumeDocument = Pick<
  VolumeView,
  'path' | 'type' | 'format' | 'capacityBytes' | 'allocationBytes' | 'backingPath'
>;

export function readVolumeDocument(xml: string): VolumeDocument {
  const volume = parseXml(xml);
  const format = find(volume, 'target', 'format');
  return {
    path: textAt(volume, 'target', 'path'),
    type: volumeTypes.find((type) => type === attribute(volume, 'type')) ?? 'file',
    format: format === null ? null : attribute(format, 'type'),
    capacityBytes: bytes(volume, 'capacity'),
    allocationBytes: bytes(volume, 'allocation'),
    backingPath: textAt(volume, 'backingStore', 'path'),
  };
}

export type NetworkDocument = Pick<NetworkView, 'bridge' | 'forwardMode' | 'domainName' | 'ips'>;

export function readNetworkDocument(xml: string): NetworkDocument {
  const network = parseXml(xml);
  const forward = child(network, 'forward');
  return {
    bridge: attributeAt(network, 'bridge', 'name'),
    // libvirt's default for <forward> without a mode.
    forwardMode: forward === null ? null : (attribute(forward, 'mode') ?? 'nat'),
    domainName: attributeAt(network, 'domain', 'name'),
    ips: Object.freeze(children(network, 'ip').map(readIp)),
  };
}

export type NodeDeviceDocument = Pick<
  NodeDeviceView,
  'path' | 'parent' | 'capability' | 'driver' | 'pci' | 'net'
>;

export function readNodeDeviceDocument(xml: string): NodeDeviceDocument {
  const device = parseXml(xml);
  const capability = child(device, 'capability');
  const type = capability === null ? '' : (attribute(capability, 'type') ?? '');
  return {
    path: childText(device, 'path'),
    parent: childText(device, 'parent'),
    capability: type,
    driver: textAt(device, 'driver', 'name'),
    pci: capability !== null && type === 'pci' ? readPci(capability) : null,
    net: capability !== null && type === 'net' ? readNetInterface(capability) : null,
  };
}

function readPci(capability: XmlElement): PciView {
  const hex = (name: string, digits: number): string =>
    Number(childText(capability, name) ?? 0)
      .toString(16)
      .padStart(digits, '0');
  const group = attributeAt(capability, 'iommuGroup', 'number');
  const node = attributeAt(capability, 'numa', 'node');
  return Object.freeze({
    address: `${hex('domain', 4)}:${hex('bus', 2)}:${hex('slot', 2)}.${hex('function', 1)}`,
    class: childText(capability, 'class'),
    vendorId: attributeAt(capability, 'vendor', 'id'),
    vendorName: textOrNull(capability, 'vendor'),
    productId: attributeAt(capability, 'product', 'id'),
    productName: textOrNull(capability, 'product'),
    iommuGroup: group === null ? null : Number(group),
    numaNode: node === null ? null : Number(node),
  });
}

function readNetInterface(capability: XmlElement): NetInterfaceView {
  return Object.freeze({
    interface: childText(capability, 'interface') ?? '',
    mac: childText(capability, 'address'),
    linkState: attributeAt(capability, 'link', 'state'),
  });
}

function readIp(ip: XmlElement): NetworkIp {
  const prefix = attribute(ip, 'prefix');
  const netmask = attribute(ip, 'netmask');
  const dhcp = child(ip, 'dhcp');
  const ranges = dhcp === null ? [] : children(dhcp, 'range');
  return Object.freeze({
    family: attribute(ip, 'family') === 'ipv6' ? 'ipv6' : 'ipv4',
    address: attribute(ip, 'address') ?? '',
    prefix: prefix === null ? (netmask === null ? null : prefixOf(netmask)) : Number(prefix),
    dhcpRanges: Object.freeze(
      ranges.map((range) =>
        Object.freeze({ start: attribute(range, 'start') ?? '', end: attribute(range, 'end') ?? '' }),
      ),
    ),
  });
}

/** Number of ones in an IPv4 netmask. */
function prefixOf(netmask: string): number {
  const ones = netmask.split('.').map((octet) => Number(octet).toString(2).replaceAll('0', '').length);
  return ones.reduce((sum, count) => sum + count, 0);
}

function textAt(el: XmlElement, ...names: readonly string[]): string | null {
  const found = find(el, ...names);
  return found === null ? null : textOf(found);
}

/** As childText; an empty element counts as absent. */
function textOrNull(el: XmlElement, name: string): string | null {
  const text = childText(el, name);
  return text === '' ? null : text;
}

function attributeAt(el: XmlElement, name: string, key: string): string | null {
  const found = child(el, name);
  return found === null ? null : attribute(found, key);
}

/** libvirt writes sizes of pools and volumes in bytes. */
function bytes(el: XmlElement, name: string): bigint {
  return BigInt(childText(el, name) ?? 0);
}

function localName(el: XmlElement): string {
  return el.name.slice(el.name.indexOf(':') + 1);
}

/** The namespace of an element, declared on it or around it; null: none. */
function namespaceOf(el: XmlElement, scopes: readonly XmlElement[]): string | null {
  const colon = el.name.indexOf(':');
  const declaration = colon === -1 ? 'xmlns' : `xmlns:${el.name.slice(0, colon)}`;
  for (const scope of scopes) {
    const uri = attribute(scope, declaration);
    if (uri !== null) return uri === '' ? null : uri;
  }
  return null;
}
