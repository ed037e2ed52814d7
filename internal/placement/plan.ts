import type { HostFacts } from '../host/facts.ts';
import type { OsSpec, Spec } from '../spec/spec.ts';
import type { Claim, DeviceCondition } from './claim.ts';

export interface PlacementInput {
  readonly spec: Spec;
  readonly host: HostFacts;
  readonly claims: readonly Claim[];
  readonly conditions: readonly DeviceCondition[];
  readonly networks: readonly NetworkOffer[];
  readonly volumes: readonly VolumeOffer[];
  readonly images: readonly ImageOffer[];
  /** What the files are that the spec's `iso` may mean. */
  readonly media: readonly MediumOffer[];
  readonly policy: PlacementPolicy;
  /** What the VM has already, when it is to have something else: kept where that is possible. */
  readonly held?: {
    readonly cores: readonly number[];
    /** NUMA nodes of the host devices that it has. */
    readonly deviceNodes: readonly number[];
  };
}

export interface PlacementPolicy {
  /** Left to the host itself, never given out. */
  readonly reservedMemoryMib: number;
  /** What QEMU needs beside the guest's memory, for each VM. */
  readonly overheadMib: number;
  /** Where new volumes are made; null: free space unknown. */
  readonly pool: {
    readonly name: string;
    /** Without what is held for others. */
    readonly availableBytes: number | null;
    /** What is held for others: new volumes must not be able to grow into it. Absent: nothing. */
    readonly heldBytes?: number;
  };
}

export interface NetworkOffer {
  readonly name: string;
  readonly uuid: string;
  readonly bridge: string | null;
}

/** A volume that exists. */
export interface VolumeOffer {
  /** Dashed uuid where its name is one (`UUID` or `UUID.qcow2`), else null. */
  readonly id: string | null;
  readonly pool: string;
  readonly name: string;
  readonly path: string;
  readonly format: string | null;
  readonly capacityBytes: number;
  /** Domains that have it as a disk. */
  readonly usedBy: readonly string[];
}

/** An image to make volumes from. */
export interface ImageOffer {
  readonly id: string;
  readonly name: string;
  readonly pool: string;
  /** Name of its volume. */
  readonly volume: string;
  /** null: its volume is in no active pool. */
  readonly path: string | null;
  readonly format: 'qcow2' | 'raw';
  /** Of the disk that a guest sees. */
  readonly virtualSizeBytes: number;
  /** What is known of the system in it. */
  readonly os: { readonly family: string | null } & Pick<OsSpec, 'flavour' | 'version'>;
  /** Who logs in when cloud-init is told nothing else; null: not known. */
  readonly loginUser: string | null;
}

/** A file of the host that is asked for as a medium. */
export interface MediumOffer {
  /** As the spec names it. */
  readonly asked: string;
  readonly answer:
    | { readonly ok: true; readonly path: string; readonly sizeBytes: number }
    /** A sentence: why it is not to be had. */
    | { readonly ok: false; readonly problem: string };
}

export type PlacementAnswer =
  | { readonly ok: true; readonly plan: Plan; readonly devices: readonly DeviceOutlook[] }
  | { readonly ok: false; readonly refusal: Refusal; readonly devices: readonly DeviceOutlook[] };

/** Spec, host and claims resolved. Plain JSON: it is journalled and kept in the domain's metadata. */
export interface Plan {
  readonly domainType: 'kvm' | 'qemu';
  readonly cpu: CpuPlan;
  readonly memory: MemoryPlan;
  /** In the order of the guest's slots: a device, then those that share its slot. */
  readonly pci: readonly DevicePlan[];
  readonly networks: readonly { readonly network: string; readonly mac: string | null }[];
  readonly volumes: readonly VolumePlan[];
  /** What the guest runs, as its image tells it where the config does not. Absent: a plan of an earlier daemon. */
  readonly system?: GuestSystem;
  readonly firmware: { readonly type: 'bios' } | { readonly type: 'uefi'; readonly secureBoot: boolean };
  readonly tpm: boolean;
  /** The medium from which cloud-init sets up the guest, and in which pool it is made; null: nothing is to be set up. */
  readonly seed: { readonly pool: string } | null;
  /** True of the plan and worth knowing: no KVM, a device without reset, companions added ... */
  readonly warnings: readonly string[];
}

export interface GuestSystem extends OsSpec {
  /** Who logs in: as the config names it, else as the image has it, else as images of that system do; null: not known. */
  readonly loginUser: string | null;
}

export interface CpuPlan {
  readonly mode: 'cores' | 'threads';
  readonly vcpus: number;
  readonly topology: { readonly sockets: number; readonly cores: number; readonly threads: number };
  readonly slots: number;
  readonly overprovision: number;
  /** Core ids on which it counts, ascending. */
  readonly cores: readonly number[];
  /** Cores mode: vCPU i runs on pins[i] only. Threads mode: empty. */
  readonly pins: readonly (readonly number[])[];
  /** Logical CPUs that all its vCPUs may use, ascending. */
  readonly cpuset: readonly number[];
}

export interface MemoryPlan {
  readonly mib: number;
  readonly overheadMib: number;
  /** VFIO pins all of it. */
  readonly pinned: boolean;
  readonly hugepages: { readonly sizeKib: number; readonly count: number } | null;
  /** NUMA nodes of the host that it comes from, ascending; empty: no preference. */
  readonly nodes: readonly number[];
  /** Guest cells, one for each of `nodes` when the VM spans several; else empty. */
  readonly cells: readonly {
    readonly node: number;
    readonly mib: number;
    /** vCPU numbers. */
    readonly vcpus: readonly number[];
  }[];
}

export interface DevicePlan {
  readonly address: string;
  readonly vendor: string;
  readonly model: string;
  readonly class: string;
  /** For a person, from pci.ids; null: not listed. */
  readonly name: string | null;
  readonly iommuGroup: number;
  /** The driver that it has now and is to get back; null: none. */
  readonly driver: string | null;
  /** Asked for by id, or added because it shares a slot or group with one that was. */
  readonly reason: 'requested' | 'same-slot' | 'same-group';
  /** Which root port of the guest, from 0, and which function there: functions of one host slot stay together. */
  readonly guestSlot: number;
  readonly guestFunction: number;
  /** Sum of its 64-bit memory BARs in bytes. */
  readonly bar64Bytes: number;
}

export interface VolumePlan {
  /** Dashed uuid. Of one that is to be made and was given no id, null: the operation makes it up. */
  readonly id: string | null;
  readonly action: 'use' | 'create';
  /** Absent: a disk. */
  readonly device?: 'disk' | 'cdrom';
  /** Empty: it is a file in no pool. */
  readonly pool: string;
  /** Of `create`: the image that it is a layer on; absent or null: it is made empty. */
  readonly backing?: BackingPlan | null;
  /** Of `use`: the volume as it is found. */
  readonly existing: { readonly name: string; readonly path: string; readonly format: string } | null;
  readonly sizeBytes: number | null;
  readonly format: 'qcow2' | 'raw';
  readonly bus: 'virtio' | 'sata' | 'scsi' | 'ide';
  readonly readonly: boolean;
  /** From 1; null: not booted from. */
  readonly bootOrder: number | null;
}

/** The volume of an image, below a new volume. */
export interface BackingPlan {
  readonly imageId: string;
  readonly imageName: string;
  readonly pool: string;
  readonly name: string;
  readonly path: string;
  readonly format: 'qcow2' | 'raw';
}

/** Why this host cannot give it: every reason, not only the first. */
export interface Refusal {
  readonly reasons: readonly Reason[];
}

export interface Reason {
  readonly code: ReasonCode;
  /** What of the config it is about: `cpu.slots`, `pci 10de:2489`. */
  readonly subject: string;
  /** One sentence: what is missing, with figures and names. */
  readonly message: string;
  /** What could be done about it; null: nothing here. */
  readonly fix: string | null;
  /** Would it fit if nothing were taken? Then it may fit later. */
  readonly temporary: boolean;
  /** Device addresses, holders' names ... that the reason is about. */
  readonly details: Readonly<Record<string, string | number | readonly string[]>>;
}

export type ReasonCode =
  | 'arch-unsupported'
  | 'flag-missing'
  | 'frequency-too-low'
  | 'manufacturer-other'
  | 'ecc-missing'
  | 'cores-insufficient'
  | 'cores-taken'
  | 'vcpus-too-many'
  | 'memory-insufficient'
  | 'memory-taken'
  | 'hugepages-insufficient'
  | 'device-absent'
  | 'device-taken'
  | 'device-in-use'
  | 'device-essential' // the host lives on it
  | 'device-withheld' // not on the project's list
  | 'device-unhealthy' // stuck, quarantined, dead
  | 'device-not-assignable' // a bridge, no IOMMU group
  | 'group-not-assignable'
  | 'companions-refused' // strict
  | 'iommu-off'
  | 'vfio-missing'
  | 'firmware-missing'
  | 'tpm-missing'
  | 'os-unsupported'
  | 'memory-below-minimum'
  | 'vcpus-below-minimum'
  | 'network-missing'
  | 'volume-missing'
  | 'volume-in-use'
  | 'volume-mismatch'
  | 'image-missing'
  | 'pool-full';

/** What the plan would mean for one device of the host; a dry run names every one. */
export interface DeviceOutlook {
  readonly address: string;
  readonly vendor: string;
  readonly model: string;
  readonly name: string | null;
  readonly driver: string | null;
  readonly iommuGroup: number | null;
  readonly outlook:
    | 'passed' // goes to the VM
    | 'kept' // stays with the host, and could not be given: why says what stands against it
    | 'free' // could be given, is not needed
    | 'taken'; // another VM has it
  /** e.g. `asked for`, `shares the slot with 0000:01:00.0`, `the host boots from it`. */
  readonly why: string;
}
