import { LibvirtProtocolError } from '../../error.ts';
import type {
  DomainLifecycle,
  NetworkLifecycle,
  NodeDeviceLifecycle,
  PoolLifecycle,
  SecretLifecycle,
} from '../../events.ts';
import {
  domainStates,
  type BlockJobType,
  type CpuComparison,
  type DomainState,
  type JobType,
  type PoolState,
  type SecretUsage,
  type VolumeType,
} from '../../objects.ts';

/** libvirt's enumerations as tables: the position is the number. */
const blockJobTypes: readonly BlockJobType[] = [
  'unknown',
  'pull',
  'copy',
  'commit',
  'active-commit',
  'backup',
];
const secretUsages: readonly SecretUsage[] = ['none', 'volume', 'ceph', 'iscsi', 'tls', 'vtpm'];
export const jobTypes: readonly JobType[] = [
  'none',
  'bounded',
  'unbounded',
  'completed',
  'failed',
  'cancelled',
];
/** virCPUCompareResult, from 0 on. */
export const cpuComparisons: readonly CpuComparison[] = ['incompatible', 'identical', 'superset'];
export const poolStates: readonly PoolState[] = [
  'inactive',
  'building',
  'running',
  'degraded',
  'inaccessible',
];
export const volumeTypes: readonly VolumeType[] = ['file', 'block', 'dir', 'network', 'netdir', 'ploop'];
export const addressFamilies: readonly ('ipv4' | 'ipv6')[] = ['ipv4', 'ipv6'];

export const domainLifecycles: readonly DomainLifecycle[] = [
  'defined',
  'undefined',
  'started',
  'suspended',
  'resumed',
  'stopped',
  'shutdown',
  'pmsuspended',
  'crashed',
];
export const networkLifecycles: readonly NetworkLifecycle[] = ['defined', 'undefined', 'started', 'stopped'];
export const poolLifecycles: readonly PoolLifecycle[] = [
  'defined',
  'undefined',
  'started',
  'stopped',
  'created',
  'deleted',
];
export const nodeDeviceLifecycles: readonly NodeDeviceLifecycle[] = [
  'created',
  'deleted',
  'defined',
  'undefined',
];
export const secretLifecycles: readonly SecretLifecycle[] = ['defined', 'undefined'];

/** virDomainMemoryStatTags by the names that virsh prints. */
export const memoryStatTags: readonly string[] = [
  'swap_in',
  'swap_out',
  'major_fault',
  'minor_fault',
  'unused',
  'available',
  'actual',
  'rss',
  'usable',
  'last_update',
  'disk_caches',
  'hugetlb_pgalloc',
  'hugetlb_pgfail',
];

/** A state that this table does not know is libvirt's own `no state`. */
export function domainState(number: number): DomainState {
  return domainStates[number] ?? 'nostate';
}

export function blockJobType(number: number): BlockJobType {
  return blockJobTypes[number] ?? 'unknown';
}

export function secretUsage(number: number): SecretUsage {
  return secretUsages[number] ?? 'none';
}

export function secretUsageNumber(usage: SecretUsage): number {
  return secretUsages.indexOf(usage);
}

/** The name of a number; a newer libvirt's number that has no name here fails the call that asked, and only that. */
export function nameOf<T extends string>(names: readonly T[], number: number, what: string): T {
  const name = names[number];
  if (name === undefined) throw new LibvirtProtocolError(`libvirt answered an unknown ${what}: ${number}`);
  return name;
}
