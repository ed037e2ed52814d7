import type { DomainState, PoolState, VolumeType } from '../objects.ts';

/**
 * What the live view holds of each object: few fields, all immutable. A view keeps its identity until the object is
 * read again; `readAt` (ISO) is when that was. Sizes are in the unit of the field's name.
 */

/** A domain. The document itself is not kept: fetch it with `client.domains.xml` when it is needed. */
export interface DomainView {
  readonly name: string;
  readonly uuid: string;
  /** libvirt's running id; null while the domain is not active. */
  readonly id: number | null;
  readonly state: DomainState;
  /** virDomain*Reason; its meaning depends on the state. */
  readonly reason: number;
  readonly persistent: boolean;
  readonly autostart: boolean;
  /** A managed save image exists: the next start restores it. */
  readonly hasManagedSave: boolean;
  /** What the guest has now (`<currentMemory>`). */
  readonly memoryKiB: number;
  /** What the guest was booted with (`<memory>`). */
  readonly maxMemoryKiB: number;
  /** vCPUs that are plugged in. */
  readonly vcpus: number;
  readonly maxVcpus: number;
  readonly title: string | null;
  readonly description: string | null;
  /** libosinfo's id, e.g. `http://debian.org/debian/12`. */
  readonly osId: string | null;
  /** Namespaces of the elements in `<metadata>`. */
  readonly metadataNamespaces: readonly string[];
  /** Host devices that it has, or is to have when it starts, e.g. `0000:01:00.0`. */
  readonly hostPciAddresses: readonly string[];
  /** Files and block devices of its disks, without what lies below them. */
  readonly diskPaths: readonly string[];
  /** Whether qemu-guest-agent has opened its channel; null: it has none, or the domain is off. */
  readonly agentConnected: boolean | null;
  /** Protium's own element in `<metadata>`, as text; null: there is none. Not for clients. */
  readonly protiumMetadata: string | null;
  /** Digest of the document; differs whenever anything in the document differs. Usable as a version of it. */
  readonly documentDigest: string;
  readonly readAt: string;
}

export interface PoolView {
  readonly name: string;
  readonly uuid: string;
  readonly state: PoolState;
  readonly persistent: boolean;
  readonly autostart: boolean;
  /** virStoragePoolType by name: `dir`, `fs`, `netfs`, `logical`, `rbd` ... */
  readonly type: string;
  readonly targetPath: string | null;
  readonly capacityBytes: bigint;
  readonly allocationBytes: bigint;
  readonly availableBytes: bigint;
  readonly readAt: string;
}

/** A volume of an active pool. libvirt sends no volume events: it is as old as `readAt` says. */
export interface VolumeView {
  /** Name of the pool. */
  readonly pool: string;
  readonly poolUuid: string;
  readonly name: string;
  readonly key: string;
  readonly path: string | null;
  readonly type: VolumeType;
  /** `qcow2`, `raw`, `iso` ...; null where the pool type has no formats. */
  readonly format: string | null;
  readonly capacityBytes: bigint;
  readonly allocationBytes: bigint;
  readonly backingPath: string | null;
  readonly readAt: string;
}

export interface NetworkView {
  readonly name: string;
  readonly uuid: string;
  readonly active: boolean;
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly bridge: string | null;
  /** `nat`, `route`, `bridge`, `open` ...; null: isolated. */
  readonly forwardMode: string | null;
  readonly domainName: string | null;
  readonly ips: readonly NetworkIp[];
  readonly readAt: string;
}

export interface NetworkIp {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number | null;
  readonly dhcpRanges: readonly { readonly start: string; readonly end: string }[];
}

export interface NodeDeviceView {
  readonly name: string;
  /** Path in sysfs. */
  readonly path: string | null;
  readonly parent: string | null;
  /** Type of the first capability: `pci`, `net`, `usb_device`, `storage` ... */
  readonly capability: string;
  /** Kernel driver that is bound; libvirt sends no event when it changes (refresh after a detach or reattach). */
  readonly driver: string | null;
  readonly pci: PciView | null;
  readonly net: NetInterfaceView | null;
  readonly readAt: string;
}

export interface PciView {
  /** `0000:01:00.0` */
  readonly address: string;
  /** Class, subclass and interface, e.g. `030000`. */
  readonly class: string | null;
  /** Four hexadecimal digits, e.g. `10de`. */
  readonly vendorId: string;
  readonly vendorName: string | null;
  readonly productId: string;
  readonly productName: string | null;
  readonly iommuGroup: number | null;
  readonly numaNode: number | null;
}

export interface NetInterfaceView {
  readonly interface: string;
  readonly mac: string | null;
  /** `up`, `down` ... */
  readonly linkState: string | null;
}

/** The kinds of object in the view, with the type of each. */
export interface ViewOf {
  domain: DomainView;
  pool: PoolView;
  volume: VolumeView;
  network: NetworkView;
  'node-device': NodeDeviceView;
}

export type ViewKind = keyof ViewOf;
