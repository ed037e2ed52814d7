/**
 * libvirt's own objects as plain data, under libvirt's own names. UUIDs are lower-case with dashes; sizes are in the
 * unit that the field's name carries. An object is a reference by name and uuid, never a live handle.
 */

/** Reference to a domain. `id` is libvirt's running id, null while the domain is not active. */
export interface DomainRef {
  readonly name: string;
  readonly uuid: string;
  readonly id: number | null;
}

export interface NetworkRef {
  readonly name: string;
  readonly uuid: string;
}

export interface PoolRef {
  readonly name: string;
  readonly uuid: string;
}

/** `key` is unique on the host; for file-backed pools it is the volume's path. */
export interface VolumeRef {
  readonly pool: string;
  readonly name: string;
  readonly key: string;
}

/** libvirt's node device name, e.g. `pci_0000_01_00_0`. */
export interface NodeDeviceRef {
  readonly name: string;
}

export interface NwfilterRef {
  readonly name: string;
  readonly uuid: string;
}

export interface SecretRef {
  readonly uuid: string;
  readonly usageType: SecretUsage;
  readonly usageId: string;
}

export interface SnapshotRef {
  readonly name: string;
  readonly domain: DomainRef;
}

/** virDomainState, by name; the position is libvirt's number. */
export const domainStates = [
  'nostate',
  'running',
  'blocked',
  'paused',
  'shutdown',
  'shutoff',
  'crashed',
  'pmsuspended',
] as const;
export type DomainState = (typeof domainStates)[number];

/** virSecretUsageType, by name. */
export type SecretUsage = 'none' | 'volume' | 'ceph' | 'iscsi' | 'tls' | 'vtpm';

/** `reason` is libvirt's number; its meaning depends on the state (virDomain*Reason). */
export interface DomainStateReport {
  readonly state: DomainState;
  readonly reason: number;
}

export interface DomainInfo {
  readonly state: DomainState;
  readonly maxMemoryKiB: number;
  readonly memoryKiB: number;
  readonly vcpus: number;
  readonly cpuTimeNs: bigint;
}

export interface BlockInfo {
  readonly capacityBytes: bigint;
  readonly allocationBytes: bigint;
  readonly physicalBytes: bigint;
}

/** virDomainBlockJobType, by name. */
export type BlockJobType = 'unknown' | 'pull' | 'copy' | 'commit' | 'active-commit' | 'backup';

/** Progress of a block job; the job is complete when `current === end`. */
export interface BlockJobInfo {
  readonly type: BlockJobType;
  readonly bandwidthBytesPerSecond: bigint;
  readonly current: bigint;
  readonly end: bigint;
}

/** A name/value list as libvirt's typed parameters carry it: 64-bit integers stay bigint. */
export type TypedValue = number | bigint | boolean | string;
export type TypedParameters = Readonly<Record<string, TypedValue>>;

/** One domain's part of a bulk statistics call, keys as in virConnectGetAllDomainStats (`state.state`, `cpu.time` ...). */
export interface DomainStats {
  readonly domain: DomainRef;
  readonly stats: TypedParameters;
}

export type DomainStatsGroup =
  'state' | 'cpu' | 'balloon' | 'vcpu' | 'interface' | 'block' | 'perf' | 'iothread' | 'memory' | 'dirtyrate';

export interface InterfaceAddress {
  readonly interface: string;
  readonly mac: string | null;
  readonly addresses: readonly {
    readonly family: 'ipv4' | 'ipv6';
    readonly address: string;
    readonly prefix: number;
  }[];
}

export interface DhcpLease {
  readonly interface: string;
  /** ISO time. */
  readonly expires: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly mac: string | null;
  readonly iaid: string | null;
  readonly address: string;
  readonly prefix: number;
  readonly hostname: string | null;
  readonly clientId: string | null;
}

/** virStoragePoolState, by name. */
export type PoolState = 'inactive' | 'building' | 'running' | 'degraded' | 'inaccessible';

export interface PoolInfo {
  readonly state: PoolState;
  readonly capacityBytes: bigint;
  readonly allocationBytes: bigint;
  readonly availableBytes: bigint;
}

/** virStorageVolType, by name. */
export type VolumeType = 'file' | 'block' | 'dir' | 'network' | 'netdir' | 'ploop';

export interface VolumeInfo {
  readonly type: VolumeType;
  readonly capacityBytes: bigint;
  readonly allocationBytes: bigint;
}

export interface NodeInfo {
  readonly cpuModel: string;
  readonly memoryKiB: bigint;
  readonly cpus: number;
  readonly mhz: number;
  readonly numaNodes: number;
  readonly sockets: number;
  readonly coresPerSocket: number;
  readonly threadsPerCore: number;
}

/** virCPUCompareResult, by name; `superset`: the host has all that the CPU needs, and more. */
export type CpuComparison = 'incompatible' | 'identical' | 'superset';

/** libvirt's version numbers, e.g. "9.0.0". */
export interface Versions {
  readonly libvirt: string;
  readonly hypervisor: string;
}

/** virDomainJobType, by name. */
export type JobType = 'none' | 'bounded' | 'unbounded' | 'completed' | 'failed' | 'cancelled';

export interface JobStats {
  readonly type: JobType;
  readonly stats: TypedParameters;
}
