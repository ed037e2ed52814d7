import type { Architecture } from '../spec/spec.ts';

/** What the machine has, as read at one moment. Plain data: a fixture tree gives the same as a machine. */
export interface HostFacts {
  readonly cpu: CpuFacts;
  readonly memory: MemoryFacts;
  readonly numaNodes: readonly NumaNodeFacts[];
  readonly dmi: DmiFacts;
  readonly iommu: IommuFacts;
  /** Sorted by address. */
  readonly pci: readonly PciFacts[];
  /** What the kernel has of VFIO. */
  readonly vfio: VfioFacts;
  readonly hypervisor: HypervisorFacts;
  /** ISO time. */
  readonly readAt: string;
}

export interface CpuFacts {
  readonly arch: Architecture;
  /** As cpuid says: `AuthenticAMD`, `GenuineIntel`; `unknown` where the machine does not say. */
  readonly vendor: string;
  readonly model: string | null;
  /** Highest frequency that all cores reach together, as far as it is known; null: unknown. */
  readonly frequencyMhz: number | null;
  readonly smtOn: boolean;
  /** Threads of a core: 1, 2, 4, 8. */
  readonly threadsPerCore: number;
  /** As the kernel writes them: `sse4_1`, `pni`. */
  readonly kernelFlags: readonly string[];
  /** The same by Elemento's names: `SSE4.1`, `SSE3`; sorted. */
  readonly elementoFlags: readonly string[];
  /** Online ones, sorted by id. */
  readonly cores: readonly CoreFacts[];
}

/** One physical core. */
export interface CoreFacts {
  /** The lowest of its logical CPUs: stable, and unique in the machine. */
  readonly id: number;
  /** Its online logical CPUs (thread siblings), ascending. */
  readonly cpus: readonly number[];
  readonly socket: number;
  readonly node: number;
  /** The kernel keeps other work off it (isolcpus). */
  readonly isolated: boolean;
}

export interface MemoryFacts {
  /** What the kernel manages. */
  readonly totalMib: number;
  /** What could be given out now without swapping (MemAvailable). */
  readonly availableMib: number;
  /** What QEMU's processes hold of the rest. */
  readonly guestsMib: number;
  /** null: nothing in the machine tells. */
  readonly ecc: boolean | null;
  readonly eccSource: 'edac' | 'dmi' | null;
}

export interface NumaNodeFacts {
  readonly id: number;
  readonly totalMib: number;
  readonly freeMib: number;
  readonly cpus: readonly number[];
  /** To each node by its id's place in `numaNodes`; 10 is local. */
  readonly distances: readonly number[];
  readonly hugepages: readonly { readonly sizeKib: number; readonly total: number; readonly free: number }[];
}

export interface DmiFacts {
  /** Who made the system, else the board; null: not told. */
  readonly manufacturer: string | null;
  readonly product: string | null;
}

export interface IommuFacts {
  /** Devices have groups: translation is on. */
  readonly enabled: boolean;
  /** Of the kernel's command line, e.g. `intel_iommu=on`. */
  readonly commandLine: readonly string[];
  /** vfio was told to go without interrupt remapping. */
  readonly unsafeInterrupts: boolean;
}

export interface VfioFacts {
  /** The driver vfio-pci is there, loaded or loadable; null: it cannot be told. */
  readonly pciDriver: 'loaded' | 'loadable' | 'absent' | null;
}

export interface PciFacts {
  /** `0000:01:00.0` */
  readonly address: string;
  /** Six hexadecimal digits: class, subclass, interface; `030000`. */
  readonly class: string;
  /** Four lower-case hexadecimal digits. */
  readonly vendor: string;
  readonly model: string;
  readonly subsystemVendor: string | null;
  readonly subsystemModel: string | null;
  /** By the host's pci.ids; null: not listed. */
  readonly vendorName: string | null;
  readonly modelName: string | null;
  /** null: none is bound. */
  readonly driver: string | null;
  readonly iommuGroup: number | null;
  /** null: the machine does not say, or there is one node. */
  readonly numaNode: number | null;
  /** The kernel's list: `flr`, `bus`, `pm`, `device_specific`; empty: it cannot be reset. */
  readonly resetMethods: readonly string[];
  /** Sizes of its memory BARs in bytes; those of 64 bits told apart. */
  readonly bars: readonly {
    readonly bytes: number;
    readonly is64Bit: boolean;
    readonly prefetchable: boolean;
  }[];
  readonly bootVga: boolean;
  /** Its parent bridge; null: on the root bus. */
  readonly parent: string | null;
  /** Config space answers; false: all ones, the device is dead. null: not readable. */
  readonly answers: boolean | null;
  readonly physicalFunction: string | null;
  readonly virtualFunctions: { readonly total: number; readonly enabled: readonly string[] } | null;
  readonly mdevTypes: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly available: number;
  }[];
  /** Who on the host uses it now; empty: nobody. */
  readonly users: readonly DeviceUser[];
}

/** Something on the host that would break if the device went away. */
export interface DeviceUser {
  readonly kind:
    | 'process' // has its device node open
    | 'mount' // a file system on its disk is mounted
    | 'swap'
    | 'holder' // its disk is part of LVM, RAID, dm-crypt
    | 'route' // its network interface carries the default route
    | 'network' // its network interface has an address or is part of a bridge
    | 'boot-vga' // the display that the firmware set up: the console's
    | 'usb' // devices are plugged into this USB controller
    | 'virtual-machine'; // vfio group or device node open
  /** For a person: `Xorg (pid 812) has /dev/dri/card0 open`, `/ is mounted from nvme0n1p2`. */
  readonly description: string;
}

/** What libvirt and its QEMU can do, for the host's own architecture. */
export interface HypervisorFacts {
  /** `kvm` where libvirt offers it; else `qemu`, emulation in software. */
  readonly domainType: 'kvm' | 'qemu';
  /** libvirt's name: `x86_64`. */
  readonly arch: string;
  readonly emulator: string | null;
  /** libvirt's version as a number: 9000000 is 9.0.0. */
  readonly libvirtVersion: number;
  readonly maxVcpus: number | null;
  readonly uefi: boolean;
  readonly secureBoot: boolean;
  /** An emulated TPM 2.0. */
  readonly tpm: boolean;
  readonly hypervFeatures: readonly string[];
  readonly cpuModes: readonly string[];
  /** Path of the virtio-win driver medium; null: none is on the host. */
  readonly virtioWin: string | null;
  /** Which other architectures it can emulate, by Elemento's names. */
  readonly otherArchs: readonly Architecture[];
}
