import type { VolumePlace } from '../storage/volumes/volume-place.ts';

/** A disk or an inserted medium of a VM that is a file, or a part of the host. */
export interface Medium {
  /** `vda`. */
  readonly target: string;
  readonly path: string;
  readonly isFile: boolean;
  /** The volume here; null: no pool has it. */
  readonly place: VolumePlace | null;
  readonly format: 'qcow2' | 'raw';
  readonly writable: boolean;
  readonly shareable: boolean;
  /** It was made for this VM alone: its seed. */
  readonly seed: boolean;
  /** As the guest sees it. */
  readonly capacityBytes: bigint;
  /** What of it is on this host. */
  readonly allocationBytes: bigint;
  /** It lies on other files, as on an image. */
  readonly layered: boolean;
  /** A volume at that path on the other host. */
  readonly there: boolean;
}

/** How a medium comes to the other host. */
export interface MediumMove extends VolumePlace {
  readonly path: string;
  readonly target: string;
  /** `mirrored`: by QEMU, while the guest writes; `uploaded`: its bytes, by us. */
  readonly by: 'mirrored' | 'uploaded';
  readonly format: 'qcow2' | 'raw';
  /** Decimal. */
  readonly capacityBytes: string;
  readonly layered: boolean;
  /** It is this VM's, and goes from here once it is there. */
  readonly goes: boolean;
}
