import { element, optionalElement, type XmlElement } from '../tree.ts';

/** Sets of host CPUs and NUMA nodes are written as libvirt does: `0-3,8`. */
export interface CpuTuneOptions {
  readonly shares?: number;
  /** Time that each vCPU may run in each period. */
  readonly quota?: { readonly periodMicroseconds: number; readonly quotaMicroseconds: number };
  readonly vcpuPins?: readonly { readonly vcpu: number; readonly cpuset: string }[];
  readonly emulatorPin?: string;
  readonly iothreadPins?: readonly { readonly iothread: number; readonly cpuset: string }[];
}

export function cpuTuneElement(tune: CpuTuneOptions): XmlElement {
  return element('cputune', {}, [
    optionalElement('shares', tune.shares),
    optionalElement('period', tune.quota?.periodMicroseconds),
    optionalElement('quota', tune.quota?.quotaMicroseconds),
    (tune.vcpuPins ?? []).map(({ vcpu, cpuset }) => element('vcpupin', { vcpu, cpuset })),
    tune.emulatorPin === undefined ? null : element('emulatorpin', { cpuset: tune.emulatorPin }),
    (tune.iothreadPins ?? []).map(({ iothread, cpuset }) => element('iothreadpin', { iothread, cpuset })),
  ]);
}

type NumaMode = 'strict' | 'preferred' | 'interleave' | 'restrictive';

export interface NumaTuneOptions {
  /** From which of the host's nodes the guest's memory comes ... */
  readonly memory?: { readonly mode: NumaMode; readonly nodeset: string };
  /** ... and each guest cell's. */
  readonly cells?: readonly { readonly cell: number; readonly mode: NumaMode; readonly nodeset: string }[];
}

export function numaTuneElement({ memory, cells }: NumaTuneOptions): XmlElement {
  return element('numatune', {}, [
    memory === undefined ? null : element('memory', { mode: memory.mode, nodeset: memory.nodeset }),
    (cells ?? []).map(({ cell, mode, nodeset }) => element('memnode', { cellid: cell, mode, nodeset })),
  ]);
}

export interface MemoryBackingOptions {
  /** Page size; `default`: the host's default huge page. */
  readonly hugepages?: 'default' | { readonly sizeKiB: number };
  /** Keep the host from merging equal pages. */
  readonly noSharePages?: boolean;
  /** Never swap the guest out. */
  readonly locked?: boolean;
  readonly source?: 'file' | 'anonymous' | 'memfd';
  /** `shared` is needed by virtiofs and vhost-user. */
  readonly access?: 'shared' | 'private';
  readonly allocation?: 'immediate' | 'ondemand';
  readonly discard?: boolean;
}

export function memoryBackingElement(backing: MemoryBackingOptions): XmlElement {
  const { hugepages } = backing;
  return element('memoryBacking', {}, [
    hugepages === undefined
      ? null
      : element(
          'hugepages',
          {},
          hugepages === 'default' ? null : element('page', { size: hugepages.sizeKiB, unit: 'KiB' }),
        ),
    backing.noSharePages === true ? element('nosharepages') : null,
    backing.locked === true ? element('locked') : null,
    backing.source === undefined ? null : element('source', { type: backing.source }),
    backing.access === undefined ? null : element('access', { mode: backing.access }),
    backing.allocation === undefined ? null : element('allocation', { mode: backing.allocation }),
    backing.discard === true ? element('discard') : null,
  ]);
}
