import type { InstanceTarget } from '../instances/lifecycle/target.ts';
import type { LeaseHolder } from '../networks/leases/release-leases.ts';
import type { VolumePlace } from '../storage/volumes/volume-place.ts';
import type { MediumMove } from './media.ts';
import type { MovedInstance } from './moved-instance.ts';

/** A network filter that the other host lacks. */
export interface FilterThere {
  readonly name: string;
  readonly xml: string;
}

/** An address that a network here keeps for the VM. */
export interface KeptAddress {
  readonly network: string;
  readonly mac: string;
  readonly address: string;
  readonly name: string | null;
}

/** What is known of a VM before it moves, when it can still be asked. */
export interface Preparation {
  readonly moves: MediumMove[];
  readonly filters: FilterThere[];
  readonly autostart: boolean;
  /** UEFI's variables, a file; null: it has none. */
  readonly nvram: string | null;
  readonly interfaces: LeaseHolder[];
  readonly addresses: KeptAddress[];
  readonly logs: string[];
  readonly record: Omit<MovedInstance, 'movedAt'>;
}

/** The operation `instance.migrate`. */
export interface MigrateInstance {
  readonly input: InstanceTarget & {
    /** Name of the host of the configuration. */
    readonly target: string;
    /** It is off, and only its definition and its disks move. */
    readonly offline: boolean;
  };
  readonly result: {
    readonly uuid: string;
    readonly target: string;
    readonly hostUuid: string;
    readonly notices: readonly string[];
  };
  readonly steps: {
    prepare: { intent: Preparation };
    'define-filters': { facts?: never };
    'flatten-disks': { intent: { volumes: FlatVolume[] } };
    'make-volumes': { facts?: never };
    'copy-firmware-variables': { facts?: never };
    move: { facts?: never };
    'define-there': { facts?: never };
    'remove-here': { facts?: never };
    record: { facts?: never };
    release: { facts?: never };
    'clean-up': { facts: { layers: VolumePlace[] } };
    'settle-there': { facts: { notices: string[] } };
  };
}

/** A copy of a layered volume, without its layers, on its way. */
export interface FlatVolume extends VolumePlace {
  /** The volume that it is a copy of. */
  readonly of: string;
}
