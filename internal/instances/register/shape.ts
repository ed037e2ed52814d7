import type { DeviceDriver } from '../../devices/device-care.ts';
import type { HypervisorFacts } from '../../host/facts.ts';
import type { BackingPlan, Plan } from '../../placement/plan.ts';

/** Everything the steps need, decided before the first of them: kept in the journal, so without secrets. */
export interface RegisterInput {
  readonly uuid: string;
  readonly domain: string;
  readonly name: string;
  readonly owner: string;
  /** Id of the user who makes it; absent: nobody whom Protium keeps. */
  readonly creator?: string;
  readonly createdAt: string;
  readonly requestDigest: string;
  /** The spec as JSON text: its free-form part has no type that the journal could check. */
  readonly specJson: string;
  readonly plan: Plan;
  readonly hypervisor: Pick<HypervisorFacts, 'hypervFeatures' | 'virtioWin'>;
  readonly volumes: readonly RegisterVolume[];
  /** Where new volumes are made; the pool is made too if it is not there. */
  readonly pool: { readonly name: string; readonly directory: string };
  /** The medium that sets up the guest; null: none is to be made. */
  readonly seed: { readonly pool: string; readonly name: string } | null;
  readonly serialLog: string;
  /** A floating address is bound to it; absent: none is. */
  readonly floatingAddress?: true;
}

export interface RegisterVolume {
  readonly id: string;
  readonly action: 'use' | 'create';
  /** Absent: a disk. */
  readonly device?: 'disk' | 'cdrom';
  /** Empty: it is a file in no pool. */
  readonly pool: string;
  /** Of `create`: the image's volume that it is a layer on; absent or null: it is made empty. */
  readonly backing?: BackingPlan | null;
  /** The volume's name in its pool. */
  readonly name: string;
  /** Of `use`: where it is. */
  readonly path: string | null;
  readonly format: 'qcow2' | 'raw';
  readonly sizeBytes: number | null;
  readonly bus: 'virtio' | 'sata' | 'scsi' | 'ide';
  readonly readonly: boolean;
  readonly bootOrder: number | null;
}

/** The operation `instance.register`. */
export interface RegisterInstance {
  readonly input: RegisterInput;
  readonly result: { readonly uuid: string };
  readonly steps: {
    'ensure-pool': { facts?: never };
    'create-volumes': { facts: { paths: Record<string, string> } };
    'create-seed': { facts: { path: string; sshHostKeys: string[] } };
    'start-networks': { facts?: never };
    /** `hadLog`: libvirt had a log of a domain of that name before. */
    'define-domain': { intent: { hadLog: boolean } };
    'take-devices': { intent: { devices: DeviceDriver[] } };
    'start-domain': { facts?: never };
    'bind-address': { facts?: never };
  };
}
