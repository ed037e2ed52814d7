/**
 * An Elemento config after normalising: what the user asks for, whatever shape it was written in. Knows nothing of
 * libvirt. What was left out has its default here; `assumed` tells which fields those are.
 */
export interface Spec {
  /** What the user calls the VM; null: none was given. Any text: only documents turn it into a domain's name. */
  readonly name: string | null;
  readonly description: string | null;
  readonly cpu: CpuSpec;
  readonly memory: MemorySpec;
  readonly os: OsSpec;
  /** null: what suits the guest's system. */
  readonly firmware: 'bios' | 'uefi' | null;
  /** A channel for qemu-guest-agent; null: what suits the guest's system. */
  readonly qemuAgent: boolean | null;
  /** The host's maker must be this one, compared without case; null: any. */
  readonly manufacturer: string | null;
  /** At most one entry an id; no entry with quantity 0. */
  readonly pci: readonly PciRequest[];
  /** null: not said, so the default network. Empty: no network at all. */
  readonly networks: readonly NetworkRequest[] | null;
  readonly volumes: readonly VolumeRequest[];
  readonly autostart: boolean;
  readonly tags: readonly string[];
  /** What the guest is to be given at its first boot. Secret: never logged, echoed or stored with the domain. */
  readonly guest: GuestSetup | null;
  /** Protium's own words, under the key `protium` of a config. */
  readonly tuning: TuningSpec;
  /** Paths of the fields that were absent and took their default, e.g. `overprovision`. */
  readonly assumed: readonly string[];
  /** Fields that mean nothing on a host of one's own, kept to be echoed: `region`, `billing_uuid`, `ip_address` ... */
  readonly extra: Readonly<Record<string, JsonValue>>;
}

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface CpuSpec {
  /** Executors: host cores where `allowSmt` is false, threads of shared cores where it is true. At least 1. */
  readonly slots: number;
  /** false: cores mode, each slot is one whole physical core. true: threads mode. */
  readonly allowSmt: boolean;
  /** With how many VMs, this one included, the slots may be shared: 1 to 10; 1 is exclusive. */
  readonly overprovision: number;
  /** The host must run at least this fast; null: any. */
  readonly minFrequencyGhz: number | null;
  /** Alternatives: the host must be one of them. At least one, no repeats. */
  readonly archs: readonly Architecture[];
  /** Elemento's names as written, without repeats (compared without case); the host must have all. */
  readonly flags: readonly string[];
}

/** Elemento's names of architectures. */
export type Architecture = 'X86_32' | 'X86_64' | 'ARM_7' | 'ARM_8' | 'PPC_64' | 'S390X';

export interface MemorySpec {
  readonly mib: number;
  readonly requireEcc: boolean;
}

export interface OsSpec {
  readonly family: 'linux' | 'windows' | 'bsd' | 'macos';
  /** Lower case, e.g. `ubuntu`, `windows11`; null: not said. */
  readonly flavour: string | null;
  readonly version: string | null;
}

/** `quantity` devices of one id, all in this host. */
export interface PciRequest {
  /** Four lower-case hexadecimal digits. */
  readonly vendor: string;
  readonly model: string;
  readonly quantity: number;
}

export interface NetworkRequest {
  /** A network's uuid or name, or the name of its bridge. */
  readonly uid: string;
  readonly mac: string | null;
}

/** A disk: one that exists, or one to be made; or a medium. */
export interface VolumeRequest {
  /** Dashed lower-case uuid; null: a new one, or one that is known by its name. */
  readonly id: string | null;
  /** Alone it means a volume that exists: `NAME` or `POOL/NAME`. Beside a size or an image it is a word for people. */
  readonly name: string | null;
  /** null: it must exist, or is as large as its image. Else it is made with this size when it does not exist. */
  readonly sizeBytes: number | null;
  /** Name or id of the image that it is made from when it does not exist; null: it is made empty. */
  readonly image: string | null;
  /** A medium for a CD drive: id or name of a volume, or a file of the host; null: it is a disk. */
  readonly iso: string | null;
  readonly format: 'qcow2' | 'raw' | null;
  readonly bus: 'virtio' | 'sata' | 'scsi' | 'ide' | null;
  readonly readonly: boolean;
  readonly bootable: boolean;
  /** 0 boots first; null: in the order of the list. */
  readonly priority: number | null;
}

export interface GuestSetup {
  readonly username: string | null;
  readonly password: string | null;
  readonly sshKeys: readonly string[];
  /** cloud-init user-data, decoded. */
  readonly userData: string | null;
}

export interface TuningSpec {
  /** Back the memory with huge pages of the host. */
  readonly hugepages: boolean;
  /** `flat`: as many vCPUs as slots, without threads, whatever the host's SMT. */
  readonly topology: 'host' | 'flat';
  /** Refuse instead of adding the devices that share a slot or an IOMMU group with those asked for. */
  readonly strictPci: boolean;
  /** null: what suits the guest's system. */
  readonly secureBoot: boolean | null;
  readonly tpm: boolean | null;
}

/** What is wrong with one field of a config. */
export interface FieldError {
  /** Where, in the shape that was sent: `cpu.slots`, `pci[1].model`; empty: the whole. */
  readonly path: string;
  /** As sent, shortened; undefined: it was missing. Never a secret. */
  readonly value?: JsonValue | undefined;
  /** A sentence for the person who wrote it, with the way out. */
  readonly message: string;
  /** What would be allowed, e.g. `an integer from 1 to 256`. */
  readonly allowed?: string;
  /** e.g. `MiB`, `GHz`. */
  readonly unit?: string;
}

export type SpecAnswer =
  | { readonly ok: true; readonly spec: Spec; readonly notices: readonly string[] }
  | { readonly ok: false; readonly errors: readonly FieldError[] };
