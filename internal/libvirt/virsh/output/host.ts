import type { NodeInfo, PoolInfo, PoolState, Versions, VolumeInfo, VolumeType } from '../../objects.ts';
import { field, lines, parseFields, unexpected, wholeNumber } from './fields.ts';

/** `virsh nodeinfo`. */
export function parseNodeInfo(output: string): NodeInfo {
  const fields = parseFields(output);
  const number = (name: string): number => Number(wholeNumber(field(fields, name)));
  return {
    cpuModel: field(fields, 'CPU model'),
    memoryKiB: wholeNumber(field(fields, 'Memory size')),
    cpus: number('CPU(s)'),
    mhz: number('CPU frequency'),
    numaNodes: number('NUMA cell(s)'),
    sockets: number('CPU socket(s)'),
    coresPerSocket: number('Core(s) per socket'),
    threadsPerCore: number('Thread(s) per core'),
  };
}

/** `virsh version --daemon`: `Running hypervisor: QEMU 7.2.22`. */
export function parseVersions(output: string): Versions {
  const fields = parseFields(output);
  return {
    libvirt: field(fields, 'Running against daemon'),
    hypervisor: field(fields, 'Running hypervisor').split(' ').at(-1) ?? '',
  };
}

/** `virsh freecell` (one line `Total`) and `freecell --all` (a line for each cell, and perhaps the total): bytes. */
export function parseFreeMemory(output: string): readonly { cell: string; bytes: bigint }[] {
  return [...parseFields(output)].map(([cell, value]) => ({ cell, bytes: wholeNumber(value) * 1024n }));
}

const poolStates: readonly PoolState[] = ['inactive', 'building', 'running', 'degraded', 'inaccessible'];

/** `virsh pool-info --bytes`; an inactive pool has no sizes. */
export function parsePoolInfo(output: string): PoolInfo {
  const fields = parseFields(output);
  const state = poolStates.find((known) => known === field(fields, 'State'));
  if (state === undefined) throw unexpected(`pool state ${field(fields, 'State')}`);
  const bytes = (name: string): bigint => wholeNumber(fields.get(name) ?? '0');
  return {
    state,
    capacityBytes: bytes('Capacity'),
    allocationBytes: bytes('Allocation'),
    availableBytes: bytes('Available'),
  };
}

/** virshVolumeTypeToString. */
const volumeTypes: Readonly<Record<string, VolumeType>> = {
  file: 'file',
  block: 'block',
  dir: 'dir',
  net: 'network',
  netdir: 'netdir',
  ploop: 'ploop',
};

/** `virsh vol-info --bytes`. */
export function parseVolumeInfo(output: string): VolumeInfo {
  const fields = parseFields(output);
  const type = volumeTypes[field(fields, 'Type')];
  if (type === undefined) throw unexpected(`volume type ${field(fields, 'Type')}`);
  return {
    type,
    capacityBytes: wholeNumber(field(fields, 'Capacity')),
    allocationBytes: wholeNumber(field(fields, 'Allocation')),
  };
}

/** What a verbose command says about the one object it made: the text between `before` and `after`. */
export function parseMade(output: string, pattern: RegExp): string {
  const made = lines(output)
    .map((line) => pattern.exec(line)?.[1])
    .find((name) => name !== undefined);
  if (made === undefined) throw unexpected(output.trim());
  return made;
}
