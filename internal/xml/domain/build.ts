import { element, optionalElement, type XmlElement } from '../tree.ts';
import { cpuElement, type CpuOptions } from './cpu.ts';
import { devicesElement, type DevicesOptions } from './devices.ts';
import { clockElement, type ClockOptions, featuresElement, type FeaturesOptions } from './features.ts';
import { libosinfoElement } from './metadata.ts';
import { osElement, type OsOptions } from './os.ts';
import {
  cpuTuneElement,
  type CpuTuneOptions,
  memoryBackingElement,
  type MemoryBackingOptions,
  numaTuneElement,
  type NumaTuneOptions,
} from './tuning.ts';

/** libvirt's namespace for what it only hands on to QEMU. */
const qemuNamespace = 'http://libvirt.org/schemas/domain/qemu/1.0';

/** What a domain is to be; everything that is left out is libvirt's default or the one named here. */
export interface DomainOptions {
  /** Default: `kvm`. `qemu` is emulation in software. */
  readonly type?: 'kvm' | 'qemu';
  readonly name: string;
  readonly uuid?: string;
  readonly title?: string;
  readonly description?: string;
  /** libosinfo's id of the guest's system, e.g. `http://debian.org/debian/12`. */
  readonly libosinfoId?: string;
  /** Further elements of `<metadata>`, each in a namespace of its own. */
  readonly metadata?: readonly XmlElement[];
  /** Memory at boot, and the most the balloon can give back up to. */
  readonly memoryKiB: number;
  readonly currentMemoryKiB?: number;
  /** Room for memory that is plugged in later. Needs `cpu.numa`. */
  readonly maxMemory?: { readonly kib: number; readonly slots: number };
  readonly memoryBacking?: MemoryBackingOptions;
  /** Default: 1. */
  readonly vcpus?: number;
  /** Fewer than `vcpus`: the others can be plugged in later. */
  readonly currentVcpus?: number;
  /** Host CPUs that all vCPUs may run on, e.g. `0-3`. */
  readonly cpuset?: string;
  readonly iothreads?: number;
  readonly cpuTune?: CpuTuneOptions;
  readonly numaTune?: NumaTuneOptions;
  readonly os?: OsOptions;
  readonly features?: FeaturesOptions;
  /** Default: host-passthrough, migratable, for `kvm`; maximum for `qemu`. */
  readonly cpu?: CpuOptions;
  readonly clock?: ClockOptions;
  readonly onPoweroff?: 'destroy' | 'restart' | 'preserve';
  readonly onReboot?: 'destroy' | 'restart' | 'preserve';
  readonly onCrash?: 'destroy' | 'restart' | 'preserve' | 'coredump-destroy' | 'coredump-restart';
  /** Suspend to memory and to disk inside the guest. Default: off, since nothing wakes it again. */
  readonly guestSuspend?: boolean;
  readonly devices: DevicesOptions;
  /** Arguments and environment that libvirt hands to QEMU unread; marks the domain as tainted. */
  readonly qemuCommandLine?: {
    readonly arguments?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  };
}

/** Builds a `<domain>`, its elements in the order in which libvirt itself writes them. */
export function domainElement(domain: DomainOptions): XmlElement {
  const type = domain.type ?? 'kvm';
  const suspend = domain.guestSuspend === true ? 'yes' : 'no';
  const metadata = [
    ...(domain.libosinfoId === undefined ? [] : [libosinfoElement(domain.libosinfoId)]),
    ...(domain.metadata ?? []),
  ];
  return element('domain', { type, 'xmlns:qemu': domain.qemuCommandLine && qemuNamespace }, [
    element('name', {}, domain.name),
    optionalElement('uuid', domain.uuid),
    optionalElement('title', domain.title),
    optionalElement('description', domain.description),
    metadata.length === 0 ? null : element('metadata', {}, metadata),
    domain.maxMemory &&
      element('maxMemory', { slots: domain.maxMemory.slots, unit: 'KiB' }, domain.maxMemory.kib),
    element('memory', { unit: 'KiB' }, domain.memoryKiB),
    element('currentMemory', { unit: 'KiB' }, domain.currentMemoryKiB ?? domain.memoryKiB),
    domain.memoryBacking && memoryBackingElement(domain.memoryBacking),
    element(
      'vcpu',
      { placement: 'static', cpuset: domain.cpuset, current: domain.currentVcpus },
      domain.vcpus ?? 1,
    ),
    optionalElement('iothreads', domain.iothreads),
    domain.cpuTune && cpuTuneElement(domain.cpuTune),
    domain.numaTune && numaTuneElement(domain.numaTune),
    osElement(domain.os ?? {}),
    featuresElement(domain.features ?? {}),
    cpuElement(domain.cpu ?? defaultCpu(type)),
    clockElement(domain.clock ?? {}),
    element('on_poweroff', {}, domain.onPoweroff ?? 'destroy'),
    element('on_reboot', {}, domain.onReboot ?? 'restart'),
    element('on_crash', {}, domain.onCrash ?? 'destroy'),
    element('pm', {}, [
      element('suspend-to-mem', { enabled: suspend }),
      element('suspend-to-disk', { enabled: suspend }),
    ]),
    devicesElement(domain.devices),
    domain.qemuCommandLine && qemuElement(domain.qemuCommandLine),
  ]);
}

function defaultCpu(type: 'kvm' | 'qemu'): CpuOptions {
  return type === 'kvm'
    ? { mode: 'host-passthrough', check: 'none', migratable: true }
    : { mode: 'maximum', check: 'none', migratable: true };
}

function qemuElement(line: NonNullable<DomainOptions['qemuCommandLine']>): XmlElement {
  return element('qemu:commandline', {}, [
    (line.arguments ?? []).map((value) => element('qemu:arg', { value })),
    Object.entries(line.environment ?? {}).map(([name, value]) => element('qemu:env', { name, value })),
  ]);
}
