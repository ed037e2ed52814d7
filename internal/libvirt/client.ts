import type { Duplex, Readable, Writable } from 'node:stream';
import type { EventSource } from './events.ts';
import type {
  BlockInfo,
  BlockJobInfo,
  CpuComparison,
  DhcpLease,
  DomainInfo,
  DomainRef,
  DomainStateReport,
  DomainStats,
  DomainStatsGroup,
  InterfaceAddress,
  JobStats,
  NetworkRef,
  NodeDeviceRef,
  NodeInfo,
  NwfilterRef,
  PoolInfo,
  PoolRef,
  SecretRef,
  SnapshotRef,
  TypedParameters,
  Versions,
  VolumeInfo,
  VolumeRef,
} from './objects.ts';

/**
 * The one way to libvirt. Two drivers implement it: rpc/ (libvirt's own protocol) and virsh/ (the reference and the
 * fallback). Every call rejects with an error of error.ts. Boolean options default to false.
 */
export interface LibvirtClient {
  /** libvirt connection URI, e.g. `qemu:///system`. */
  readonly uri: string;
  readonly driver: 'rpc' | 'virsh';
  readonly host: HostCalls;
  readonly domains: DomainCalls;
  readonly snapshots: SnapshotCalls;
  readonly pools: PoolCalls;
  readonly volumes: VolumeCalls;
  readonly networks: NetworkCalls;
  readonly nodeDevices: NodeDeviceCalls;
  readonly secrets: SecretCalls;
  readonly nwfilters: NwfilterCalls;
  readonly events: EventSource;
  /** Ends all connections; calls in flight reject with LibvirtConnectionError. */
  close(): Promise<void>;
}

export interface CallOptions {
  /** Gives up waiting after this long with LibvirtTimeoutError. Default: 30 s; calls that start or move a VM: 300 s. */
  readonly deadlineMs?: number | undefined;
  /** Gives up waiting when aborted; libvirt still carries the call out. */
  readonly signal?: AbortSignal | undefined;
}

export interface HostCalls {
  /** Opens a connection if there is none and asks libvirtd for a reply. */
  ping(call?: CallOptions): Promise<void>;
  versions(call?: CallOptions): Promise<Versions>;
  hostname(call?: CallOptions): Promise<string>;
  nodeInfo(call?: CallOptions): Promise<NodeInfo>;
  capabilities(call?: CallOptions): Promise<string>;
  domainCapabilities(
    query: { emulator?: string; arch?: string; machine?: string; virtType?: string },
    call?: CallOptions,
  ): Promise<string>;
  sysinfo(call?: CallOptions): Promise<string>;
  cpuModels(arch: string, call?: CallOptions): Promise<readonly string[]>;
  /** How a `<cpu>` document compares with what VMs can have on this host (virConnectCompareHypervisorCPU). */
  compareHypervisorCpu(
    cpu: string,
    query?: { emulator?: string; arch?: string; machine?: string; virtType?: string },
    call?: CallOptions,
  ): Promise<CpuComparison>;
  freeMemoryBytes(call?: CallOptions): Promise<bigint>;
  /** Free memory in bytes of each NUMA cell, from the first. */
  cellsFreeMemoryBytes(call?: CallOptions): Promise<readonly bigint[]>;
}

export interface ConfigScope {
  readonly live?: boolean;
  readonly config?: boolean;
}

export interface DomainCalls {
  /** All domains; a filter given: only those that are so (true) or are not (false). */
  list(
    filter?: { active?: boolean; persistent?: boolean; autostart?: boolean; managedSave?: boolean },
    call?: CallOptions,
  ): Promise<readonly DomainRef[]>;
  lookupByName(name: string, call?: CallOptions): Promise<DomainRef>;
  lookupByUuid(uuid: string, call?: CallOptions): Promise<DomainRef>;
  xml(
    domain: DomainRef,
    options?: { inactive?: boolean; secure?: boolean; migratable?: boolean },
    call?: CallOptions,
  ): Promise<string>;
  state(domain: DomainRef, call?: CallOptions): Promise<DomainStateReport>;
  info(domain: DomainRef, call?: CallOptions): Promise<DomainInfo>;
  /** `validate`: refuse a document that libvirt's schema does not allow (VIR_DOMAIN_DEFINE_VALIDATE). */
  define(xml: string, options?: { validate?: boolean }, call?: CallOptions): Promise<DomainRef>;
  /** Starts a transient domain from its document. */
  createXml(
    xml: string,
    options?: { paused?: boolean; validate?: boolean; autodestroy?: boolean },
    call?: CallOptions,
  ): Promise<DomainRef>;
  /** Starts a defined domain. */
  create(
    domain: DomainRef,
    options?: { paused?: boolean; bypassCache?: boolean; forceBoot?: boolean },
    call?: CallOptions,
  ): Promise<DomainRef>;
  shutdown(domain: DomainRef, options?: { mode?: 'acpi' | 'agent' }, call?: CallOptions): Promise<void>;
  reboot(domain: DomainRef, options?: { mode?: 'acpi' | 'agent' }, call?: CallOptions): Promise<void>;
  reset(domain: DomainRef, call?: CallOptions): Promise<void>;
  /** `graceful`: do not SIGKILL the emulator. */
  destroy(domain: DomainRef, options?: { graceful?: boolean }, call?: CallOptions): Promise<void>;
  suspend(domain: DomainRef, call?: CallOptions): Promise<void>;
  resume(domain: DomainRef, call?: CallOptions): Promise<void>;
  undefine(
    domain: DomainRef,
    options?: {
      managedSave?: boolean;
      snapshotsMetadata?: boolean;
      checkpointsMetadata?: boolean;
      nvram?: 'remove' | 'keep';
      tpm?: 'remove' | 'keep';
    },
    call?: CallOptions,
  ): Promise<void>;
  isPersistent(domain: DomainRef, call?: CallOptions): Promise<boolean>;
  autostart(domain: DomainRef, call?: CallOptions): Promise<boolean>;
  setAutostart(domain: DomainRef, on: boolean, call?: CallOptions): Promise<void>;
  rename(domain: DomainRef, name: string, call?: CallOptions): Promise<DomainRef>;

  managedSave(
    domain: DomainRef,
    options?: { bypassCache?: boolean; state?: 'running' | 'paused' },
    call?: CallOptions,
  ): Promise<void>;
  hasManagedSave(domain: DomainRef, call?: CallOptions): Promise<boolean>;
  removeManagedSave(domain: DomainRef, call?: CallOptions): Promise<void>;
  save(domain: DomainRef, path: string, call?: CallOptions): Promise<void>;
  restore(path: string, call?: CallOptions): Promise<void>;

  attachDevice(domain: DomainRef, xml: string, scope: ConfigScope, call?: CallOptions): Promise<void>;
  detachDevice(domain: DomainRef, xml: string, scope: ConfigScope, call?: CallOptions): Promise<void>;
  detachDeviceAlias(domain: DomainRef, alias: string, scope: ConfigScope, call?: CallOptions): Promise<void>;
  updateDevice(
    domain: DomainRef,
    xml: string,
    scope: ConfigScope & { force?: boolean },
    call?: CallOptions,
  ): Promise<void>;
  setVcpus(
    domain: DomainRef,
    count: number,
    scope: ConfigScope & { maximum?: boolean; guest?: boolean },
    call?: CallOptions,
  ): Promise<void>;
  setMemory(
    domain: DomainRef,
    kib: number,
    scope: ConfigScope & { maximum?: boolean },
    call?: CallOptions,
  ): Promise<void>;
  pinVcpu(
    domain: DomainRef,
    vcpu: number,
    cpus: readonly number[],
    scope: ConfigScope,
    call?: CallOptions,
  ): Promise<void>;

  /** The element of Protium's (or any) namespace in `<metadata>`; rejects with VIR_ERR_NO_DOMAIN_METADATA (80) if absent. */
  metadata(domain: DomainRef, namespaceUri: string, scope?: ConfigScope, call?: CallOptions): Promise<string>;
  setMetadata(
    domain: DomainRef,
    namespaceUri: string,
    key: string,
    xml: string | null,
    scope: ConfigScope,
    call?: CallOptions,
  ): Promise<void>;
  setTitle(domain: DomainRef, title: string | null, scope: ConfigScope, call?: CallOptions): Promise<void>;
  setDescription(
    domain: DomainRef,
    text: string | null,
    scope: ConfigScope,
    call?: CallOptions,
  ): Promise<void>;

  /** One call for all domains given (none given: all). Ask only for the groups needed: some stop for QEMU's answer. */
  stats(
    query: {
      domains?: readonly DomainRef[];
      groups: readonly DomainStatsGroup[];
      active?: boolean;
      nowait?: boolean;
    },
    call?: CallOptions,
  ): Promise<readonly DomainStats[]>;
  /** Keys are virDomainMemoryStatTags by name (`actual`, `rss`, `unused` ...), values in KiB. */
  memoryStats(domain: DomainRef, call?: CallOptions): Promise<TypedParameters>;
  interfaceAddresses(
    domain: DomainRef,
    source: 'lease' | 'agent' | 'arp',
    call?: CallOptions,
  ): Promise<readonly InterfaceAddress[]>;

  blockInfo(domain: DomainRef, disk: string, call?: CallOptions): Promise<BlockInfo>;
  blockResize(domain: DomainRef, disk: string, bytes: bigint, call?: CallOptions): Promise<void>;
  blockPull(
    domain: DomainRef,
    disk: string,
    options?: { bandwidthBytesPerSecond?: bigint },
    call?: CallOptions,
  ): Promise<void>;
  blockCommit(
    domain: DomainRef,
    disk: string,
    options?: {
      base?: string;
      top?: string;
      active?: boolean;
      delete?: boolean;
      shallow?: boolean;
      bandwidthBytesPerSecond?: bigint;
    },
    call?: CallOptions,
  ): Promise<void>;
  /** `destination` is a `<disk>` document. */
  blockCopy(
    domain: DomainRef,
    disk: string,
    destination: string,
    options?: { shallow?: boolean; reuseExternal?: boolean; transient?: boolean },
    call?: CallOptions,
  ): Promise<void>;
  /** null: no job runs on that disk. */
  blockJob(domain: DomainRef, disk: string, call?: CallOptions): Promise<BlockJobInfo | null>;
  blockJobAbort(
    domain: DomainRef,
    disk: string,
    options?: { pivot?: boolean; async?: boolean },
    call?: CallOptions,
  ): Promise<void>;

  jobStats(domain: DomainRef, options?: { completed?: boolean }, call?: CallOptions): Promise<JobStats>;
  abortJob(domain: DomainRef, call?: CallOptions): Promise<void>;
  /** Peer-to-peer migration (virDomainMigrateToURI3). */
  migrateToUri(
    domain: DomainRef,
    destination: string,
    options: {
      live?: boolean;
      tunnelled?: boolean;
      persistDestination?: boolean;
      undefineSource?: boolean;
      copyStorage?: 'all' | 'incremental';
      offline?: boolean;
      unsafe?: boolean;
      autoConverge?: boolean;
      migrateUri?: string;
      destinationXml?: string;
      destinationName?: string;
    },
    call?: CallOptions,
  ): Promise<void>;

  /** Sends one QEMU guest agent command (JSON text) and returns the agent's JSON answer. */
  agentCommand(
    domain: DomainRef,
    command: string,
    options?: { timeoutSeconds?: number },
    call?: CallOptions,
  ): Promise<string>;
  guestInfo(domain: DomainRef, call?: CallOptions): Promise<TypedParameters>;
  guestHostname(domain: DomainRef, source: 'lease' | 'agent', call?: CallOptions): Promise<string>;
  freezeFilesystems(domain: DomainRef, mountpoints: readonly string[], call?: CallOptions): Promise<number>;
  thawFilesystems(domain: DomainRef, mountpoints: readonly string[], call?: CallOptions): Promise<number>;
  setUserPassword(
    domain: DomainRef,
    user: string,
    password: string,
    options?: { encrypted?: boolean },
    call?: CallOptions,
  ): Promise<void>;
  /** Linux key codes (virKeycodeSet linux), pressed together. */
  sendKeys(domain: DomainRef, keycodes: readonly number[], holdMs: number, call?: CallOptions): Promise<void>;

  /** `device`: alias of a console, serial or channel; default the first. `force` takes it over from another client. */
  openConsole(
    domain: DomainRef,
    options?: { device?: string; force?: boolean },
    call?: CallOptions,
  ): Promise<Duplex>;
  screenshot(
    domain: DomainRef,
    screen: number,
    call?: CallOptions,
  ): Promise<{ mime: string; image: Readable }>;
}

export interface SnapshotCalls {
  list(domain: DomainRef, call?: CallOptions): Promise<readonly SnapshotRef[]>;
  lookupByName(domain: DomainRef, name: string, call?: CallOptions): Promise<SnapshotRef>;
  /** null: the domain has no current snapshot. */
  current(domain: DomainRef, call?: CallOptions): Promise<SnapshotRef | null>;
  xml(snapshot: SnapshotRef, call?: CallOptions): Promise<string>;
  create(
    domain: DomainRef,
    xml: string,
    options?: {
      redefine?: boolean;
      current?: boolean;
      noMetadata?: boolean;
      diskOnly?: boolean;
      reuseExternal?: boolean;
      quiesce?: boolean;
      atomic?: boolean;
      live?: boolean;
      halt?: boolean;
      validate?: boolean;
    },
    call?: CallOptions,
  ): Promise<SnapshotRef>;
  revert(
    snapshot: SnapshotRef,
    options?: { running?: boolean; paused?: boolean; force?: boolean },
    call?: CallOptions,
  ): Promise<void>;
  delete(
    snapshot: SnapshotRef,
    options?: { children?: boolean; childrenOnly?: boolean; metadataOnly?: boolean },
    call?: CallOptions,
  ): Promise<void>;
}

export interface PoolCalls {
  list(filter?: { active?: boolean; persistent?: boolean }, call?: CallOptions): Promise<readonly PoolRef[]>;
  lookupByName(name: string, call?: CallOptions): Promise<PoolRef>;
  lookupByUuid(uuid: string, call?: CallOptions): Promise<PoolRef>;
  /** The pool whose target directory this is; rejects with VIR_ERR_NO_STORAGE_POOL (49). */
  lookupByTargetPath(path: string, call?: CallOptions): Promise<PoolRef>;
  xml(pool: PoolRef, options?: { inactive?: boolean }, call?: CallOptions): Promise<string>;
  info(pool: PoolRef, call?: CallOptions): Promise<PoolInfo>;
  define(xml: string, options?: { validate?: boolean }, call?: CallOptions): Promise<PoolRef>;
  /** Starts a transient pool from its document. */
  createXml(xml: string, options?: { build?: boolean }, call?: CallOptions): Promise<PoolRef>;
  build(pool: PoolRef, call?: CallOptions): Promise<void>;
  create(pool: PoolRef, options?: { build?: boolean }, call?: CallOptions): Promise<void>;
  destroy(pool: PoolRef, call?: CallOptions): Promise<void>;
  /** Removes the pool's resources (for `dir`: the empty directory). */
  delete(pool: PoolRef, call?: CallOptions): Promise<void>;
  undefine(pool: PoolRef, call?: CallOptions): Promise<void>;
  refresh(pool: PoolRef, call?: CallOptions): Promise<void>;
  isActive(pool: PoolRef, call?: CallOptions): Promise<boolean>;
  isPersistent(pool: PoolRef, call?: CallOptions): Promise<boolean>;
  autostart(pool: PoolRef, call?: CallOptions): Promise<boolean>;
  setAutostart(pool: PoolRef, on: boolean, call?: CallOptions): Promise<void>;
}

export interface VolumeCalls {
  list(pool: PoolRef, call?: CallOptions): Promise<readonly VolumeRef[]>;
  lookupByName(pool: PoolRef, name: string, call?: CallOptions): Promise<VolumeRef>;
  lookupByPath(path: string, call?: CallOptions): Promise<VolumeRef>;
  lookupByKey(key: string, call?: CallOptions): Promise<VolumeRef>;
  xml(volume: VolumeRef, call?: CallOptions): Promise<string>;
  info(volume: VolumeRef, call?: CallOptions): Promise<VolumeInfo>;
  path(volume: VolumeRef, call?: CallOptions): Promise<string>;
  create(
    pool: PoolRef,
    xml: string,
    options?: { preallocateMetadata?: boolean; validate?: boolean },
    call?: CallOptions,
  ): Promise<VolumeRef>;
  /** A full copy of `source` described by `xml`. */
  clone(
    pool: PoolRef,
    xml: string,
    source: VolumeRef,
    options?: { reflink?: boolean },
    call?: CallOptions,
  ): Promise<VolumeRef>;
  resize(
    volume: VolumeRef,
    bytes: bigint,
    options?: { allocate?: boolean; shrink?: boolean },
    call?: CallOptions,
  ): Promise<void>;
  delete(volume: VolumeRef, call?: CallOptions): Promise<void>;
  wipe(volume: VolumeRef, call?: CallOptions): Promise<void>;
  /** `length` 0: to the end. The stream's `finish` comes after libvirt confirmed the last byte. */
  upload(volume: VolumeRef, range: { offset: bigint; length: bigint }, call?: CallOptions): Promise<Writable>;
  download(
    volume: VolumeRef,
    range: { offset: bigint; length: bigint },
    call?: CallOptions,
  ): Promise<Readable>;
}

export interface NetworkCalls {
  list(
    filter?: { active?: boolean; persistent?: boolean },
    call?: CallOptions,
  ): Promise<readonly NetworkRef[]>;
  lookupByName(name: string, call?: CallOptions): Promise<NetworkRef>;
  lookupByUuid(uuid: string, call?: CallOptions): Promise<NetworkRef>;
  xml(network: NetworkRef, options?: { inactive?: boolean }, call?: CallOptions): Promise<string>;
  define(xml: string, options?: { validate?: boolean }, call?: CallOptions): Promise<NetworkRef>;
  createXml(xml: string, call?: CallOptions): Promise<NetworkRef>;
  create(network: NetworkRef, call?: CallOptions): Promise<void>;
  destroy(network: NetworkRef, call?: CallOptions): Promise<void>;
  undefine(network: NetworkRef, call?: CallOptions): Promise<void>;
  isActive(network: NetworkRef, call?: CallOptions): Promise<boolean>;
  isPersistent(network: NetworkRef, call?: CallOptions): Promise<boolean>;
  autostart(network: NetworkRef, call?: CallOptions): Promise<boolean>;
  setAutostart(network: NetworkRef, on: boolean, call?: CallOptions): Promise<void>;
  bridgeName(network: NetworkRef, call?: CallOptions): Promise<string>;
  update(
    network: NetworkRef,
    change: {
      command: 'modify' | 'delete' | 'add-last' | 'add-first';
      section:
        | 'bridge'
        | 'domain'
        | 'ip'
        | 'ip-dhcp-host'
        | 'ip-dhcp-range'
        | 'forward'
        | 'forward-interface'
        | 'forward-pf'
        | 'portgroup'
        | 'dns-host'
        | 'dns-txt'
        | 'dns-srv';
      parentIndex: number;
      xml: string;
    },
    scope: ConfigScope,
    call?: CallOptions,
  ): Promise<void>;
  dhcpLeases(network: NetworkRef, mac?: string, call?: CallOptions): Promise<readonly DhcpLease[]>;
}

export interface NodeDeviceCalls {
  /** `capability`: only devices that have it (`pci`, `net`, `storage`, `mdev_types` ...). */
  list(filter?: { capability?: string }, call?: CallOptions): Promise<readonly NodeDeviceRef[]>;
  lookupByName(name: string, call?: CallOptions): Promise<NodeDeviceRef>;
  xml(device: NodeDeviceRef, call?: CallOptions): Promise<string>;
  /** Unbinds from the host's driver and binds to `driver` (default vfio-pci). */
  detach(device: NodeDeviceRef, options?: { driver?: string }, call?: CallOptions): Promise<void>;
  reattach(device: NodeDeviceRef, call?: CallOptions): Promise<void>;
  reset(device: NodeDeviceRef, call?: CallOptions): Promise<void>;
  createXml(xml: string, call?: CallOptions): Promise<NodeDeviceRef>;
  destroy(device: NodeDeviceRef, call?: CallOptions): Promise<void>;
}

export interface SecretCalls {
  list(call?: CallOptions): Promise<readonly SecretRef[]>;
  lookupByUuid(uuid: string, call?: CallOptions): Promise<SecretRef>;
  xml(secret: SecretRef, call?: CallOptions): Promise<string>;
  define(xml: string, call?: CallOptions): Promise<SecretRef>;
  setValue(secret: SecretRef, value: Uint8Array, call?: CallOptions): Promise<void>;
  /** Rejects with VIR_ERR_NO_SECRET (66) when no value was set. */
  value(secret: SecretRef, call?: CallOptions): Promise<Uint8Array>;
  undefine(secret: SecretRef, call?: CallOptions): Promise<void>;
}

/** libvirt's network filters (nwfilter). */
export interface NwfilterCalls {
  list(call?: CallOptions): Promise<readonly NwfilterRef[]>;
  /** Rejects with VIR_ERR_NO_NWFILTER (62). */
  lookupByName(name: string, call?: CallOptions): Promise<NwfilterRef>;
  xml(filter: NwfilterRef, call?: CallOptions): Promise<string>;
  /**
   * Replaces one of the same name and uuid; running VMs that use it get the new rules before this resolves. Rejects with
   * VIR_ERR_OPERATION_FAILED (9) when the uuid is another than that of the name.
   */
  define(xml: string, call?: CallOptions): Promise<NwfilterRef>;
  /** Rejects with VIR_ERR_OPERATION_INVALID (55) while a running VM uses it. */
  undefine(filter: NwfilterRef, call?: CallOptions): Promise<void>;
}
