/** Where a value was found. */
export interface Evidence {
  /** Below the repository's root, with "/"; of a text "text". */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** A part of that line as it stands there, at most 200 characters. */
  readonly quote: string;
  /** Name of the rule that made the value of it: "dockerfile-cuda-base-image". docs/provision-rules.md lists all. */
  readonly rule: string;
}

/** A value and why. */
export interface Found<T> {
  readonly value: T;
  /** From 0 to 1: 1 is stated outright, 0.9 follows from a manifest, 0.5 is estimated, below 0.3 a default. */
  readonly confidence: number;
  /** At least one, unless the value says that nothing was found. */
  readonly evidence: readonly Evidence[];
}

export type GpuNeed = 'required' | 'recommended' | 'optional' | 'none';
export const osFamilies = ['linux', 'windows', 'macos', 'bsd', 'solaris', 'other'] as const;
export type OsFamily = (typeof osFamilies)[number];

/** As `uname -m` says it. */
export const architectures = [
  'x86_64', 'i386', 'aarch64', 'ppc64le', 'ppc64', 'riscv64', 'sparc64', 's390x', 'ia64', 'alpha', 'mips', 'm68k',
] as const; // prettier-ignore
export type Architecture = (typeof architectures)[number];

export type GpuVendor = 'nvidia' | 'amd' | 'intel' | 'apple';

/** What a repository or a text asks of a machine. Absent: nothing is said of it, and nothing is made up. GB are those of the text. */
export interface Facts {
  readonly gpu: {
    readonly need: Found<GpuNeed>;
    /** Any of them will do; empty: any vendor, or none. */
    readonly vendors?: Found<readonly GpuVendor[]>;
    readonly count_min?: Found<number>;
    readonly vram_gb_min?: Found<number>;
    /** "8.0" */
    readonly compute_capability_min?: Found<string>;
    /** Cards as the text names them. */
    readonly named?: Found<readonly string[]>;
    /** floor: that card or a better one; exact: only these; example: any with the memory. */
    readonly named_binding?: Found<'floor' | 'exact' | 'example' | 'class'>;
    /** "10de:2489": devices of the named cards, of pci.ids; of desktops and servers. */
    readonly pci_any_of?: Found<readonly string[]>;
    /** The same cards in laptops. */
    readonly pci_mobile_variants?: Found<readonly string[]>;
    /** Named cards that pci.ids does not have. */
    readonly named_not_in_pci_ids?: Found<readonly string[]>;
    /** Devices that the text rules out. */
    readonly pci_none_of?: Found<readonly string[]>;
    /** Vendors that the text rules out. */
    readonly vendors_none_of?: Found<readonly GpuVendor[]>;
  };
  readonly cuda: {
    readonly needed: Found<boolean>;
    readonly version_min?: Found<string>;
    readonly driver_min?: Found<string>;
    /** Whether the guest needs nvcc, not only the driver. */
    readonly toolkit_in_guest?: Found<boolean>;
  };
  readonly cpu_cores?: Found<number>;
  readonly ram_gb?: Found<number>;
  readonly disk_gb?: Found<number>;
  readonly os: {
    readonly family: Found<OsFamily>;
    /** Of a repository libosinfo's short name ("ubuntu22.04"); of a text the name ("ubuntu"), for Windows with the release ("windows11"). */
    readonly flavour?: Found<string>;
    readonly version?: Found<string>;
  };
  readonly arch?: Found<Architecture>;
  /** /proc/cpuinfo names; "a|b": either. */
  readonly flags?: Found<readonly string[]>;
  /** Those that only help. */
  readonly flags_optional?: Found<readonly string[]>;
  readonly req_ecc?: Found<boolean>;
  /** "python" → ">=3.8", "rust" → "1.96" … as the manifest says. */
  readonly runtime: Readonly<Record<string, Found<string>>>;
  /** Docker, ffmpeg, a forwarded port ... */
  readonly special?: Found<readonly string[]>;
  /** Of a text: whether any Linux host with KVM can have it. */
  readonly satisfiable_on_linux_kvm_host?: Found<boolean>;
}

/** The ten fields that EnvAgent's provision tool works with. */
export interface Requirement {
  readonly cpu_cores: number | null;
  readonly ram_gb: number | null;
  readonly gpu_required: boolean;
  readonly gpu_memory_gb: number | null;
  readonly disk_gb: number | null;
  readonly os_type: string | null;
  readonly os_version: string | null;
  readonly cuda_required: boolean;
  readonly python_version: string | null;
  readonly special_requirements: readonly string[];
}

/** What `protium provision analyze -o json` prints, but for the image. */
export interface Analysis {
  readonly requirement: Requirement;
  readonly facts: Facts;
  /** Sentences for a person: what was left out, contradictions, what cannot be had on a Linux KVM host. */
  readonly notes: readonly string[];
}

/** A file of a repository that was read; text is at most 1 MiB of it. */
export interface SourceFile {
  /** Below the root, with "/". */
  readonly path: string;
  readonly text: string;
  /** It was longer. */
  readonly cut: boolean;
}
